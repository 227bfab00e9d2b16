"""The audit log: append-only, chained; whoever changes it is found out."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from reception.audit import AuditFilter, AuditLog
from reception.audit_chain import (
    GENESIS,
    AuditEntry,
    FaultKind,
    Result,
    from_json,
    sealed,
    syslog_line,
    verify_chain,
)
from reception.store import Store


class World:
    """A log and the time."""

    def __init__(self, store: Store, keys: Path) -> None:
        self.store, self.keys = store, keys
        self.now = datetime(2026, 11, 30, 8, tzinfo=UTC)
        self.log = AuditLog(store.engine, keys=keys, clock=lambda: self.now)

    async def fill(self, count: int = 5) -> list[AuditEntry]:
        for number in range(count):
            self.now += timedelta(seconds=1)
            await self.log.append(
                action="mute" if number % 2 else "start_session",
                actor="An" if number < 3 else "Bình",
                role="operator",
                object=f"sessions/s{number}",
                result=Result.REFUSED if number == 4 else Result.OK,
                facts={"số": number},
            )
        return [entry async for entry in self.log.stream(AuditFilter())]

    async def tamper(self, statement: str) -> None:
        async with self.store.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                for verb in ("update", "delete"):
                    await connection.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{verb}"))
            else:
                await connection.execute(text("DROP TRIGGER IF EXISTS audit_append_only ON audit"))
            await connection.execute(text(statement))

    async def faults(self, head: str = "") -> list[tuple[FaultKind, int]]:
        return [(each.kind, each.sequence) for each in (await self.log.verify(head=head)).faults]


@pytest.fixture
async def world(tmp_path: Path, database: str) -> AsyncIterator[World]:
    store = await Store.open(tmp_path / "store.sqlite")
    yield World(store, tmp_path / "keys")
    await store.close()


async def test_entries_are_chained_and_whole(world: World) -> None:
    entries = await world.fill()
    assert [each.sequence for each in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == GENESIS
    assert all(later.previous == earlier.hash for earlier, later in itertools.pairwise(entries))
    verdict = await world.log.verify()
    assert (verdict.whole, verdict.entries, verdict.head) == (True, 5, entries[-1].hash)
    assert entries[0].at == "2026-11-30T08:00:01.000Z"
    assert entries[0].facts == {"số": 0}


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
async def test_the_store_refuses_to_change_what_is_written(world: World, statement: str) -> None:
    await world.fill(2)
    with pytest.raises(DBAPIError, match="only appended"):
        async with world.store.engine.begin() as connection:
            await connection.execute(text(statement))
    assert (await world.log.verify()).entries == 2


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET actor = 'Cường' WHERE sequence = 3", (FaultKind.ALTERED, 3)),
        ("UPDATE audit SET facts = '{' WHERE sequence = 2", (FaultKind.ALTERED, 2)),
        ("UPDATE audit SET result = 'ok' WHERE sequence = 5", (FaultKind.ALTERED, 5)),
        ("DELETE FROM audit WHERE sequence = 2", (FaultKind.MISSING, 2)),
        ("DELETE FROM audit WHERE sequence = 5", (FaultKind.TRUNCATED, 5)),
        ("DELETE FROM audit", (FaultKind.TRUNCATED, 5)),
    ],
)
async def test_whoever_changes_the_table_is_found_out(
    world: World, statement: str, fault: tuple[FaultKind, int]
) -> None:
    await world.fill()
    await world.tamper(statement)
    assert (await world.faults())[0] == fault


async def test_a_chain_written_anew_lacks_the_hash_that_was_noted(world: World) -> None:
    entries = await world.fill()
    head = entries[2].hash
    assert await world.faults(head) == []
    await world.tamper("DELETE FROM audit")
    await world.fill()
    assert await world.faults() == []  # whole in itself: who holds every key can do that
    assert (FaultKind.TRUNCATED, 0) in await world.faults(head)


@pytest.mark.parametrize("content", ['{"sequence": 9, "hash": "x", "mac": "y"}', "nonsense", "{}"])
async def test_a_note_that_is_not_the_servers_is_a_fault(world: World, content: str) -> None:
    await world.fill()
    (world.keys / "audit.head").write_text(content)
    assert await world.faults() == [(FaultKind.TRUNCATED, 0)]


async def test_several_processes_append_to_one_chain(world: World, tmp_path: Path) -> None:
    other = await Store.open(tmp_path / "store.sqlite")
    logs = [world.log, AuditLog(other.engine, keys=world.keys)]
    await asyncio.gather(*(logs[number % 2].append(action=f"a{number}") for number in range(40)))
    verdict = await world.log.verify()
    assert (verdict.entries, verdict.faults) == (40, [])
    await other.close()


@pytest.mark.parametrize(
    ("wanted", "sequences"),
    [
        (AuditFilter(), [5, 4, 3, 2, 1]),
        (AuditFilter(actor="Bình"), [5, 4]),
        (AuditFilter(action="mute"), [4, 2]),
        (AuditFilter(actor="an", action="MUTE"), [2]),
        (AuditFilter(action="%"), []),
        (AuditFilter(object="s3"), [4]),
        (AuditFilter(result="refused"), [5]),
        (AuditFilter(role="chair"), []),
        (AuditFilter(since="2026-11-30T08:00:02.000Z", until="2026-11-30T08:00:04.000Z"), [3, 2]),
        (AuditFilter(before=3), [2, 1]),
    ],
)
async def test_entries_are_found(world: World, wanted: AuditFilter, sequences: list[int]) -> None:
    await world.fill()
    assert [each.sequence for each in await world.log.entries(wanted, limit=10)] == sequences


async def test_a_summary_counts(world: World) -> None:
    await world.fill()
    assert await world.log.summary(AuditFilter()) == [
        ("mute", "ok", 2),
        ("start_session", "ok", 2),
        ("start_session", "refused", 1),
    ]


async def test_an_export_verifies_without_the_store(world: World) -> None:
    lines = [entry.as_json() for entry in await world.fill()]
    assert verify_chain(from_json(line) for line in lines).whole
    for change, fault in (
        (lambda each: [each[0], each[2], each[1], *each[3:]], FaultKind.MISSING),
        (lambda each: [each[0], each[1].replace("An", "Ân"), *each[2:]], FaultKind.ALTERED),
    ):
        assert _first(change, lines) is fault
    with pytest.raises(ValueError, match="entry"):
        from_json('{"sequence": 1}')


def _first(change: Callable[[list[str]], list[str]], lines: list[str]) -> FaultKind:
    return verify_chain(from_json(line) for line in change(lines)).faults[0].kind


def test_a_hash_covers_every_field() -> None:
    entry = AuditEntry(
        sequence=1,
        at="t",
        actor="a",
        actor_id="i",
        role="r",
        address="d",
        action="c",
        object="o",
        result="ok",
        facts={"x": 1},
        previous=GENESIS,
    )
    changed = [replace(entry, sequence=2), replace(entry, facts={"x": 2})]
    names = ("at", "actor", "actor_id", "role", "address", "action", "object", "result", "previous")
    changed += [replace(entry, **{name: "other"}) for name in names]
    assert len({sealed(each) for each in [entry, *changed]}) == 1 + len(changed)


async def test_a_line_for_syslog_is_rfc_5424_with_json(world: World) -> None:
    entries = await world.fill()
    line = syslog_line(entries[4], host="may-chu")
    head, _, body = line.partition("@cee: ")
    assert head == "<108>1 2026-11-30T08:00:05.000Z may-chu diemcau - audit - "
    assert json.loads(body)["hash"] == entries[4].hash
