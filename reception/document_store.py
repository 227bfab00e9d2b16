"""What the store knows of a session's documents. The files themselves lie in DATA/documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from reception.case_records import Document
from reception.case_tables import DocumentRow
from reception.database import NotFound, new_id, note, now_utc, utc
from reception.search_text import search_text
from reception.store import Store

_DOCUMENT = tuple(each.name for each in fields(Document))


class DocumentStore:
    """Documents by session. What was removed is known for ever: by whom, when and why."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, session_id: str, *, removed: bool = False) -> list[Document]:
        """In the order of receipt. removed: also those that were taken out."""
        query = select(DocumentRow).where(DocumentRow.session_id == session_id).order_by(DocumentRow.position)
        if not removed:
            query = query.where(DocumentRow.removed_at.is_(None))
        async with self._store.begin() as session:
            return [_document(row) for row in await session.scalars(query)]

    async def get(self, session_id: str, document_id: str) -> Document:
        """One, removed or not. Raises NotFound."""
        async with self._store.begin() as session:
            return _document(await _row(session, session_id, document_id))

    async def add(self, document: Document, *, actor: str) -> Document:
        """Enter a document; the record has its id (made, unless it has one) and the time of receipt."""
        async with self._store.changing(document.session_id) as session:
            mine = DocumentRow.session_id == document.session_id
            last = await session.scalar(select(func.max(DocumentRow.position)).where(mine))
            kept = replace(document, id=document.id or new_id(), at=document.at or now_utc())
            row = DocumentRow(**asdict(kept), position=0 if last is None else last + 1)
            _put(row, {"endpoints": kept.endpoints})
            session.add(row)
            about = {"document": row.id, "sha256": row.sha256, "bytes": row.bytes, "visibility": row.visibility}
            note(session, row.session_id, "document_added", actor=actor, endpoint_id=row.endpoint_id or None, **about)
        return _document(row)

    async def change(self, session_id: str, document_id: str, changes: Mapping[str, Any], *, actor: str) -> Document:
        """Set fields of one that was not removed. Raises NotFound."""
        async with self._store.changing(session_id) as session:
            row = await _row(session, session_id, document_id)
            if row.removed_at is not None:
                raise NotFound(document_id)
            _put(row, changes)
            about: dict[str, Any] = {"document": row.id, "fields": sorted(changes), "visibility": row.visibility}
            note(session, session_id, "document_changed", actor=actor, **about)
        return _document(row)

    async def remove(self, session_id: str, document_id: str, *, actor: str, reason: str) -> Document:
        """Take one out of the case. Raises NotFound, also where it was removed before."""
        async with self._store.changing(session_id) as session:
            row = await _row(session, session_id, document_id)
            if row.removed_at is not None:
                raise NotFound(document_id)
            row.removed_at, row.removed_by, row.removed_reason = now_utc(), actor, reason[:1000]
            row.search = ""
            note(session, session_id, "document_removed", actor=actor, document=row.id, reason=reason)
        return _document(row)


async def _row(session: AsyncSession, session_id: str, document_id: str) -> DocumentRow:
    row = await session.get(DocumentRow, document_id)
    if row is None or row.session_id != session_id:
        raise NotFound(document_id)
    return row


def _put(row: DocumentRow, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    row.search = search_text([row.name, row.from_whom])


def _document(row: DocumentRow) -> Document:
    values = {name: getattr(row, name) for name in _DOCUMENT}
    values |= {name: utc(values[name]) for name in ("at", "removed_at")}
    values["endpoints"] = tuple(row.endpoints) if row.endpoints is not None else None
    return Document(**values)
