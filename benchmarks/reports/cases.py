"""What is written down of each past session: citizens, matters, tasks, notes, script, checks, lines, incidents."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from reception.case_tables import CitizenRow, ConclusionRow, MatterRow, NoteRow
from reception.course_tables import ScriptItemRow
from reception.engine import Location
from reception.preflight_tables import PreflightRunRow, PreflightSignatureRow
from reception.records import SessionRecord
from reception.room_tables import RoomPartRow
from reception.sealed_number import SealedNumbers
from reception.store import Store
from reception.tables import Base, EventRow

MATTERS, CITIZENS_EACH, TASKS_EACH, NOTES = 2, 2, 1, 6
OUTCOMES = ("da_ket_luan", "huong_dan", "chuyen", "thu_ly", "tu_choi", "tiep_truc_tiep", "")
MEASURED = {
    "lighting.luma": 100,
    "network.down_mbps": 4.2,
    "network.up_mbps": 4.1,
    "network.loss_down_percent": 0.1,
    "network.rtt_ms": 30,
    "audio.peak_dbfs": -12,
    "camera.height": 720,
    "camera.fps": 25,
    "security.tls": "https",
}
CHECKS = ("power.ups", "security.account", "security.room", "display.card", "site")
_Rows = dict[type[Base], list[dict[str, Any]]]


async def fill_cases(data: Path, location: Location) -> int:
    """For every session that was held; how many."""
    store = await Store.open(location)
    try:
        held = await store.reports.held()
        numbers = SealedNumbers(data / "keys")
        rows: _Rows = {}
        for place, record in enumerate(held):
            assert record.started_at is not None
            _case(rows, record, place, numbers)
            _course(rows, record, place, record.started_at)
        async with store.begin() as session:
            for table, values in rows.items():
                await session.execute(insert(table), values)
    finally:
        await store.close()
    return len(held)


def _case(rows: _Rows, record: SessionRecord, place: int, numbers: SealedNumbers) -> None:
    """Two matters with the people who came for them, what was said, what is to be done."""
    base = {"session_id": record.id}
    for number in range(MATTERS):
        item = f"{record.id[:12]}{number:04d}"
        outcome = OUTCOMES[(place + number) % len(OUTCOMES)]
        words = f"Vụ việc {place}.{number}: đề nghị xem xét việc thu hồi đất và bồi thường"
        matter = {"kind": "khieu_nai", "summary": words, "outcome": outcome, "result": "Giao cơ quan chuyên môn"}
        rows.setdefault(MatterRow, []).append({**base, "item_id": item, **matter, "search": words.lower()})
        for person in range(CITIZENS_EACH):
            identifier = f"{record.id[:12]}{number}{person:03d}"
            citizen = {
                "position": number * CITIZENS_EACH + person,
                "endpoint_id": record.endpoints[-1].id,
                "name": f"Lô Văn {place}.{number}.{person}",
                "birth_year": 1950 + place % 50,
                "id_number_sealed": numbers.seal(f"0{40_000_000_000 + place * 10 + person}", citizen_id=identifier),
                "address": "Bản Can, xã Tam Thái",
                "capacity": "nguoi_khieu_nai",
                "times": "lan_dau" if person else "nhieu_lan",
            }
            rows.setdefault(CitizenRow, []).append({**base, "id": identifier, "item_id": item, **citizen})
        at = record.started_at.date() if record.started_at else None
        task = {"task": "Rà soát hồ sơ", "owner": "Sở Nông nghiệp", "deadline": at and at + timedelta(days=30)}
        rows.setdefault(ConclusionRow, []).append(
            {**base, "id": f"{item}k", "position": number, "item_id": item, **task, "done_at": record.ended_at}
        )
    for number in range(NOTES):
        note = {
            "id": f"{record.id[:12]}n{number:03d}",
            "at": record.started_at,
            "kind": "noi_dung",
            "text": "Trình bày",
        }
        rows.setdefault(NoteRow, []).append({**base, **note})


def _course(rows: _Rows, record: SessionRecord, place: int, at: datetime) -> None:
    """Script, an interruption, checks of each endpoint, how its line did, an incident in each tenth session."""
    base = {"session_id": record.id}
    for number in range(MATTERS):
        item = {"id": f"{record.id[:12]}{number:04d}", "position": number, "title": f"Nội dung {number + 1}"}
        rows.setdefault(ScriptItemRow, []).append({**base, **item, "state": "done"})
    for kind, minute in (("start", 0), ("interrupt", 40), ("resume", 43), ("end", 120)):
        event = {"at": at + timedelta(minutes=minute), "kind": kind, "actor": "dieuphoi", "facts": {}, "version": 0}
        rows.setdefault(EventRow, []).append({**base, **event})
    lines: dict[str, Any] = {"live_s": 7200, "endpoints": {}}
    for endpoint in record.endpoints:
        lines["endpoints"][endpoint.id] = {"expected_s": 7200, "here_s": 7190, "measured_s": 7190, "up_bits": 10**10}
        common = {**base, "subject": endpoint.id, "at": at - timedelta(hours=1)}
        rows.setdefault(PreflightRunRow, []).append({**common, "kind": "self", "values": MEASURED})
        rows.setdefault(PreflightSignatureRow, []).extend(
            {**common, "check": check, "answer": "yes", "name": "Nguyễn Văn Kỹ"} for check in CHECKS
        )
    part = {"part": "lines", "data": lines, "changed_at": at}
    rows.setdefault(RoomPartRow, []).append({**base, **part})
    if place % 10 == 0:
        moment = at.isoformat()
        incident = {"id": "1", "kind": "disorder", "endpoint_id": None, "alarm_id": None, "opened_at": moment}
        log = {"incidents": [{**incident, "opened_by": "An", "closed_at": moment}]}
        rows.setdefault(RoomPartRow, []).append({**base, "part": "incidents", "data": log, "changed_at": at})
