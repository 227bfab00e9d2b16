"""Rehearsals whose days are over: once the recording is destroyed the session goes too, with its papers and notes."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from reception.forgetting import OldRehearsal
from recorder.custody import log_use
from recorder.storage.deletion import SYSTEM
from recorder.storage.ledger import read_entry
from signalling.document_files import FOLDER as DOCUMENTS
from signalling.minutes_files import FOLDER as MINUTES

if TYPE_CHECKING:
    from signalling.services import Services

FOLDERS = (MINUTES, DOCUMENTS)  # under the data directory, one directory for each session
SWEEP_EVERY_S = 3600

log = structlog.get_logger("signalling")


async def sweep_rehearsals(services: Services, *, now: datetime) -> list[str]:
    """Take out what is due; the ids. One whose recording is still there, or on hold, waits for the recorder's storage.

    Raises OSError, CustodyUnwritable: nothing is deleted that cannot be logged.
    """
    retention = services.settings.storage.retention
    if not retention.delete_rehearsals:
        return []
    gone = []
    for each in await services.store.forgetting.old_rehearsals(before=now - timedelta(days=retention.rehearsal_days)):
        if each.id in services.conferences or await asyncio.to_thread(_recording_there, services, each.id):
            continue
        await _forget(services, each, days=retention.rehearsal_days)
        gone.append(each.id)
    return gone


def _recording_there(services: Services, session_id: str) -> bool:
    held = read_entry(services.data, session_id).get("hold", {}).get("on")
    return bool(held) or (services.recorder.root / session_id).exists()


async def _forget(services: Services, each: OldRehearsal, *, days: int) -> None:
    reason = f"Hết hạn lưu buổi chạy thử ({days} ngày)"
    await asyncio.to_thread(_log, services, each, reason)
    for folder in FOLDERS:
        await asyncio.to_thread(shutil.rmtree, services.data / folder / each.id, ignore_errors=True)
    rows = await services.store.forgetting.forget(each.id)
    facts = {"code": each.code, "reason": reason, "rows": sum(rows.values())}
    place = f"sessions/{each.id}"
    await services.audit.note_system("rehearsal_deleted", object=place, facts=facts)
    log.info("a rehearsal whose days are over was deleted", session=each.id, rows=sum(rows.values()))


def _log(services: Services, each: OldRehearsal, reason: str) -> None:
    facts = {"code": each.code, "title": each.title, "ended_at": each.ended_at.isoformat()}
    log_use(services.data, each.id, what="delete_session", who=SYSTEM, purpose=reason, **facts)
