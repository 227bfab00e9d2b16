"""The store: SQLAlchemy over SQLite (WAL) by default. Migrated at opening."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from reception.lifecycle import OPEN_STATES, Action, SessionState, next_state
from reception.records import EndpointRecord, Placement, RegisteredEndpoint, SessionRecord
from reception.tables import EndpointRow, EventRow, RegisteredEndpointRow, SessionRow


class NotFound(Exception):
    """No such session or endpoint."""


class Store:
    """Everything that outlives the process, but the recordings. One writer at a time (SQLite's lock)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._session = async_sessionmaker(engine, expire_on_commit=False)

    @property
    def database(self) -> async_sessionmaker[AsyncSession]:
        """For the stores of single features, which keep their tables apart."""
        return self._session

    @classmethod
    async def open(cls, path: Path) -> Store:
        """The store in the file `path`, made or migrated as needed."""
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        event.listen(engine.sync_engine, "connect", _tune_sqlite)
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
        return cls(engine)

    @property
    def engine(self) -> AsyncEngine:
        """For modules that have tables of their own."""
        return self._engine

    async def close(self) -> None:
        """Give the file back."""
        await self._engine.dispose()

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction, for stores of one feature; committed at its end unless an error leaves it."""
        return self._session.begin()

    async def create_session(
        self, *, title: str, kind: str, profile: str, endpoints: Sequence[tuple[str, str]], worker: int | None = None
    ) -> SessionRecord:
        """A draft with endpoints given as (name, role), placed on a worker where there are several."""
        row = SessionRow(
            id=_new_id(),
            title=title,
            kind=kind,
            profile=profile,
            state=SessionState.DRAFT,
            created_at=_now(),
            worker=worker,
        )
        async with self._session.begin() as session:
            session.add(row)
            await session.flush()
            for position, (name, role) in enumerate(endpoints):
                session.add(EndpointRow(id=_new_id(), session_id=row.id, position=position, name=name, role=role))
        return await self.session(row.id)

    async def session(self, session_id: str) -> SessionRecord:
        """One session. Raises NotFound."""
        async with self._session() as session:
            row = await session.get(SessionRow, session_id)
            if row is None:
                raise NotFound(session_id)
            return _record(row, await _endpoints(session, [session_id]))

    async def sessions(self, *, limit: int = 500) -> list[SessionRecord]:
        """The newest sessions, newest first."""
        async with self._session() as session:
            query = select(SessionRow).order_by(SessionRow.created_at.desc()).limit(limit)
            rows = (await session.scalars(query)).all()
            endpoints = await _endpoints(session, [row.id for row in rows])
            return [_record(row, endpoints) for row in rows]

    async def open_sessions(self) -> list[SessionRecord]:
        """Sessions that were live, paused or interrupted when last heard of."""
        async with self._session() as session:
            rows = (await session.scalars(select(SessionRow).where(SessionRow.state.in_(OPEN_STATES)))).all()
            endpoints = await _endpoints(session, [row.id for row in rows])
            return [_record(row, endpoints) for row in rows]

    # --- which worker has which session ---

    async def worker_of(self, session_id: str) -> int | None:
        """The worker that a session is placed on; None for one that is not placed. Raises NotFound."""
        async with self._session() as session:
            row = (await session.execute(select(SessionRow.worker).where(SessionRow.id == session_id))).one_or_none()
        if row is None:
            raise NotFound(session_id)
        worker: int | None = row.worker
        return worker

    async def workers(self) -> dict[str, int | None]:
        """Every session's worker, of those that have ended too."""
        async with self._session() as session:
            rows = await session.execute(select(SessionRow.id, SessionRow.worker))
            return {row.id: row.worker for row in rows}

    async def placements(self) -> list[Placement]:
        """Every session that has not ended, oldest first."""
        query = (
            select(SessionRow.id, SessionRow.worker, SessionRow.state, func.count(EndpointRow.id).label("seats"))
            .outerjoin(EndpointRow, (EndpointRow.session_id == SessionRow.id) & EndpointRow.removed.is_(False))
            .where(SessionRow.state != SessionState.ENDED)
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

    async def add_endpoint(self, session_id: str, *, name: str, role: str, guest: bool = False) -> EndpointRecord:
        """Invite one more. Raises NotFound."""
        async with self._session.begin() as session:
            if await session.get(SessionRow, session_id) is None:
                raise NotFound(session_id)
            count = await session.scalar(
                select(func.count()).select_from(EndpointRow).where(EndpointRow.session_id == session_id)
            )
            row = EndpointRow(
                id=_new_id(), session_id=session_id, position=count or 0, name=name, role=role, guest=guest
            )
            session.add(row)
        return _endpoint(row)

    async def change_endpoint(self, endpoint_id: str, **changes: bool | int | str | datetime | None) -> EndpointRecord:
        """Set switches, profile, caps or link of an endpoint. Raises NotFound."""
        async with self._session.begin() as session:
            row = await session.get(EndpointRow, endpoint_id)
            if row is None:
                raise NotFound(endpoint_id)
            for name, value in changes.items():
                setattr(row, name, value)
        return _endpoint(row)

    async def act(self, session_id: str, action: Action) -> SessionRecord:
        """Move the session on. Raises NotFound, IllegalTransition."""
        async with self._session.begin() as session:
            row = await session.get(SessionRow, session_id)
            if row is None:
                raise NotFound(session_id)
            state = next_state(SessionState(row.state), action)
            row.state = state
            if state is SessionState.LIVE and row.started_at is None:
                row.started_at = _now()
            if state is SessionState.ENDED:
                row.ended_at = _now()
            session.add(EventRow(session_id=session_id, at=_now(), kind=str(action), facts={}))
        return await self.session(session_id)

    async def change_session(self, session_id: str, **changes: str | None) -> None:
        """Set profile or spotlight. Raises NotFound."""
        async with self._session.begin() as session:
            row = await session.get(SessionRow, session_id)
            if row is None:
                raise NotFound(session_id)
            for name, value in changes.items():
                setattr(row, name, value)

    async def log(self, session_id: str, kind: str, *, endpoint_id: str | None = None, **facts: Any) -> None:
        """Write down what happened."""
        async with self._session.begin() as session:
            session.add(EventRow(session_id=session_id, at=_now(), kind=kind, endpoint_id=endpoint_id, facts=facts))

    async def events(self, session_id: str) -> list[dict[str, Any]]:
        """What happened in a session, oldest first."""
        async with self._session() as session:
            query = select(EventRow).where(EventRow.session_id == session_id).order_by(EventRow.id)
            rows = (await session.scalars(query)).all()
        return [
            {"at": _utc(row.at), "kind": row.kind, "endpoint_id": row.endpoint_id, "facts": row.facts} for row in rows
        ]

    async def register_endpoints(self, endpoints: Sequence[RegisteredEndpoint]) -> int:
        """Add or renew rooms of the registry, all or none; how many there are then."""
        async with self._session.begin() as session:
            for each in endpoints:
                await session.merge(
                    RegisteredEndpointRow(
                        name=each.name,
                        level=each.level,
                        organisation=each.organisation,
                        place=each.place,
                        contact=each.contact,
                    )
                )
            await session.flush()
            return int(await session.scalar(select(func.count()).select_from(RegisteredEndpointRow)) or 0)

    async def registered_endpoints(self) -> list[RegisteredEndpoint]:
        """The registry, by name."""
        async with self._session() as session:
            rows = await session.scalars(select(RegisteredEndpointRow).order_by(RegisteredEndpointRow.name))
            return [
                RegisteredEndpoint(
                    name=row.name,
                    level=row.level,
                    organisation=row.organisation,
                    place=row.place,
                    contact=row.contact,
                )
                for row in rows
            ]


async def _endpoints(session: AsyncSession, session_ids: Sequence[str]) -> dict[str, list[EndpointRecord]]:
    found: dict[str, list[EndpointRecord]] = {}
    query = select(EndpointRow).where(EndpointRow.session_id.in_(session_ids)).order_by(EndpointRow.position)
    for row in await session.scalars(query):
        found.setdefault(row.session_id, []).append(_endpoint(row))
    return found


def _endpoint(row: EndpointRow) -> EndpointRecord:
    return EndpointRecord(
        id=row.id,
        session_id=row.session_id,
        name=row.name,
        role=row.role,
        removed=row.removed,
        microphone=row.microphone,
        camera=row.camera,
        muted=row.muted,
        locked=row.locked,
        camera_off=row.camera_off,
        profile=row.profile,
        cap_up_bps=row.cap_up_bps,
        cap_down_bps=row.cap_down_bps,
        guest=row.guest,
        link_serial=row.link_serial,
        link_from=_utc(row.link_from),
        link_revoked=row.link_revoked,
    )


def _record(row: SessionRow, endpoints: dict[str, list[EndpointRecord]]) -> SessionRecord:
    created = _utc(row.created_at)
    assert created is not None
    return SessionRecord(
        id=row.id,
        title=row.title,
        kind=row.kind,
        profile=row.profile,
        state=SessionState(row.state),
        created_at=created,
        started_at=_utc(row.started_at),
        ended_at=_utc(row.ended_at),
        spotlight=row.spotlight,
        endpoints=tuple(endpoints.get(row.id, [])),
        worker=row.worker,
    )


def _utc(at: datetime | None) -> datetime | None:
    """SQLite forgets the zone."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return secrets.token_hex(8)


def _tune_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # busy_timeout comes first: several processes may open the file at once.
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # of several processes that open a new file one makes the tables
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
