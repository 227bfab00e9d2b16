"""Which sessions a report is about, as stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from reception.database import Database
from reception.records import EventRecord, SessionRecord
from reception.rows import endpoints_of, event_record, session_record
from reception.tables import EventRow, SessionRow


class ReportStore:
    """Sessions that were held."""

    def __init__(self, database: Database) -> None:
        self._session = database.session

    async def held(self, *, begins: datetime | None = None, ends: datetime | None = None) -> list[SessionRecord]:
        """Those that began in this time (`ends` not included), no rehearsals, by their beginning."""
        conditions = [SessionRow.started_at.is_not(None), SessionRow.kind != "rehearsal"]
        if begins is not None:
            conditions.append(SessionRow.started_at >= begins.astimezone(UTC))  # SQLite keeps no offset
        if ends is not None:
            conditions.append(SessionRow.started_at < ends.astimezone(UTC))
        query = select(SessionRow).where(*conditions).order_by(SessionRow.started_at, SessionRow.id)
        async with self._session() as session:
            rows = (await session.scalars(query)).all()
            endpoints = await endpoints_of(session, _ids(rows))
            return [session_record(row, endpoints) for row in rows]

    async def events(self, session_ids: Sequence[str], kinds: Sequence[str]) -> dict[str, list[EventRecord]]:
        """Events of these kinds in several sessions, by session, in their order."""
        mine = EventRow.session_id.in_(session_ids) & EventRow.kind.in_(kinds)
        found: dict[str, list[EventRecord]] = {}
        async with self._session() as session:
            for row in await session.scalars(select(EventRow).where(mine).order_by(EventRow.id)):
                found.setdefault(row.session_id, []).append(event_record(row))
        return found


def _ids(rows: Sequence[SessionRow]) -> list[str]:
    return [row.id for row in rows]
