"""Taking out of the store what was destroyed: rehearsals whole, of other sessions what is personal.

A session whose file two persons destroyed stays with its number, plan, events and outcomes, for registers and reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from reception.case_tables import CitizenRow, ConclusionRow, DocumentRow, MatterRow, NoteRow
from reception.database import Database, note, utc
from reception.lifecycle import OPEN_STATES
from reception.minutes_tables import InvitationReplyRow, SignatureRow
from reception.room_tables import RoomPartRow
from reception.tables import Base, EventRow, SessionRow

PAPERS_DESTROYED = "papers_destroyed"
_PERSONAL = (CitizenRow, NoteRow, DocumentRow, ConclusionRow, SignatureRow, InvitationReplyRow, RoomPartRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRehearsal:
    """A rehearsal whose days are over."""

    id: str
    code: str
    title: str
    ended_at: datetime


class Forgetting:
    """Finds what is over and takes it out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def old_rehearsals(self, *, before: datetime, limit: int = 200) -> Sequence[OldRehearsal]:
        """Rehearsals that ended, or were planned or made and never began, before this moment; none that runs."""
        when = func.coalesce(
            SessionRow.ended_at, SessionRow.started_at, SessionRow.planned_start, SessionRow.created_at
        )
        query = (
            select(SessionRow.id, SessionRow.code, SessionRow.title, when.label("at"))
            .where(SessionRow.kind == "rehearsal", when < before, SessionRow.state.not_in(OPEN_STATES))
            .where(or_(SessionRow.planned_start.is_(None), SessionRow.planned_start < before))
            .order_by(when)
            .limit(limit)
        )
        async with self._database.session() as session:
            rows = (await session.execute(query)).all()
        found = []
        for row in rows:
            at = utc(row.at)
            assert at is not None
            found.append(OldRehearsal(id=row.id, code=row.code, title=row.title, ended_at=at))
        return found

    async def destroy_papers(self, session_id: str, *, actor: str) -> int:
        """Delete citizens, notes, documents, conclusions, signatures and what was said of matters; how many rows.

        Nothing happens, and 0 is returned, where that was done before or there is no such session.
        """
        async with self._database.changing(session_id) as session:
            there = await session.scalar(select(SessionRow.id).where(SessionRow.id == session_id))
            done = select(EventRow.id).where(EventRow.session_id == session_id, EventRow.kind == PAPERS_DESTROYED)
            if there is None or await session.scalar(done.limit(1)) is not None:
                return 0
            gone = 0
            for table in _PERSONAL:
                result = await session.execute(delete(table).where(table.session_id == session_id))
                gone += getattr(result, "rowcount", 0)
            unsaid = dict.fromkeys(("summary", "result", "follow_up", "note", "search"), "")
            await session.execute(update(MatterRow).where(MatterRow.session_id == session_id).values(**unsaid))
            note(session, session_id, PAPERS_DESTROYED, actor=actor, rows=gone)
        return gone

    async def forget(self, session_id: str) -> dict[str, int]:
        """Delete the session's rows in every table that has some; how many, by table. Raises ValueError unless it is a
        rehearsal."""
        gone: dict[str, int] = {}
        async with self._database.session.begin() as session:
            kind = await session.scalar(select(SessionRow.kind).where(SessionRow.id == session_id))
            if kind != "rehearsal":
                raise ValueError(f"{session_id} is no rehearsal: its file is destroyed by two persons")
            for table in reversed(Base.metadata.sorted_tables):
                column = table.c.get("session_id")
                if column is not None:
                    result = await session.execute(delete(table).where(column == session_id))
                    gone[table.name] = getattr(result, "rowcount", 0)
            await session.execute(delete(SessionRow).where(SessionRow.id == session_id))
        return {name: count for name, count in gone.items() if count}
