"""The DOCX of minutes that become final: made once, and kept as it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from reception.papers.compose import session_paper
from reception.papers.kinds import PAPERS, Format
from reception.permissions import Extent
from reception.records import SessionRecord
from signalling.case_keys import case_key, read_whole
from signalling.minutes_files import document_path, keep_document
from signalling.papers_gather import gather
from signalling.papers_making import made_paper, texts_of
from signalling.routing import Call


async def keep_final_minutes(call: Call, record: SessionRecord, *, number: str, seal: str) -> str:
    """Make and keep them under this number; their SHA-256. Raises Problem: the template cannot be filled, and why."""
    services, paper = call.services, PAPERS["minutes"]
    facts = await gather(services.sources, record, texts_of(call), extent=Extent.READ)
    minutes = replace(facts.minutes, number=number, final=True, finalised_at=datetime.now(UTC), recording_hash=seal)
    content = session_paper(paper.kind, replace(facts, minutes=minutes))
    made = await made_paper(call, paper, content, Format.DOCX, about=record.code)
    key = case_key(services)
    kept = await asyncio.to_thread(keep_document, services.data, record.id, made.content, key=key)
    return kept.sha256


async def final_minutes(call: Call, record: SessionRecord) -> bytes | None:
    """The file that was kept; None while there is none."""
    minutes = await call.services.store.minutes.of(record.id)
    if not minutes.final or not minutes.sha256:
        return None
    path = document_path(call.services.data, record.id, minutes.sha256)
    return await asyncio.to_thread(read_whole, path, call.services.recorder.keys) if path.exists() else None
