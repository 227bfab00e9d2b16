"""Which worker has which session, as stored."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select, update

from reception.database import Database, NotFound
from reception.lifecycle import CLOSED_STATES, SessionState
from reception.records import Placement
from reception.tables import EndpointRow, SessionRow


class PlacementStore:
    """Reads and writes `session.worker`."""

    def __init__(self, database: Database) -> None:
        self._session = database.session

    async def worker_of(self, session_id: str) -> int | None:
        """The worker that a session is placed on; None for one that is not placed. Raises NotFound."""
        async with self._session() as session:
            row = (await session.execute(select(SessionRow.worker).where(SessionRow.id == session_id))).one_or_none()
        if row is None:
            raise NotFound(session_id)
        worker: int | None = row.worker
        return worker

    async def workers(self) -> dict[str, int | None]:
        """Every session's worker, of those that are over too."""
        async with self._session() as session:
            rows = await session.execute(select(SessionRow.id, SessionRow.worker))
            return {row.id: row.worker for row in rows}

    async def placements(self) -> list[Placement]:
        """Every session that is not over, oldest first."""
        query = (
            select(SessionRow.id, SessionRow.worker, SessionRow.state, func.count(EndpointRow.id).label("seats"))
            .outerjoin(EndpointRow, (EndpointRow.session_id == SessionRow.id) & EndpointRow.removed.is_(False))
            .where(SessionRow.state.not_in(CLOSED_STATES))
            .group_by(SessionRow.id)
            .order_by(SessionRow.created_at)
        )
        async with self._session() as session:
            rows = await session.execute(query)
            return [
                Placement(session_id=row.id, worker=row.worker, state=SessionState(row.state), seats=row.seats)
                for row in rows
            ]

    async def place(self, workers: Mapping[str, int]) -> None:
        """Put sessions, by id, on workers."""
        async with self._session.begin() as session:
            for session_id, worker in workers.items():
                await session.execute(update(SessionRow).where(SessionRow.id == session_id).values(worker=worker))
