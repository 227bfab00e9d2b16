"""When a recording was destroyed by two persons, its case's documents, the scans of its minutes and the numbers of
identity papers go too.

What the registers need stays in the store: who was received, about what, with what outcome.
"""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import structlog

from recorder.storage.deletion import destroyed
from signalling.rehearsals import FOLDERS

if TYPE_CHECKING:
    from signalling.services import Services

SYSTEM = "hệ thống"
REASON = "Đã hủy cùng bản ghi, theo biên bản hủy"

log = structlog.get_logger("signalling")


async def sweep_destroyed(services: Services) -> list[str]:
    """Take out what belongs to destroyed recordings; the sessions' ids. Raises OSError."""
    gone = []
    for record in await asyncio.to_thread(destroyed, services.data):
        session_id = str(record.get("id", ""))
        if record.get("state") != "done" or not session_id:
            continue
        folders = [services.data / name / session_id for name in FOLDERS]
        documents = await services.case.documents.of(session_id)
        numbers = await services.case.forget_numbers(session_id)
        for each in documents:
            await services.case.documents.remove(session_id, each.id, actor=SYSTEM, reason=REASON)
        there = await asyncio.to_thread(lambda paths: [each for each in paths if each.exists()], folders)
        for folder in there:
            await asyncio.to_thread(shutil.rmtree, folder)
        if documents or numbers or there:
            facts = {"documents": len(documents), "numbers": numbers, "reason": REASON}
            await services.audit.note_system("case_destroyed", object=f"sessions/{session_id}", facts=facts)
            log.info("the documents of a destroyed recording were deleted", session=session_id, **facts)
            gone.append(session_id)
    return gone
