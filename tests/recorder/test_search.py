"""Finding recordings, whatever the accents, and what a manifest's lines say of one."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from config.plain_text import fold
from recorder.search import HERE, Query, parse_moment, search
from recorder.summary import Marker, Summary, names_in

NOVEMBER_30 = round(datetime(2026, 11, 30, 8, tzinfo=HERE).timestamp() * 1000)
HOUR_MS = 3_600_000


def summary(**changes: Any) -> Summary:
    facts: dict[str, Any] = {
        "id": "a",
        "title": "Tiếp công dân định kỳ",
        "kind": "dinh_ky",
        "start_ms": NOVEMBER_30,
        "end_ms": NOVEMBER_30 + 2 * HOUR_MS,
        "seal": "00",
        "endpoints": {"e1": "Trung tâm tỉnh Nghệ An", "e2": "Xã Đô Lương"},
        "places": ["Trụ sở Tiếp công dân"],
        "persons": ["Nguyễn Thị Đào"],
        "markers": [
            Marker(at_ms=NOVEMBER_30 + 1000, text="Khiếu nại về đất đai"),
            Marker(at_ms=NOVEMBER_30 + 2000, text="Kết luận"),
        ],
    }
    return Summary(**{**facts, **changes})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), True),
        (Query(place="do luong"), True),
        (Query(place="TRỤ SỞ"), True),
        (Query(place="nghe an"), True),
        (Query(place="Hà Nội"), False),
        (Query(endpoint="đô lương"), True),
        (Query(endpoint="luong do"), True),
        (Query(endpoint="e2"), True),
        (Query(endpoint="Trụ sở"), False),
        (Query(endpoint="nghệ lương"), False),  # of two endpoints
        (Query(person="dao"), True),
        (Query(person="Đào Nguyễn"), True),
        (Query(person="Trần"), False),
        (Query(kind="dinh_ky"), True),
        (Query(kind="Định kỳ"), True),
        (Query(kind="dot_xuat"), False),
        (Query(text="dat dai"), True),
        (Query(text="ĐẤT  ĐAI khiếu"), True),
        (Query(text="đất kết"), False),  # of two markers
        (Query(text="công dân"), True),
        (Query(text="lâm nghiệp"), False),
        (Query(from_ms=NOVEMBER_30 + HOUR_MS), True),
        (Query(from_ms=NOVEMBER_30 + 3 * HOUR_MS), False),
        (Query(to_ms=NOVEMBER_30), True),
        (Query(to_ms=NOVEMBER_30 - 1), False),
        (Query(place="do luong", text="ket luan", kind="dinh_ky", person="thi"), True),
        (Query(place="do luong", text="ket luan", kind="dinh_ky", person="tran"), False),
    ],
)
def test_every_filter_counts_and_accents_do_not(query: Query, found: bool) -> None:
    assert bool(search([summary()], query)) is found


def test_a_text_names_the_markers_it_is_in_and_the_newest_comes_first() -> None:
    later = summary(id="b", start_ms=NOVEMBER_30 + HOUR_MS, title="Kết luận chung", markers=[])
    hits = search([summary(), later], Query(text="ket luan"))
    assert [(hit.summary.id, [each.text for each in hit.markers]) for hit in hits] == [("b", []), ("a", ["Kết luận"])]


def test_folding_takes_composed_and_decomposed_letters_alike() -> None:
    assert fold("Đặng Thuỳ Ưỡng") == fold("đặng thuỳ ưỡng") == "dang thuy uong"


@pytest.mark.parametrize(
    ("text", "end", "moment"),
    [
        ("2026-11-30", False, "2026-11-30T00:00:00+07:00"),
        ("30/11/2026", True, "2026-11-30T23:59:59.999+07:00"),
        ("2026-11-30T08:00", False, "2026-11-30T08:00:00+07:00"),
        ("2026-11-30T01:00:00Z", True, "2026-11-30T08:00:00+07:00"),
    ],
)
def test_dates_are_vietnams(text: str, end: bool, moment: str) -> None:
    assert parse_moment(text, end=end) == round(datetime.fromisoformat(moment).timestamp() * 1000)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "31/11/2026"])
def test_what_is_no_date_is_refused_with_what_is_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"2026-11-30 or 30/11/2026"):
        parse_moment(text)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Nguyễn Thị Đào; Trần Văn Bê", ["Nguyễn Thị Đào", "Trần Văn Bê"]),
        (["A", {"name": "B", "role": "chair"}], ["A", "B"]),
        ({"e1": ["A", "B"], "e2": "C"}, ["A", "B", "C"]),
        (None, []),
        (3, []),
    ],
)
def test_names_are_found_in_facts_of_every_shape(value: Any, names: list[str]) -> None:
    assert names_in(value) == names


def test_a_manifests_lines_add_up_to_a_summary_that_survives_the_index() -> None:
    session = {"title": "T", "kind": "vu_viec", "endpoints": {"e1": "A"}, "place": "P", "persons": ["N"]}
    join = {"kind": "join", "endpoint_id": "e2", "endpoint_name": "B"}
    mark = {"kind": "marker", "text": "Đất", "by": "operator", "endpoint_id": "e2"}
    attendance = {"kind": "attendance", "persons": "M; N", "endpoint_id": "e2"}
    lines: list[dict[str, Any]] = [
        {"type": "part", "session": session, "wall_ms": 5},
        {"type": "second", "segment": 1},
        *(
            {"type": "note", "what": "event", "facts": json.dumps(each), "at_ms": 7}
            for each in (join, mark, attendance)
        ),
        {"type": "note", "what": "gap", "facts": json.dumps({"cause": "disk full"}), "at_ms": 8},
        {"type": "part", "session": {**session, "title": "changed", "endpoints": {"e3": "C"}}, "wall_ms": 9},
        {"type": "seal", "hash": "ab", "start_ms": 6, "end_ms": 20, "files": [{"path": "journal/1", "bytes": 30}]},
    ]
    found = Summary(id="s")
    for line in lines:
        found.take(json.dumps(line, separators=(",", ":")).encode())
    for spoiled in (b"", b"{", b"[]", b'{"type":"part"}', b'{"type":"note","what":"event","facts":"{"}'):
        found.take(spoiled)
    assert found == Summary(
        id="s",
        title="T",
        kind="vu_viec",
        start_ms=6,
        end_ms=20,
        seal="ab",
        bytes=30,
        gap_count=1,
        endpoints={"e1": "A", "e2": "B", "e3": "C"},
        places=["P"],
        persons=["N", "M"],
        markers=[Marker(at_ms=7, text="Đất", category="marker", endpoint_id="e2", by="operator")],
    )
    assert Summary.from_json(json.loads(json.dumps(found.to_json()))) == found
