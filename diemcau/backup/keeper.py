"""Nightly backups as the server sees them: a process of its own makes each one, so that media wait for nothing."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from contextlib import suppress
from datetime import datetime

import structlog

from config.models import Settings
from recorder.storage.backup_state import is_due, last_backup, note_backup

LOOK_EVERY_S = 20.0

log = structlog.get_logger("backup")


class BackupKeeper:
    """One for the server; of several workers the first has it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Until cancelled; a backup that is being made ends with it and is made at the next start."""
        if not self._settings.backup.directory:
            return
        try:
            while True:
                try:
                    await self._look()
                except Exception:
                    log.exception("looking for a due backup failed; it is tried again")
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await self._stop()

    async def _look(self) -> None:
        data, now = self._settings.server.data, datetime.now().astimezone()
        last = await asyncio.to_thread(last_backup, data)
        if not is_due(last, now=now, hour=self._settings.backup.hour):
            return
        code, said = await self._make()
        after = await asyncio.to_thread(last_backup, data)
        if code and after == last:  # it could not even say so itself
            words = f"exit code {code}: {said[-300:]}"
            facts = {"begun": now.timestamp(), "ended": time.time(), "ok": False, "error_vi": words, "error_en": words}
            await asyncio.to_thread(note_backup, data, facts)
            after = facts
        if after.get("ok"):
            log.info("a backup was made", file=after.get("file"), bytes=after.get("bytes"))
        else:
            log.error("THE NIGHTLY BACKUP FAILED", reason=after.get("error_en"))

    async def _make(self) -> tuple[int, str]:
        idle = [*_idle("ionice", "-c", "3"), *_idle("nice", "-n", "10")]
        self._process = await asyncio.create_subprocess_exec(
            *idle,
            sys.executable,
            "-m",
            "diemcau.backup.nightly",
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        _, said = await self._process.communicate(self._settings.model_dump_json().encode())
        return int(self._process.returncode or 0), said.decode(errors="replace").strip()

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()


def _idle(program: str, *arguments: str) -> list[str]:
    return [program, *arguments] if shutil.which(program) else []
