"""Citizens, matters, notes, conclusions and documents of sessions, as stored.

Each change writes an event beside it that says what was done by whom, and nothing of a citizen or of what was said:
whoever follows a session's events need not be allowed to read its case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from reception.case_records import CaseFile, Citizen, Conclusion, Matter, Note
from reception.case_tables import CitizenRow, ConclusionRow, MatterRow, NoteRow
from reception.database import NotFound, new_id, note, now_utc, utc
from reception.document_store import DocumentStore
from reception.sealed_number import NumberUnreadable, SealedNumbers
from reception.search_text import search_text
from reception.store import Store

_CITIZEN = tuple(each.name for each in fields(Citizen) if each.name not in ("id_number", "id_unreadable"))
_MATTER = tuple(each.name for each in fields(Matter))
_NOTE = tuple(each.name for each in fields(Note))
_CONCLUSION = tuple(each.name for each in fields(Conclusion))
_Row = TypeVar("_Row", CitizenRow, NoteRow, ConclusionRow)


class CaseStore:
    """The case of each session. `documents`: its papers. Methods that name a row raise NotFound where there is none."""

    def __init__(self, store: Store, *, keys: Path) -> None:
        """keys: the directory of the server's keys (DATA/keys)."""
        self._store = store
        self._numbers = SealedNumbers(keys)
        self.documents = DocumentStore(store)

    async def case_file(self, session_id: str) -> CaseFile:
        """Everything of one session."""
        return CaseFile(
            citizens=tuple(await self.citizens(session_id)),
            matters=tuple(await self.matters(session_id)),
            notes=tuple(await self.notes(session_id)),
            conclusions=tuple(await self.conclusions(session_id)),
            documents=tuple(await self.documents.of(session_id)),
        )

    async def counted(self, session_ids: Sequence[str]) -> dict[str, CaseFile]:
        """What reports count of these sessions, by session: citizens, matters and conclusions. Not many at once."""
        citizens: dict[str, list[Citizen]] = {}
        matters: dict[str, list[Matter]] = {}
        conclusions: dict[str, list[Conclusion]] = {}
        async with self._store.begin() as session:
            mine = select(CitizenRow).where(CitizenRow.session_id.in_(session_ids))
            for citizen in await session.scalars(mine.order_by(CitizenRow.position)):
                citizens.setdefault(citizen.session_id, []).append(self._citizen(citizen))
            for matter in await session.scalars(select(MatterRow).where(MatterRow.session_id.in_(session_ids))):
                matters.setdefault(matter.session_id, []).append(_matter(matter))
            given = select(ConclusionRow).where(ConclusionRow.session_id.in_(session_ids))
            for conclusion in await session.scalars(given.order_by(ConclusionRow.position)):
                conclusions.setdefault(conclusion.session_id, []).append(_conclusion(conclusion))
        return {
            each: CaseFile(
                citizens=tuple(citizens.get(each, ())),
                matters=tuple(matters.get(each, ())),
                conclusions=tuple(conclusions.get(each, ())),
            )
            for each in session_ids
        }

    # --- citizens ---

    async def citizens(self, session_id: str) -> list[Citizen]:
        """In the order they were entered, their numbers opened."""
        query = select(CitizenRow).where(CitizenRow.session_id == session_id).order_by(CitizenRow.position)
        async with self._store.begin() as session:
            return [self._citizen(row) for row in await session.scalars(query)]

    async def add_citizen(self, citizen: Citizen, *, actor: str) -> Citizen:
        """Enter somebody; the record has its id. Raises NumberUnreadable, OSError: the number cannot be sealed."""
        async with self._store.changing(citizen.session_id) as session:
            row = CitizenRow(id=new_id(), position=await _next(session, CitizenRow.position, citizen.session_id))
            self._put_citizen(row, asdict(citizen))
            session.add(row)
            _tell(session, row, "citizen_added", actor, endpoint_id=row.endpoint_id, citizen=row.id)
        return self._citizen(row)

    async def change_citizen(
        self, session_id: str, citizen_id: str, changes: Mapping[str, Any], *, actor: str
    ) -> Citizen:
        """Set fields. Raises NumberUnreadable, OSError: the number cannot be sealed."""
        async with self._store.changing(session_id) as session:
            row = await _mine(session, CitizenRow, session_id, citizen_id)
            self._put_citizen(row, changes)
            changed = sorted(changes)
            _tell(session, row, "citizen_changed", actor, endpoint_id=row.endpoint_id, citizen=row.id, fields=changed)
        return self._citizen(row)

    async def remove_citizen(self, session_id: str, citizen_id: str, *, actor: str, reason: str = "") -> None:
        """Take back who was entered by mistake."""
        async with self._store.changing(session_id) as session:
            row = await _mine(session, CitizenRow, session_id, citizen_id)
            await session.delete(row)
            _tell(session, row, "citizen_removed", actor, endpoint_id=row.endpoint_id, citizen=row.id, reason=reason)

    def _put_citizen(self, row: CitizenRow, values: Mapping[str, Any]) -> None:
        for name in _CITIZEN:
            if name in values and name != "id":
                setattr(row, name, values[name])
        if "id_number" in values:
            row.id_number_sealed = self._numbers.seal(values["id_number"], citizen_id=row.id)
        row.search = search_text([row.name, row.address])

    def _citizen(self, row: CitizenRow) -> Citizen:
        values = {name: getattr(row, name) for name in _CITIZEN}
        values |= {name: utc(values[name]) for name in ("checked_at", "acknowledged_at")}
        try:
            number = self._numbers.open(row.id_number_sealed, citizen_id=row.id)
        except NumberUnreadable:
            return Citizen(**values, id_unreadable=True)
        return Citizen(**values, id_number=number)

    # --- matters ---

    async def matters(self, session_id: str) -> list[Matter]:
        """What there is an outcome or a summary of, by item."""
        query = select(MatterRow).where(MatterRow.session_id == session_id)
        async with self._store.begin() as session:
            return [_matter(row) for row in await session.scalars(query)]

    async def put_matter(self, session_id: str, item_id: str, changes: Mapping[str, Any], *, actor: str) -> Matter:
        """Set fields of an item's matter, made at need. item_id "": of the session as a whole."""
        async with self._store.changing(session_id) as session:
            found = await session.get(MatterRow, (session_id, item_id))
            row = found or MatterRow(**asdict(Matter(session_id=session_id, item_id=item_id)))
            before = row.outcome
            for name, value in changes.items():
                setattr(row, name, value)
            row.by, row.changed_at = actor, now_utc()
            row.search = search_text([row.summary, row.resolved_by, row.result, row.follow_up])
            session.add(row)
            kind = "outcome" if row.outcome != before else "matter"
            facts = {"outcome": row.outcome, "ground": row.refusal_ground} if kind == "outcome" else {}
            _tell(session, row, kind, actor, item=item_id, fields=sorted(changes), **facts)
        return _matter(row)

    # --- notes ---

    async def notes(self, session_id: str) -> list[Note]:
        """By the time of what they are about."""
        mine = (NoteRow.session_id == session_id) & NoteRow.removed_at.is_(None)
        async with self._store.begin() as session:
            rows = await session.scalars(select(NoteRow).where(mine).order_by(NoteRow.at, NoteRow.id))
            return [_note(row) for row in rows]

    async def add_note(self, taken: Note) -> Note:
        """Keep a note; the record has its id, and now as its time where it had none. Its author is who did it."""
        async with self._store.changing(taken.session_id) as session:
            row = NoteRow(**asdict(replace(taken, id=new_id(), at=taken.at or now_utc())))
            row.search = search_text([row.speaker, row.text])
            session.add(row)
            about = {"note": row.id, "category": row.kind, "item": row.item_id}
            _tell(session, row, "note_taken", row.author, endpoint_id=row.endpoint_id or None, **about)
        return _note(row)

    async def change_note(self, session_id: str, note_id: str, changes: Mapping[str, Any], *, actor: str) -> Note:
        """Set fields; it is then marked as changed."""
        async with self._store.changing(session_id) as session:
            row = await _mine(session, NoteRow, session_id, note_id)
            if row.removed_at is not None:
                raise NotFound(note_id)
            for name, value in changes.items():
                setattr(row, name, value)
            row.edited_at = now_utc()
            row.search = search_text([row.speaker, row.text])
            _tell(session, row, "note_changed", actor, note=row.id, fields=sorted(changes))
        return _note(row)

    async def remove_note(self, session_id: str, note_id: str, *, actor: str) -> None:
        """It is not shown any more, nor found."""
        async with self._store.changing(session_id) as session:
            row = await _mine(session, NoteRow, session_id, note_id)
            row.removed_at, row.search = now_utc(), ""
            _tell(session, row, "note_removed", actor, note=row.id)

    # --- conclusions ---

    async def conclusions(self, session_id: str) -> list[Conclusion]:
        """In the order they were given."""
        query = select(ConclusionRow).where(ConclusionRow.session_id == session_id).order_by(ConclusionRow.position)
        async with self._store.begin() as session:
            return [_conclusion(row) for row in await session.scalars(query)]

    async def add_conclusion(self, given: Conclusion) -> Conclusion:
        """Keep a task; the record has its id. `given.by` is who did it."""
        async with self._store.changing(given.session_id) as session:
            position = await _next(session, ConclusionRow.position, given.session_id)
            row = ConclusionRow(**asdict(replace(given, id=new_id())), position=position)
            row.search = search_text([row.task, row.owner])
            session.add(row)
            deadline = row.deadline.isoformat() if row.deadline else ""
            _tell(session, row, "conclusion", row.by, conclusion=row.id, item=row.item_id, deadline=deadline)
        return _conclusion(row)

    async def change_conclusion(
        self, session_id: str, conclusion_id: str, changes: Mapping[str, Any], *, actor: str
    ) -> Conclusion:
        """Set fields."""
        async with self._store.changing(session_id) as session:
            row = await _mine(session, ConclusionRow, session_id, conclusion_id)
            for name, value in changes.items():
                setattr(row, name, value)
            row.search = search_text([row.task, row.owner])
            _tell(session, row, "conclusion_changed", actor, conclusion=row.id, fields=sorted(changes))
        return _conclusion(row)

    async def remove_conclusion(self, session_id: str, conclusion_id: str, *, actor: str) -> None:
        """Take back what was entered by mistake."""
        async with self._store.changing(session_id) as session:
            row = await _mine(session, ConclusionRow, session_id, conclusion_id)
            await session.delete(row)
            _tell(session, row, "conclusion_removed", actor, conclusion=row.id)


async def _mine(session: AsyncSession, table: type[_Row], session_id: str, row_id: str) -> _Row:
    row = await session.get(table, row_id)
    if row is None or row.session_id != session_id:
        raise NotFound(row_id)
    return row


async def _next(session: AsyncSession, position: InstrumentedAttribute[int], session_id: str) -> int:
    mine = position.class_.session_id == session_id
    last = await session.scalar(select(func.max(position)).where(mine))
    return 0 if last is None else last + 1


def _tell(
    session: AsyncSession,
    row: CitizenRow | MatterRow | NoteRow | ConclusionRow,
    kind: str,
    actor: str,
    *,
    endpoint_id: str | None = None,
    **facts: Any,
) -> None:
    note(session, row.session_id, kind, actor=actor, endpoint_id=endpoint_id, **facts)


def _values(row: object, names: Sequence[str], *times: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return values | {name: utc(values[name]) for name in times}


def _matter(row: MatterRow) -> Matter:
    return Matter(**_values(row, _MATTER, "changed_at"))


def _note(row: NoteRow) -> Note:
    return Note(**_values(row, _NOTE, "at", "edited_at"))


def _conclusion(row: ConclusionRow) -> Conclusion:
    return Conclusion(**_values(row, _CONCLUSION, "done_at"))
