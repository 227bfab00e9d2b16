"""The server's keeper and its process: a queue worked off, over kills and restarts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.models import Settings
from config.storage import RetentionSettings, StorageSettings
from recorder.custody import Person, read_log
from recorder.storage import planning, service
from recorder.storage.copying import check_copy
from recorder.storage.ledger import changing, read_entry
from recorder.storage.planning import Planner
from recorder.storage.queue import COPY, DESTROY, FIXITY, Queue
from recorder.storage.s3 import S3Target
from recorder.storage.service import StorageKeeper
from tests.recorder.made import make_sealed, writable
from tests.recorder.storage.s3_server import S3Server

pytestmark = pytest.mark.timeout(120)
LAN = Person(identity="u1", name="Lan", role="archivist")


async def until(condition: Callable[[], Any], what: str, *, timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < end, f"not within {timeout_s} s: {what}"
        await asyncio.sleep(0.1)


@asynccontextmanager
async def keeper(data: Path, settings: Settings) -> AsyncIterator[StorageKeeper]:
    keeping = StorageKeeper(data, settings)
    task = asyncio.create_task(keeping.run())
    try:
        yield keeping
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_copy_that_was_asked_for_is_made_in_the_background_and_logged(tmp_path: Path) -> None:
    data, disk = tmp_path / "data", tmp_path / "disk"
    make_sealed(data)
    disk.mkdir()
    queue = Queue(data)
    queue.add(COPY, "s1", target=str(disk), who=LAN, purpose="Giao nộp lưu trữ")
    async with keeper(data, Settings()):
        await until(lambda: not queue.jobs(), "the copy is made")
    copy = read_entry(data, "s1")["copies"][str(disk)]
    assert (copy["state"], copy["verdict"]) == ("verified", "whole")
    (line,) = read_log(data, "s1")
    assert (line["what"], line["who"]["name"], line["purpose"], line["result"]) == (
        "copy",
        "Lan",
        "Giao nộp lưu trữ",
        "ok",
    )


async def test_a_disk_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, disk = tmp_path / "data", tmp_path / "media" / "away" / "usb"
    make_sealed(data)
    queue = Queue(data)
    queue.add(COPY, "s1", target=str(disk), who=LAN, purpose="p")
    async with keeper(data, Settings()):
        await until(lambda: queue.jobs()[0].tries, "the disk is missed")
        (job,) = queue.jobs()
        assert (job.state, job.tries) == ("waiting", 1)
        assert "đã cắm chưa" in job.error
        disk.mkdir(parents=True)
        queue.save(job, next_s=time.time())
        await until(lambda: not queue.jobs(), "the copy is made")
    assert read_entry(data, "s1")["copies"][str(disk)]["state"] == "verified"


@pytest.mark.store
async def test_sealed_recordings_go_to_the_store_by_themselves_and_wait_while_it_is_away(tmp_path: Path) -> None:
    data = tmp_path / "data"
    make_sealed(data)
    server = S3Server(tmp_path / "s3")
    settings = Settings(storage=StorageSettings(s3=server.settings(timeout_s=1.0)))
    queue = Queue(data)
    try:
        async with keeper(data, settings):
            await until(lambda: any(job.tries for job in queue.jobs()), "a try failed")
            (job,) = queue.jobs()
            assert (job.recording, job.target, job.purpose.partition(" ")[0]) == ("s1", "s3", "Sao")
            assert "không trả lời" in job.error
        server.start()
        async with keeper(data, settings):  # the server was started again: the backlog is still there
            await until(lambda: not queue.jobs(), "the backlog is gone")
        assert check_copy(S3Target(settings.storage.s3), "s1") == []
        assert read_entry(data, "s1")["copies"]["s3://diemcau/recordings"]["state"] == "verified"
    finally:
        server.kill()


async def test_a_killed_process_is_started_again_and_does_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    make_sealed(data)
    monkeypatch.setattr(service, "RESTART_S", 0.2)
    queue = Queue(data)
    queue.add(COPY, "s1", target=str(tmp_path / "disk"), who=LAN, purpose="p")
    async with keeper(data, Settings()) as keeping:
        await until(lambda: keeping._process is not None, "the process runs")
        assert keeping._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(keeping._process.pid, signal.SIGKILL)
        await until(lambda: not queue.jobs(), "the copy is made")
    assert read_entry(data, "s1")["copies"][str(tmp_path / "disk")]["state"] == "verified"


async def test_a_rehearsal_whose_days_are_over_goes_by_itself_with_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    directory = writable(make_sealed(data))
    settings = Settings(storage=StorageSettings(fixity=False, retention=RetentionSettings(rehearsal_days=1)))
    queue = Queue(data)
    monkeypatch.setattr(planning, "REHEARSALS_EVERY_S", 0.0)
    with changing(data, "s1") as entry:
        entry["retention"] = {"class": "15_nam"}
    Planner(data, settings).plan(queue, now=datetime.now(UTC))
    assert queue.jobs() == [], "what somebody wants to keep stays"
    with changing(data, "s1") as entry:
        del entry["retention"]
    with changing(data, "s1") as entry:
        entry["hold"] = {"on": True}
    Planner(data, settings).plan(queue, now=datetime.now(UTC))
    assert queue.jobs() == [], "what is on hold stays"
    with changing(data, "s1") as entry:
        entry["hold"] = {"on": False}
    Planner(data, settings).plan(queue, now=datetime.now(UTC))
    assert [job.kind for job in queue.jobs()] == [DESTROY]
    async with keeper(data, settings):
        await until(lambda: not queue.jobs(), "it is destroyed")
    assert not directory.exists()
    assert [line["who"]["identity"] for line in read_log(data, "s1")] == ["system", "system"]


def test_the_nightly_check_is_planned_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    make_sealed(data)
    queue = Queue(data)
    planner = Planner(data, Settings())
    night = datetime.now(UTC).replace(hour=2, minute=5)
    planner.plan(queue, now=night.replace(hour=13))
    assert queue.jobs() == []
    for _ in range(2):
        planner.plan(queue, now=night.replace(year=night.year + 1))
    assert [job.kind for job in queue.jobs()] == [FIXITY]
