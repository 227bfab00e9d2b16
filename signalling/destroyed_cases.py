"""When a recording was destroyed by two persons, the rest of its session's file goes too: documents, final minutes and
scans, and in the store whoever came and whatever was said.

What registers and statistics count stays: that there was a session, how many citizens and matters, with what outcome.
"""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import structlog

from recorder.storage.deletion import destroyed_names, destruction_record
from signalling.rehearsals import FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

    from signalling.services import Services

SYSTEM = "hệ thống"
REASON = "Đã hủy cùng bản ghi, theo biên bản hủy"

log = structlog.get_logger("signalling")


async def sweep_destroyed(services: Services) -> list[str]:
    """Take out what belongs to destroyed recordings; the sessions' ids. What was done once is not looked at again, but
    where an older backup was restored. Raises OSError.
    """
    begun = await asyncio.to_thread(destroyed_names, services.data)
    gone = []
    for session_id in sorted(begun - await services.store.destroyed.finished()):
        folders = [services.data / name / session_id for name in FOLDERS]
        there = await asyncio.to_thread(_existing, folders)
        known = await services.store.destroyed.known(session_id)
        if not there and not known:  # a recording from elsewhere, or a rehearsal that is gone whole
            continue
        record = await asyncio.to_thread(destruction_record, services.data, session_id)
        if record.get("state") != "done":
            continue
        await _take_out(services, session_id, there, known=known)
        gone.append(session_id)
    return gone


def _existing(folders: list[Path]) -> list[Path]:
    return [each for each in folders if each.exists()]


async def _take_out(services: Services, session_id: str, folders: list[Path], *, known: bool) -> None:
    """Files first: the mark in the store says that all is done."""
    for folder in folders:
        await asyncio.to_thread(shutil.rmtree, folder)
    facts: dict[str, int | str] = {"folders": len(folders), "reason": REASON}
    if known:
        facts |= await services.store.destroyed.anonymise(session_id, actor=SYSTEM, reason=REASON)
    await services.audit.note_system("case_destroyed", object=f"sessions/{session_id}", facts=facts)
    log.info("the file of a destroyed recording was taken out", session=session_id, **facts)
