"""A store as a province has it after some years: 160 rooms, 1,000 past sessions with their recordings, surveys, users.

Written through the server's own stores; what is many thousands (events, surveys, the audit log) goes in at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from config.models import Settings
from reception.audit import AuditRow
from reception.audit_chain import GENESIS, AuditEntry, Result, sealed
from reception.engine import Location
from reception.permissions import PEOPLE, Role
from reception.preflight_tables import PreflightRunRow, PreflightSignatureRow
from reception.records import RegisteredEndpoint, Seating
from reception.session_plan import Person
from reception.store import Store
from reception.tables import EventRow, SessionRow
from signalling.people import People

COMMUNES, DEPARTMENTS, OTHERS = 130, 24, 6
SESSIONS = 1000
EVENTS_EACH = 30
SURVEYS_EACH = 4
USERS = 180
AUDIT_ENTRIES = 10_000
RECENT, RECENT_SECONDS, OLDER_SECONDS = 50, 7200, 300  # recordings of two hours, as the first pages show them
ACCOUNT, PASSWORD = "thu.ky.mau", "Cay-Nho-7-Xanh"
ZEROS = "0" * 64
SIGNED = {"prev": ZEROS, "hash": ZEROS, "sig": 2 * ZEROS}
CLASSES = ("dinh_ky", "vu_viec", "dot_xuat", "dinh_ky")


def rooms() -> list[RegisteredEndpoint]:
    """The registry: communes, departments, the province and the central government."""

    def room(name: str, level: str, number: int) -> RegisteredEndpoint:
        return RegisteredEndpoint(
            name=name,
            level=level,
            organisation=f"UBND {name}" if level == "xa" else name,
            place=f"Số {number}, đường Quang Trung",
            room=f"Phòng tiếp công dân số {1 + number % 3}",
            line="30-5",
            technician=f"Nguyễn Văn {number}",
            phone=f"0912 {number:06d}",
            equipment="Camera USB, micro đa hướng, tivi 55 inch",
            main=number % 10 == 0,
        )

    found = [room(f"Xã Mẫu {number:03d}", "xa", number) for number in range(1, COMMUNES + 1)]
    found += [room(f"Sở, ngành số {number:02d}", "so_nganh", number) for number in range(1, DEPARTMENTS + 1)]
    found += [room(f"Trụ sở tiếp công dân tỉnh {number}", "tinh", number) for number in range(1, OTHERS)]
    return [*found, room("Ban Tiếp công dân Trung ương", "trung_uong", 1)]


async def fill(data: Path, *, sessions: int = SESSIONS, location: Location | None = None) -> list[str]:
    """Into DATA/diemcau.sqlite, or where `location` says, and DATA/recordings; the sessions' ids, oldest first."""
    store = await Store.open(location or data / "diemcau.sqlite")
    try:
        registered = rooms()
        await store.registry.import_rooms(registered)
        identifiers = await _past_sessions(store, registered, sessions)
        await _surveys(store, registered)
        await _users(store)
        await _audit(store)
    finally:
        await store.close()
    begun = _begun(sessions)
    for number, identifier in enumerate(identifiers):
        recent = number >= sessions - RECENT
        _recording(data, identifier, number, begun(number), RECENT_SECONDS if recent else OLDER_SECONDS)
    return identifiers


def _begun(sessions: int) -> Any:
    """When the past session of a number began: one a working day, the last yesterday."""
    now = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    return lambda number: now - timedelta(days=sessions - number)


async def _past_sessions(store: Store, registered: list[RegisteredEndpoint], sessions: int) -> list[str]:
    identifiers, begun = [], _begun(sessions)
    for number in range(sessions):
        seats = [registered[(number * 7 + offset) % COMMUNES] for offset in range(2 + number % 10)]
        record = await store.create_session(
            title=f"Tiếp công dân số {number + 1}",
            kind=CLASSES[number % len(CLASSES)],
            profile="30-5",
            endpoints=[
                Seating(name="Trụ sở tiếp công dân tỉnh 1", role="central", people=(Person(name="Lê Thị B"),)),
                *(Seating(name=each.name, role="delegate", organisation=each.organisation) for each in seats),
            ],
            plan={
                "host_organisation": "UBND tỉnh",
                "chair_name": f"Nguyễn Văn {number % 20}",
                "chair_office": "Chủ tịch UBND tỉnh",
                "matter_class": 1 + number % 6,
                "reason_online": "nhieu_cap_xa_dia_ly",
                "no_state_secrets": True,
                "retention": "15_nam",
                "planned_start": begun(number),
                "planned_minutes": 120,
            },
            actor="benchmark",
        )
        identifiers.append(record.id)
    async with store.begin() as session:
        for number, identifier in enumerate(identifiers):
            at = begun(number)
            values = {"state": "ended", "created_at": at, "started_at": at, "ended_at": at + timedelta(hours=2)}
            await session.execute(update(SessionRow).where(SessionRow.id == identifier).values(**values))
            await session.execute(insert(EventRow), list(_events(identifier, at)))
    return identifiers


def _events(identifier: str, at: datetime) -> Iterator[dict[str, Any]]:
    for number in range(EVENTS_EACH):
        yield {
            "session_id": identifier,
            "at": at + timedelta(minutes=4 * number),
            "kind": ("mute", "spotlight", "join", "admit")[number % 4],
            "actor": "dieuphoi",
            "facts": {},
            "version": 0,
        }


async def _surveys(store: Store, registered: list[RegisteredEndpoint]) -> None:
    runs, signatures = [], []
    for number, room in enumerate(registered):
        for back in range(SURVEYS_EACH):
            at, visit = datetime.now(UTC) - timedelta(days=30 * back + 1), f"{number:08x}{back:08x}"
            common = {"session_id": "", "subject": room.name, "visit": visit, "at": at}
            runs.append({**common, "kind": "self", "by": room.name, "values": _measured(number)})
            signatures += [
                {**common, "check": check, "answer": "yes", "note": "", "name": room.technician}
                for check in ("power.ups", "security.account", "security.room", "display.card", "site")
            ]
    async with store.begin() as session:
        await session.execute(insert(PreflightRunRow), runs)
        await session.execute(insert(PreflightSignatureRow), signatures)


def _measured(number: int) -> dict[str, Any]:
    return {
        "lighting.luma": 90 + number % 60,
        "lighting.contrast": 40,
        "network.down_mbps": 4.0 + number % 10 / 10,
        "network.up_mbps": 3.9 + number % 10 / 10,
        "network.loss_down_percent": 0.1,
        "network.rtt_ms": 20 + number % 40,
        "network.protocol": "udp",
        "audio.peak_dbfs": -12,
        "camera.height": 720,
        "camera.fps": 25,
        "display.width": 1920,
        "display.height": 1080,
        "security.tls": "https",
    }


async def _users(store: Store) -> None:
    accounts = People(store, Settings()).accounts
    await accounts.add(name=ACCOUNT, role=Role.SECRETARY, full_name="Trần Thị Mẫu", password=PASSWORD)
    for number in range(USERS):
        role = PEOPLE[number % len(PEOPLE)]
        await accounts.add(
            name=f"nguoi.{number:03d}", role=Role(role), full_name=f"Phạm Thị {number}", unit="UBND tỉnh"
        )


async def _audit(store: Store) -> None:
    previous, rows = GENESIS, []
    begin = datetime.now(UTC) - timedelta(days=400)
    names = [column.key for column in AuditRow.__table__.columns]
    for number in range(1, AUDIT_ENTRIES + 1):
        at = begin + timedelta(minutes=28 * number)
        entry = AuditEntry(
            sequence=number,
            at=at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            actor="dieuphoi",
            actor_id="",
            role="operator",
            address="10.0.0.7",
            action=("start_session", "act_on_endpoint", "change_plan", "waive_check")[number % 4],
            object=f"sessions/{number % SESSIONS:032d}",
            result=Result.OK.value,
            facts={},
            previous=previous,
        )
        entry = replace(entry, hash=sealed(entry))
        previous = entry.hash
        rows.append({name: getattr(entry, name) for name in names} | {"facts": json.dumps(entry.facts)})
    async with store.begin() as session:
        await session.execute(insert(AuditRow), rows)


def _recording(data: Path, identifier: str, number: int, begun: datetime, seconds: int) -> None:
    """A sealed recording's manifest as long as a real one's; its signatures are none, and nothing plays."""
    directory = data / "recordings" / identifier
    directory.mkdir(parents=True)
    start_ms = int(begun.timestamp() * 1000)
    endpoints = {f"e{each}": f"Xã Mẫu {(number * 7 + each) % COMMUNES + 1:03d}" for each in range(2 + number % 10)}
    session = {"title": f"Tiếp công dân số {number + 1}", "kind": "dinh_ky", "endpoints": endpoints}
    lines: list[dict[str, Any]] = [{"type": "part", "session": session, "wall_ms": start_ms, **SIGNED}]
    facts = [
        json.dumps({"kind": "marker", "text": f"Nội dung {each} của buổi {number + 1}"}, ensure_ascii=False)
        for each in range(12)
    ]
    lines += [
        {"type": "note", "what": "event", "facts": each, "at_ms": start_ms + 60_000 * place, **SIGNED}
        for place, each in enumerate(facts)
    ]
    files = [
        {"path": f"journal/{each:06d}.dcj", "bytes": 120_000_000, "sha256": ZEROS} for each in range(seconds // 60)
    ]
    end_ms = start_ms + 1000 * seconds
    lines.append({"type": "seal", "start_ms": start_ms, "end_ms": end_ms, "files": files, **SIGNED})
    with (directory / "manifest.jsonl").open("w", encoding="utf-8") as file:
        file.write(_line(lines[0]))
        file.writelines(_seconds()[:seconds])
        file.writelines(map(_line, lines[1:]))


def _line(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


@cache
def _seconds() -> list[str]:
    """As long as real ones; of all recordings the same, since nobody reads what is in them."""
    return [
        _line(
            {
                "type": "second",
                "segment": 1 + second // 60,
                "offset": 2_000_000 * (second % 60),
                "length": 2_000_000,
                "sha256": ZEROS,
                "from_ms": 1000 * second,
                "to_ms": 1000 * second + 999,
                **SIGNED,
            }
        )
        for second in range(RECENT_SECONDS)
    ]
