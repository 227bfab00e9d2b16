"""The store under several processes, and where sessions are placed."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from reception import store as store_module
from reception.lifecycle import Action, SessionState
from reception.store import NotFound, Store

WRITES = 40
WRITER = """
import asyncio, sys
from pathlib import Path
from reception.store import Store

async def main(path, session_id, count):
    store = await Store.open(Path(path))
    for number in range(count):
        await store.log(session_id, "written", number=number)
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.sqlite")
    yield opened
    await opened.close()


async def draft(store: Store, *, worker: int | None = None, delegates: int = 1) -> str:
    endpoints = [("Trung tâm", "central"), *((f"Xã {number}", "delegate") for number in range(delegates))]
    record = await store.create_session(title="t", kind="rehearsal", profile="30-5", endpoints=endpoints, worker=worker)
    return record.id


async def test_a_session_keeps_its_worker(store: Store) -> None:
    first, second = await draft(store, worker=3), await draft(store)
    assert [await store.worker_of(each) for each in (first, second)] == [3, None]
    await store.place({second: 1})
    assert await store.workers() == {first: 3, second: 1}
    assert (await store.session(second)).worker == 1
    with pytest.raises(NotFound):
        await store.worker_of("none")


async def test_placements_are_of_sessions_that_have_not_ended_with_the_seats_that_are_left(store: Store) -> None:
    first, second, third = await draft(store, worker=0, delegates=3), await draft(store, worker=1), await draft(store)
    removed = (await store.session(first)).endpoints[1].id
    await store.change_endpoint(removed, removed=True)
    await store.act(first, Action.START)
    await store.act(third, Action.END)
    found = [(each.session_id, each.worker, each.state, each.seats) for each in await store.placements()]
    assert found == [(first, 0, SessionState.LIVE, 3), (second, 1, SessionState.DRAFT, 2)]
    assert [each.id for each in await store.open_sessions()] == [first]


def make_first_store(path: Path) -> None:
    """A store as the first version made it, with one draft."""
    config = Config()
    config.set_main_option("script_location", str(Path(store_module.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as begun:
        config.attributes["connection"] = begun
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO session (id, title, kind, profile, state, created_at) "
            "VALUES ('s', 'Cũ', 'dinh_ky', '30-5', 'draft', '2026-01-01 00:00:00')"
        )
        connection.execute(
            "INSERT INTO endpoint (id, session_id, position, name, role, removed, microphone, camera, muted, locked, "
            "camera_off) VALUES ('e', 's', 0, 'Trung tâm', 'central', 0, 1, 1, 0, 0, 0)"
        )
    connection.close()


async def test_a_store_of_the_first_version_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    make_first_store(path)
    store = await Store.open(path)
    record = await store.session("s")
    assert record.worker is None
    assert record.endpoints[0].cap_up_bps is None
    await store.close()


async def test_several_processes_write_at_once_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    session_id = await draft(store)
    arguments = [sys.executable, "-c", WRITER, str(tmp_path / "store.sqlite"), session_id, str(WRITES)]
    writers = [await asyncio.create_subprocess_exec(*arguments, stderr=subprocess.PIPE) for _ in range(3)]
    for number in range(WRITES):
        await store.change_session(session_id, spotlight=str(number))
    errors = [(await writer.communicate())[1] for writer in writers]
    assert errors == [b"", b"", b""]
    assert len(await store.events(session_id)) == 3 * WRITES
    assert (await store.session(session_id)).spotlight == str(WRITES - 1)
