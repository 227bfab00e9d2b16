"""Search over HTTP: what is found, in which order, by whom; opening what was found is logged first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from reception.case_records import Citizen, Conclusion, Note
from recorder.custody import FILE, read_log
from tests.signalling.archived import World, world


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as built:
        yield built


async def asked(made: World, role: str, query: str, **claims: Any) -> list[dict[str, Any]]:
    answer = await made.well(role, "GET", f"/search?{quote(query, safe='=&')}", **claims)
    found: list[dict[str, Any]] = answer["found"]
    assert answer["total"] == len(found)
    return found


async def filled(made: World) -> Any:
    """An ended session with a citizen, a note and a conclusion."""
    record = await made.ended(recorded=False, title="Tiếp công dân xã Đô Lương")
    case, place = made.services.case, record.endpoints[1].id
    citizen = Citizen(session_id=record.id, endpoint_id=place, name="Vi Thị Ngọc Ánh", id_number="040123456789")
    await case.add_citizen(citizen, actor="Bình")
    await case.add_note(Note(session_id=record.id, text="Đề nghị cấp lại sổ đỏ thửa 12", author="Bình"))
    await case.add_conclusion(Conclusion(session_id=record.id, task="Rà soát bản đồ địa chính", owner="Sở NN", by="An"))
    return record


async def test_words_are_found_in_people_notes_and_conclusions_with_or_without_accents(made: World) -> None:
    record = await filled(made)
    await made.session(title="Buổi khác")
    for words, kind, text in (
        ("do luong", "session", "Tiếp công dân xã Đô Lương"),
        ("vi thi ngoc anh", "citizen", "Vi Thị Ngọc Ánh"),
        ("CẤP LẠI sổ đỏ", "note", "Đề nghị cấp lại sổ đỏ thửa 12"),
        ("ban do dia chinh", "conclusion", "Rà soát bản đồ địa chính"),
    ):
        found = await asked(made, "secretary", f"q={words}")
        hits = [(hit["kind"], hit["text"]) for each in found if each["id"] == record.id for hit in each["hits"]]
        assert (kind, text) in hits, words
    assert [each["id"] for each in await asked(made, "secretary", "q=pham thi dung")]  # a delegate by name
    assert await asked(made, "secretary", "q=khong co gi") == []
    await made.sign_all(record.id)


async def test_minutes_are_found_by_number_and_markers_in_the_recording(made: World) -> None:
    record = await made.ended()
    await made.sign_all(record.id)
    await made.well("secretary", "POST", f"/sessions/{record.id}/minutes/final", {"number": "77/BB-TCD"})
    (found,) = await asked(made, "observer", "q=77/bb")
    assert (found["id"], found["hits"][0]["kind"], found["recording"]) == (record.id, "minutes", True)


async def test_whoever_may_not_see_identity_finds_no_citizens_and_no_notes(made: World) -> None:
    record = await filled(made)
    for role, sees in (
        *((role, True) for role in ("chair", "secretary", "archivist")),
        *((role, False) for role in ("operator", "observer", "admin", "auditor")),
    ):
        for words in ("ngoc anh", "cap lai so do"):
            found = await asked(made, role, f"q={words}")
            assert [each["id"] for each in found] == ([record.id] if sees else []), (role, words)
        found = await asked(made, role, "q=đô lương&kind=dinh_ky")
        assert [(each["id"], each["may_open"]) for each in found] == [(record.id, sees)]
    assert len(await asked(made, "technician", "q=do luong", unit="Xã Anh Sơn")) == 1
    assert await asked(made, "technician", "q=do luong", unit="Xã khác") == []


async def test_a_citizen_is_found_by_the_whole_number_and_only_by_who_may(made: World) -> None:
    record = await filled(made)
    assert [each["id"] for each in await asked(made, "archivist", "citizen=040 123 456 789")] == [record.id]
    assert await asked(made, "archivist", "citizen=040123456780") == []
    assert await made.refused("archivist", "GET", "/search?citizen=0401") == (422, "short_number")
    assert await made.refused("operator", "GET", "/search?citizen=040123456789") == (403, "no_identity")


async def test_day_site_class_chair_and_state_narrow_it_down(made: World) -> None:
    start = datetime.now(UTC) + timedelta(days=40)
    one = await made.session(title="Một", planned_start=start.isoformat(), matter_class=2, chair_name="Hồ Thị Ơn")
    two = await made.session(title="Hai")
    day = (start + timedelta(hours=7)).date()
    for query, ids in (
        (f"from={day}&to={day}", [one["id"]]),
        (f"to={day - timedelta(days=1)}", [two["id"]]),
        ("class=2", [one["id"]]),
        ("class=6", []),
        ("chair=ho thi on", [one["id"]]),
        ("site=anh son&class=2", [one["id"]]),
        ("site=thanh hoa", []),
        ("state=archived", []),
        ("kind=dinh_ky&class=2&state=draft", [one["id"]]),
    ):
        assert [each["id"] for each in await asked(made, "operator", query)] == ids, query
    for wrong in ("class=7", "from=30/11/2026", "nonsense=1", "limit=0"):
        assert (await made.refused("operator", "GET", f"/search?{wrong}"))[0] == 422


async def test_names_are_in_the_order_of_the_vietnamese_alphabet(made: World) -> None:
    chairs = ["Lê Văn Đạt", "Nguyễn Thị Dung", "Trần Ân", "Vũ Ăn", "Đỗ An", "Bùi Ơn", "Cao Ôn", "Hồ On"]
    for number, chair in enumerate(chairs):
        await made.session(title=f"Xã {chair.split()[-1]} {number}", chair_name=chair)
    ordered = [each["chair_name"] for each in await asked(made, "operator", "sort=chair")]
    assert ordered == [
        *("Đỗ An", "Vũ Ăn", "Trần Ân", "Nguyễn Thị Dung", "Lê Văn Đạt", "Hồ On", "Cao Ôn", "Bùi Ơn"),
    ]
    titles = [each["title"].split()[1] for each in await asked(made, "operator", "sort=title")]
    assert titles == ["An", "Ăn", "Ân", "Dung", "Đạt", "On", "Ôn", "Ơn"]


async def test_pages_go_on_where_the_last_ended(made: World) -> None:
    for number in range(5):
        await made.session(title=f"Buổi {number}")
    seen = []
    for offset in (0, 2, 4):
        answer = await made.well("operator", "GET", f"/search?sort=title&limit=2&offset={offset}")
        assert answer["total"] == 5
        seen += [each["title"] for each in answer["found"]]
    assert seen == [f"Buổi {number}" for number in range(5)]


async def test_a_file_is_opened_with_a_purpose_that_is_written_down_first(made: World) -> None:
    record = await filled(made)
    path = f"/sessions/{record.id}/file"
    assert await made.refused("archivist", "POST", path, {"purpose": "  "}) == (422, "invalid_body")
    opened = await made.well("archivist", "POST", path, {"purpose": "Trích lục theo đơn"}, name="Trần Văn Bình")
    assert opened["citizens"][0]["id_number"] == "••••••6789"
    assert opened["notes"][0]["text"] == "Đề nghị cấp lại sổ đỏ thửa 12"
    assert opened["conclusions"][0]["owner"] == "Sở NN"
    line = read_log(made.data, record.id)[-1]
    assert (line["what"], line["purpose"], line["who"]["name"]) == ("file", "Trích lục theo đơn", "Trần Văn Bình")
    assert await made.refused("operator", "POST", path, {"purpose": "Xem thử"}) == (403, "forbidden")
    (made.data / FILE).unlink()
    (made.data / FILE).mkdir()
    assert await made.refused("archivist", "POST", path, {"purpose": "Xem lại"}) == (503, "custody_unwritable")
