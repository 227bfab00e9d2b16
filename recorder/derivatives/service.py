"""The server's side of the worker: starts the process while something waits, and again when it died."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from recorder.derivatives.jobs import BUSY, PENDING, Queue

AGAIN_S = 2.0  # another server process's worker is busy, or ours died

log = structlog.get_logger("derivatives")


class Derivatives:
    """One for the server's process; of several that share a data directory one has the worker."""

    def __init__(self, data: Path, *, master_key: str = "") -> None:
        """master_key: the setting of that name."""
        self.queue = Queue(data)
        self._data, self._master_key = data, master_key
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    def wake(self) -> None:
        """Something may wait."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work(), name="derivatives")

    async def _work(self) -> None:
        while await asyncio.to_thread(self._has_work):
            code = await self._run() if await asyncio.to_thread(self._is_free) else BUSY
            if code == BUSY:
                await asyncio.sleep(AGAIN_S)
            elif code != 0:
                log.error("the worker for derivatives died; it is started again", exit_code=code)
                await asyncio.sleep(AGAIN_S)

    def _has_work(self) -> bool:
        return any(job.state in PENDING for job in self.queue.jobs())

    def _is_free(self) -> bool:
        """Whether no process works, be it another server process's."""
        with self.queue.only_worker() as alone:
            return alone

    async def _run(self) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "recorder.derivatives.process"),
            *("--data", str(self._data)),
            *("--parent", str(os.getpid())),
            *("--master-key", self._master_key),
            start_new_session=True,  # Ctrl-C is the server's to handle
        )
        return await self._process.wait()

    async def stop(self) -> None:
        """End the worker; what it was at is begun anew at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
