"""Taking a session out of the store, with everything that belongs to it. Only rehearsals ever go this way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select

from reception.database import Database, utc
from reception.lifecycle import OPEN_STATES
from reception.tables import Base, SessionRow


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
