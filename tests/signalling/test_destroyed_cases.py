"""When two persons destroyed a recording, everything personal of its session goes; what is counted stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from reception.audit import AuditFilter
from reception.case_records import Citizen, Conclusion, Document, Note
from reception.incidents import IncidentLog, Violation
from reception.records import SessionRecord
from reception.schema import metadata
from recorder.storage import deletion
from recorder.storage.ledger import write_json
from signalling.destroyed_cases import sweep_destroyed
from tests.signalling.archived import World, world

PERSONAL = (
    *("Vi Thị Ngọc Ánh", "040123456789", "Bản Can, xã Tam Thái", "Giấy ủy quyền số 7", "Ghi chú riêng"),
    *("Đất của bà Ánh bị lấn", "Hộ ông Lô Văn Xuyên", "Chờ ông Xuyên trả lời", "Bà Ánh nói rất lâu"),
    *("Đo lại đất bà Ánh", "Địa chính xã Tam Thái", "Đơn của bà Ánh.pdf", "Con gái bà Ánh", "Trình bày của bà Ánh"),
    *("bà Ánh không ký", "Bà Ánh vỗ bàn", "Luật sư Hà", "bà Ánh xin hoãn", "scan-ba-Anh"),
)
COUNTED = ("statistics", "register", "annex")


# Tables with a session's rows: those that are gone through, and those that tell of nobody but who acted in office.
GONE_THROUGH = {
    *("citizen", "matter", "session_note", "conclusion", "document", "minutes", "minutes_signature", "script_item"),
    *("room_part", "event", "invitation_reply", "export_request"),
}
LEFT = {"endpoint", "session_mark", "preflight_run", "preflight_signature", "preflight_waiver"}


def test_every_table_of_a_sessions_rows_is_thought_of() -> None:
    tables = {table.name for table in metadata().sorted_tables if "session_id" in table.c}
    assert tables == GONE_THROUGH | LEFT, "say in reception/destroyed_store.py what becomes of persons in a new table"


async def filled(made: World) -> SessionRecord:
    """A session with somebody, something said, and a paper of each kind."""
    record = await made.ended()
    case, place, store = made.services.case, record.endpoints[1].id, made.services.store
    base = {"session_id": record.id, "endpoint_id": place}
    citizen = Citizen(
        **base, name=PERSONAL[0], id_number=PERSONAL[1], address=PERSONAL[2], paper=PERSONAL[3], note=PERSONAL[4]
    )
    for each in (citizen, Citizen(**base, name="Lô Văn Xuyên", times="nhieu_lan"), Citizen(**base, name="Lô Văn Ba")):
        await case.add_citizen(each, actor="Bình")
    matter = {"summary": PERSONAL[5], "resolved_by": PERSONAL[6], "result": PERSONAL[7], "outcome": "chuyen"}
    await case.put_matter(record.id, "", matter, actor="Bình")
    await case.add_note(Note(**base, text=PERSONAL[8], author="Bình"))
    late = Conclusion(session_id=record.id, task=PERSONAL[9], owner=PERSONAL[10], deadline=date(2026, 1, 2), by="An")
    await case.add_conclusion(late)
    document = Document(session_id=record.id, name=PERSONAL[11], media_type="application/pdf", from_whom=PERSONAL[12])
    added = await case.documents.add(document, actor="Bình")
    folder = made.data / "documents" / record.id
    folder.mkdir(parents=True)
    (folder / f"{added.id}.pdf").write_bytes(b"%PDF")
    await made.well("secretary", "PUT", f"/sessions/{record.id}/script", {"items": [{"title": PERSONAL[13]}]})
    await _signed(made, record, place)
    incidents, _ = IncidentLog().begin("disorder", by="Bình", now=datetime.now(UTC), note="ồn")
    broken = Violation(persons=PERSONAL[0], conduct=PERSONAL[15])
    first = incidents.incidents[0].model_copy(update={"violation": broken, "outcome": PERSONAL[15]})
    log = incidents.model_copy(update={"incidents": (first,)})
    await made.services.rooms.save(record.id, "incidents", log.model_dump(mode="json"))
    await made.services.rooms.save(record.id, "attendance", {"rooms": {place: {"people": [{"name": PERSONAL[0]}]}}})
    await store.log(record.id, "pause", actor="An", reason=PERSONAL[17])
    return record


async def _signed(made: World, record: SessionRecord, place: str) -> None:
    """Minutes that are final: the citizens refused, a lawyer signed."""
    path = f"/sessions/{record.id}/minutes"
    await made.sign_all(record.id)
    for person in (PERSONAL[0], "Lô Văn Xuyên", "Lô Văn Ba"):
        refused = {"endpoint_id": place, "person": person, "state": "tu_choi_ky", "reason": PERSONAL[14]}
        await made.well("secretary", "PUT", f"{path}/signatures", refused)
    lawyer = {"endpoint_id": place, "person": PERSONAL[16], "capacity": "Luật sư", "state": "da_ky"}
    await made.well("secretary", "PUT", f"{path}/signatures", lawyer)
    await made.well("secretary", "POST", f"{path}/scans?name={PERSONAL[18]}.pdf", b"%PDF-1.7")
    await made.well("secretary", "POST", f"{path}/final", {})


async def destroy(made: World, session_id: str) -> None:
    """Asked for by one person, approved by another, done by storage's process."""
    path, reason = f"/recordings/{session_id}", {"reason": "Hết hạn"}
    kept = {"retention": "chay_thu_30_ngay", "reason": "Theo danh mục"}
    await made.well("archivist", "PUT", f"{path}/retention", kept, name="Hoa")
    await made.well("archivist", "POST", f"{path}/deletion", reason, name="Hoa")
    await made.well("chair", "POST", f"{path}/deletion/approve", reason, name="An")
    made.work()


async def stored(made: World) -> dict[str, str]:
    """Every row of every table as one text; the audit log apart, which is a chain."""
    async with made.services.store.begin() as session:
        return {table.name: repr((await session.execute(select(table))).all()) for table in metadata().sorted_tables}


async def counted(made: World) -> list[Any]:
    """Statistics, the register's number of rows and people, the technical annex."""
    figures = await made.well("chair", "GET", "/reports/statistics")
    register = (await made.well("chair", "GET", "/reports/register/file?format=csv")).decode("utf-8-sig")
    tables = [
        (await made.well("chair", "GET", f"/reports/annex/file?format=csv&table={each}")).decode()
        for each in ("buoi_tiep", "diem_cau", "su_co")
    ]
    return [figures, len(register.splitlines()), tables]


async def test_nothing_personal_is_left_and_every_count_stays(tmp_path: Path, database: str) -> None:
    async with world(tmp_path) as made:
        gone = await filled(made)
        other = await made.ended(recorded=False)
        await made.services.case.add_citizen(
            Citizen(session_id=other.id, endpoint_id="e", name="Moong Thị Tư"), actor="Bình"
        )
        before, texts = await counted(made), await stored(made)
        there = " ".join(texts.values())
        assert [each for each in PERSONAL if each not in there and each != PERSONAL[1]] == []
        await destroy(made, gone.id)
        assert await sweep_destroyed(made.services) == [gone.id]
        texts = await stored(made)
        there = " ".join(value for name, value in texts.items())
        assert [each for each in (*PERSONAL, "Xuyên", "bà Ánh") if each in there] == []
        assert "Moong Thị Tư" in texts["citizen"]
        assert await counted(made) == before
        figures = before[0]["total"]
        assert (figures["people"], figures["repeated"], figures["passed_on"], figures["overdue"]) == (4, 1, 1, 1)
        assert not [path for path in made.data.rglob("*") if gone.id in path.parts[:-1]]
        await _pages(made, gone)
    if database == "sqlite":
        file = b"".join(path.read_bytes() for path in tmp_path.glob("store.sqlite*"))
        assert [each for each in PERSONAL if each.encode() in file] == []


async def _pages(made: World, gone: SessionRecord) -> None:
    """The record of the destruction, the log and the pages tell what was done."""
    (record,) = (await made.well("archivist", "GET", "/storage/destructions"))["destructions"]
    assert (record["id"], record["state"], record["requested"]["name"]) == (gone.id, "done", "Hoa")
    entries = [entry async for entry in made.services.audit.log.stream(AuditFilter(object=f"sessions/{gone.id}"))]
    (entry,) = [each for each in entries if each.action == "case_destroyed"]
    kinds = ("citizens", "matters", "notes", "conclusions", "documents", "signatures")
    assert [entry.facts[each] for each in kinds] == [3, 1, 1, 1, 1, 8]
    assert (await made.services.audit.log.verify()).whole
    case = await made.well("secretary", "GET", f"/sessions/{gone.id}/case")
    assert [each["name"] for each in case["citizens"]] == ["Công dân 1", "Công dân 2", "Công dân 3"]
    minutes = await made.well("secretary", "GET", f"/sessions/{gone.id}/minutes")
    assert (minutes["number"], minutes["document"], minutes["scans"]) == ("1/BB-TCD", "", [])
    named = {each["person"]: each["state"] for each in minutes["signatures"]}
    assert (named["Công dân 1"], named["Người ký 1"], named["Nguyễn Văn An"]) == ("tu_choi_ky", "da_ky", "da_ky")
    for paper in ("minutes", "register"):
        assert await made.well("secretary", "GET", f"/sessions/{gone.id}/papers/{paper}?format=docx")


async def test_only_what_is_not_finished_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    found = deletion.destruction_record

    def counting(data: Path, recording_id: str) -> dict[str, Any]:
        read.append(recording_id)
        return found(data, recording_id)

    monkeypatch.setattr("signalling.destroyed_cases.destruction_record", counting)
    async with world(tmp_path) as made:
        begun, done = [(await made.ended(recorded=False)).id for _ in range(2)]
        folder = made.data / "storage" / "destroyed"
        folder.mkdir(parents=True)
        for identifier, state in ((begun, "begun"), (done, "done"), ("elsewhere", "done")):
            write_json(folder / f"{identifier}.json", {"id": identifier, "state": state})
        assert await sweep_destroyed(made.services) == [done]
        assert sorted(read) == sorted([begun, done])
        read.clear()
        assert await sweep_destroyed(made.services) == []
        assert read == [begun]
        write_json(folder / f"{begun}.json", {"id": begun, "state": "done"})
        assert await sweep_destroyed(made.services) == [begun]
        read.clear()
        assert await sweep_destroyed(made.services) == []
        assert read == []
