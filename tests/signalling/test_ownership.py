"""Of several workers exactly one runs a session, and one completes its recording."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.models import ServerSettings, Settings
from reception.lifecycle import Action
from reception.store import Store
from recorder.service import Recorder
from sfu.server import MediaServer
from signalling.problems import Problem
from signalling.services import Services
from signalling.tokens import Tokens

WORKERS = 3


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.sqlite")
    yield opened
    await opened.close()


def services(store: Store, data: Path, worker: int | None) -> Services:
    settings = Settings(server=ServerSettings(data=data, workers=1 if worker is None else WORKERS))
    return Services(
        settings,
        store=store,
        media=MediaServer(settings.media, host="127.0.0.1", port=1),
        recorder=Recorder(settings.recording, data=data),
        tokens=Tokens(b"s" * 32),
        worker=worker,
    )


async def session(store: Store, worker: int | None) -> str:
    record = await store.create_session(
        title="t", kind="rehearsal", profile="30-5", endpoints=[("x", "central")], worker=worker
    )
    return record.id


@pytest.mark.parametrize("placed", [0, 1, 2])
async def test_a_session_opens_on_its_own_worker_alone(store: Store, tmp_path: Path, placed: int) -> None:
    session_id = await session(store, placed)
    for worker in range(WORKERS):
        process = services(store, tmp_path, worker)
        if worker == placed:
            assert (await process.conference(session_id)).record.id == session_id
        else:
            with pytest.raises(Problem, match="another worker") as refused:
                await process.conference(session_id)
            assert (refused.value.status, refused.value.code) == (421, "other_worker")


async def test_a_server_without_workers_opens_every_session(store: Store, tmp_path: Path) -> None:
    alone = services(store, tmp_path, None)
    for placed in (None, 0, 5):
        session_id = await session(store, placed)
        assert (await alone.conference(session_id)).record.id == session_id


@pytest.mark.parametrize(
    ("placed", "completing"),
    [(0, 0), (1, 1), (2, 2), (None, 0), (7, 0)],  # (7: of a server that had more workers)
)
async def test_one_worker_completes_a_recording(
    store: Store, tmp_path: Path, placed: int | None, completing: int
) -> None:
    session_id = await session(store, placed)
    await store.act(session_id, Action.START)
    await store.act(session_id, Action.END)
    for name in (session_id, "of another server"):
        found = [
            worker
            for worker in range(WORKERS)
            if (await services(store, tmp_path, worker).recordings_to_complete(set()))(name)
        ]
        assert found == [completing if name == session_id else 0]
    assert (await services(store, tmp_path, None).recordings_to_complete(set()))(session_id)


async def test_a_session_that_goes_on_is_not_completed(store: Store, tmp_path: Path) -> None:
    session_id = await session(store, 1)
    assert not (await services(store, tmp_path, 1).recordings_to_complete({session_id}))(session_id)
