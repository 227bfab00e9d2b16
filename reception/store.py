"""The store: everything that outlives the process, but the recordings. One writer at a time (reception/engine.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from reception.course_store import CourseStore
from reception.database import Database, NotFound, Stale, count_change, new_id, note, now_utc
from reception.destroyed_store import DestroyedStore
from reception.engine import MAX_NUMBER, Location
from reception.event_words import VIETNAM
from reception.forgetting import Forgetting
from reception.invitation_store import InvitationStore
from reception.lifecycle import OPEN_STATES, Action, SessionState, course_of, next_state
from reception.minutes_store import MinutesStore
from reception.placement_store import PlacementStore
from reception.records import EndpointRecord, EventRecord, Seating, SessionRecord
from reception.registry_store import RegistryStore
from reception.report_store import ReportStore
from reception.rows import (
    endpoint_record,
    endpoint_values,
    endpoints_of,
    event_record,
    found_by,
    let_links_last,
    put_plan,
    searchable,
    session_record,
)
from reception.search_store import SearchStore
from reception.session_plan import REHEARSAL_RETENTION, is_rehearsal
from reception.session_query import SessionFilter, count_query, page_query
from reception.tables import EndpointRow, EventRow, SessionRow

__all__ = ["NotFound", "Stale", "Store"]


class Store:
    """Sessions, their endpoints and events. `placing`, `course`, `registry`, `minutes`: the same database by other
    subjects."""

    def __init__(self, database: Database) -> None:
        self._base = database
        self.placing = PlacementStore(database)
        self.course = CourseStore(database)
        self.registry = RegistryStore(database)
        self.reports = ReportStore(database)
        self.minutes = MinutesStore(database)
        self.forgetting = Forgetting(database)
        self.destroyed = DestroyedStore(database)
        self.search = SearchStore(database)
        self.invitations = InvitationStore(database)
        self._session = database.session

    @property
    def database(self) -> async_sessionmaker[AsyncSession]:
        """Transactions, for stores of one feature."""
        return self._session

    def follow(self, hear: Callable[[str], None]) -> None:
        """Call `hear` with a session's id whenever something about it was stored."""
        self._base.on_change = hear

    @classmethod
    async def open(cls, location: Location) -> Store:
        """The store in a SQLite file or at a PostgreSQL URL, made or migrated as needed. Raises StoreUnavailable."""
        return cls(await Database.open(location))

    @property
    def engine(self) -> AsyncEngine:
        """For modules that have tables of their own."""
        return self._base.engine

    async def check(self) -> None:
        """Raises StoreUnavailable, DBAPIError if the database does not answer."""
        await self._base.check()

    async def close(self) -> None:
        """Give file or connections back."""
        await self._base.close()

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction, for stores of one feature; committed at its end unless an error leaves it."""
        return self._session.begin()

    def changing(self, session_id: str) -> AbstractAsyncContextManager[AsyncSession]:
        """The same about one session; who follows it is told when it is stored."""
        return self._base.changing(session_id)

    async def create_session(
        self,
        *,
        title: str,
        kind: str,
        profile: str,
        endpoints: Sequence[Seating | tuple[str, str]],
        worker: int | None = None,
        plan: Mapping[str, Any] | None = None,
        actor: str = "",
    ) -> SessionRecord:
        """A draft with endpoints, given whole or as (name, role), placed on a worker where there are several.

        plan: fields of SessionPlan that are known already.
        """
        seats = [each if isinstance(each, Seating) else Seating(name=each[0], role=each[1]) for each in endpoints]
        row = SessionRow(
            id=new_id(),
            title=title,
            kind=kind,
            profile=profile,
            state=SessionState.DRAFT,
            created_at=now_utc(),
            worker=worker,
            code="",
            operators=[],
            retention=REHEARSAL_RETENTION if is_rehearsal(kind) else "",
        )
        put_plan(row, plan or {})
        async with self._base.changing(row.id) as session:
            session.add(row)
            await session.flush()
            row.code = await _next_code(session, row)
            people = [each.name for seat in seats for each in seat.people]
            row.search = searchable(row, [*(seat.name for seat in seats), *people])
            for position, seat in enumerate(seats):
                values = endpoint_values(seat)
                session.add(EndpointRow(id=new_id(), session_id=row.id, position=position, **values))
            await session.flush()
            await let_links_last(session, row)
            note(session, row, "create", actor=actor)
        return await self.session(row.id)

    async def session(self, session_id: str) -> SessionRecord:
        """One session. Raises NotFound."""
        async with self._session() as session:
            row = await session.get(SessionRow, session_id)
            if row is None:
                raise NotFound(session_id)
            return session_record(row, await endpoints_of(session, [session_id]))

    async def state_of(self, session_id: str) -> SessionState | None:
        """Where a session stands; None if there is none."""
        async with self._session() as session:
            state = await session.scalar(select(SessionRow.state).where(SessionRow.id == session_id))
        return SessionState(state) if state is not None else None

    async def sessions(self, wanted: SessionFilter | None = None) -> tuple[list[SessionRecord], int]:
        """One page of sessions, and how many there are over all pages."""
        wanted = wanted or SessionFilter()
        async with self._session() as session:
            rows = (await session.scalars(page_query(wanted))).all()
            total = await session.scalar(count_query(wanted))
            endpoints = await endpoints_of(session, [row.id for row in rows])
            return [session_record(row, endpoints) for row in rows], int(total or 0)

    async def open_sessions(self) -> list[SessionRecord]:
        """Sessions that were live, paused or interrupted when last heard of."""
        async with self._session() as session:
            rows = (await session.scalars(select(SessionRow).where(SessionRow.state.in_(OPEN_STATES)))).all()
            endpoints = await endpoints_of(session, [row.id for row in rows])
            return [session_record(row, endpoints) for row in rows]

    async def add_endpoint(
        self,
        session_id: str,
        *,
        name: str,
        role: str,
        registered_id: str | None = None,
        organisation: str = "",
        guest: bool = False,
        actor: str = "",
    ) -> EndpointRecord:
        """Invite one more. Raises NotFound."""
        async with self._base.changing(session_id) as session:
            session_row = await count_change(session, session_id, None)
            mine = EndpointRow.session_id == session_id
            count = await session.scalar(select(func.count()).select_from(EndpointRow).where(mine))
            seat = Seating(name=name, role=role, registered_id=registered_id, organisation=organisation, guest=guest)
            values = endpoint_values(seat)
            row = EndpointRow(id=new_id(), session_id=session_id, position=count or 0, **values)
            session.add(row)
            await session.flush()
            session_row.search = searchable(session_row, await found_by(session, session_id))
            note(session, session_row, "invite", actor=actor, endpoint_id=row.id, name=name)
        return endpoint_record(row)

    async def change_endpoint(self, endpoint_id: str, **changes: Any) -> EndpointRecord:
        """Set switches, profile, caps, people or link of an endpoint. Raises NotFound."""
        async with self._session.begin() as session:
            row = await session.get(EndpointRow, endpoint_id)
            if row is None:
                raise NotFound(endpoint_id)
            for name, value in changes.items():
                setattr(row, name, value)
        return endpoint_record(row)

    async def act(
        self,
        session_id: str,
        action: Action,
        *,
        actor: str = "",
        expected: int | None = None,
        plan: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> SessionRecord:
        """Move the session on; guards have been asked. plan: fields that the action sets. facts: told with the event.

        Raises NotFound, Stale, IllegalTransition.
        """
        async with self._base.changing(session_id) as session:
            row = await count_change(session, session_id, expected)
            before = SessionState(row.state)
            state = next_state(before, action, course_of(row.kind))
            row.state = state
            if state is SessionState.LIVE and row.started_at is None:
                row.started_at = now_utc()
            if state is SessionState.ENDED:
                row.ended_at = now_utc()
            put_plan(row, plan or {})
            await let_links_last(session, row)
            note(session, row, str(action), actor=actor, state=str(state), before=str(before), **facts)
        return await self.session(session_id)

    async def change_session(self, session_id: str, **changes: str | None) -> None:
        """Set profile or spotlight. Raises NotFound."""
        async with self._session.begin() as session:
            row = await session.get(SessionRow, session_id)
            if row is None:
                raise NotFound(session_id)
            for name, value in changes.items():
                setattr(row, name, value)

    async def log(
        self, session_id: str, kind: str, *, endpoint_id: str | None = None, actor: str = "", **facts: Any
    ) -> None:
        """Write down what happened, and who did it, if anybody. It is no counted change of the session."""
        async with self._base.changing(session_id) as session:
            note(session, session_id, kind, actor=actor, endpoint_id=endpoint_id, **facts)

    async def events(
        self, session_id: str, *, after: int = 0, since_version: int | None = None, newest: int | None = None
    ) -> list[EventRecord]:
        """What happened, oldest first. after: an event's id. since_version: only counted changes after that version.

        newest: only so many, the last ones.
        """
        later = EventRow.id > min(after, MAX_NUMBER)
        query = select(EventRow).where(EventRow.session_id == session_id, later)
        if since_version is not None:
            query = query.where(EventRow.version > since_version)
        order = EventRow.id.asc() if newest is None else EventRow.id.desc()
        async with self._session() as session:
            rows = (await session.scalars(query.order_by(order).limit(newest))).all()
        found = [event_record(row) for row in rows]
        return found if newest is None else found[::-1]


async def _next_code(session: AsyncSession, row: SessionRow) -> str:
    """TCD-2026-11-0001, by month; rehearsals have a series of their own."""
    month = row.created_at.astimezone(VIETNAM).strftime("%Y-%m")
    prefix = f"{'CT' if is_rehearsal(row.kind) else 'TCD'}-{month}-"
    last = await session.scalar(select(func.max(SessionRow.code)).where(SessionRow.code.startswith(prefix)))
    return f"{prefix}{int(last.rpartition('-')[2]) + 1 if last else 1:04d}"
