"""Storage as the server sees it: plans what is due and keeps a process working while there is something to do."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog

from config.models import Settings
from recorder.index import RecordingIndex
from recorder.storage.planning import Planner
from recorder.storage.queue import Queue

log = structlog.get_logger("storage")

LOOK_EVERY_S = 1.0
PLAN_EVERY_S = 10.0
RESTART_S = 5.0


class StorageKeeper:
    """One for the server; of several workers the first has it."""

    def __init__(self, data: Path, settings: Settings, catalogue: RecordingIndex | None = None) -> None:
        self._data, self._settings, self._catalogue = data, settings, catalogue
        self._process: asyncio.subprocess.Process | None = None
        self._not_before_s = 0.0

    async def run(self) -> None:
        """Until cancelled; the process ends with it."""
        try:
            queue = await asyncio.to_thread(Queue, self._data)
            planner = Planner(self._data, self._settings, self._catalogue)
            planned_s = 0.0
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                try:
                    if time.monotonic() - planned_s > PLAN_EVERY_S:
                        planned_s = time.monotonic()
                        await asyncio.to_thread(planner.plan, queue, now=datetime.now().astimezone())
                    await self._look(queue)
                except Exception:
                    log.exception("storage: looking for work failed; it is tried again")
                    await asyncio.sleep(RESTART_S)
        finally:
            await self._stop()

    async def _look(self, queue: Queue) -> None:
        if self._process is not None and self._process.returncode is None:
            return
        if self._process is not None and self._process.returncode:
            log.error("the storage process died", exit_code=self._process.returncode)
            self._process, self._not_before_s = None, time.monotonic() + RESTART_S
        jobs = await asyncio.to_thread(queue.jobs)
        wanted = any(job.state == "running" or job.next_s <= time.time() for job in jobs)
        if wanted and time.monotonic() >= self._not_before_s:
            await self._start()

    async def _start(self) -> None:
        idle = ["ionice", "-c", "3"] if shutil.which("ionice") else []
        self._process = await asyncio.create_subprocess_exec(
            *idle,
            sys.executable,
            "-m",
            "recorder.storage.process",
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        facts = {"data": str(self._data), "settings": self._settings.model_dump_json()}
        with suppress(ConnectionError):
            self._process.stdin.write(json.dumps(facts).encode() + b"\n")
            await self._process.stdin.drain()

    async def _stop(self) -> None:
        """What it was about is gone on with after the next start."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
