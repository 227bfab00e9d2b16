"""What the procedure asks for, and whose screens show which document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reception.case_records import Citizen, Document
from reception.case_rules import case_warnings, room_may_see
from reception.records import EndpointRecord

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def citizen(number: int = 1, **more: object) -> Citizen:
    values = {"id": f"c{number}", "name": f"Ông {number}", "endpoint_id": "xa", "checked_by": "Cán bộ"} | more
    values.setdefault("acknowledged_at", NOW)
    return Citizen(session_id="s", **values)  # type: ignore[arg-type]


def codes(*citizens: Citizen, group_size: int = 0) -> list[str]:
    return [each.code for each in case_warnings(citizens, group_size=group_size)]


def test_who_was_checked_and_told_warns_of_nothing() -> None:
    assert codes(citizen()) == []


def test_what_is_missing_is_told_by_name() -> None:
    (warning,) = case_warnings([citizen(checked_by="")], group_size=0)
    assert (warning.code, warning.citizen_id) == ("not_checked", "c1")
    assert warning.words.vi.startswith("Ông 1: ")
    assert codes(citizen(acknowledged_at=None)) == ["not_acknowledged"]
    assert codes(citizen(capacity="uy_quyen")) == ["no_paper"]


def test_a_group_names_representatives_five_at_most() -> None:
    assert codes(citizen(), group_size=4) == []
    assert codes(citizen(), group_size=5) == ["no_representatives"]
    five = [citizen(number, capacity="dai_dien", paper="Văn bản cử đại diện") for number in range(5)]
    assert codes(*five, group_size=40) == []
    assert codes(*five, citizen(6, capacity="dai_dien", paper="x"), group_size=40) == ["too_many_representatives"]


ROOMS = {
    "tt": EndpointRecord(id="tt", session_id="s", name="Trung tâm", role="central"),
    "xa": EndpointRecord(id="xa", session_id="s", name="Xã", role="delegate"),
    "so": EndpointRecord(id="so", session_id="s", name="Sở", role="delegate"),
    "gs": EndpointRecord(id="gs", session_id="s", name="Giám sát", role="observer"),
    "ra": EndpointRecord(id="ra", session_id="s", name="Đã rời", role="delegate", removed=True),
}


@pytest.mark.parametrize(
    ("visibility", "endpoints", "seen"),
    [
        ("chu_tri", None, ""),
        ("co_quan", None, "so tt"),
        ("co_quan", ("xa", "ra"), "xa"),
        ("co_quan", (), ""),
        ("tat_ca", None, "gs so tt xa"),
        ("tat_ca", ("so",), "gs so tt xa"),
    ],
)
def test_a_document_is_on_the_screens_of_those_it_is_for(
    visibility: str, endpoints: tuple[str, ...] | None, seen: str
) -> None:
    document = Document(
        session_id="s", name="d", media_type="application/pdf", visibility=visibility, endpoints=endpoints
    )
    rooms = [name for name, room in ROOMS.items() if room_may_see(document, room, [citizen()])]
    assert " ".join(sorted(rooms)) == seen


def test_what_was_taken_out_is_on_no_screen() -> None:
    gone = Document(session_id="s", name="d", media_type="image/png", visibility="tat_ca", removed_at=NOW)
    assert not any(room_may_see(gone, room, []) for room in ROOMS.values())
