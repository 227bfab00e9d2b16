"""The database: SQLAlchemy over SQLite (WAL) by default, else PostgreSQL; what all stores share."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from config.words import Words
from reception.engine import Location, make_engine, shown_location
from reception.schema import migrate
from reception.store_errors import StoreUnavailable
from reception.tables import EventRow, SessionRow


class NotFound(Exception):
    """No such session, endpoint or room."""


class Stale(Exception):
    """Somebody else changed the session meanwhile. `version`: what it is now."""

    def __init__(self, session_id: str, expected: int, version: int) -> None:
        super().__init__(f"the session is at version {version}, not {expected}")
        self.session_id, self.expected, self.version = session_id, expected, version


class Database:
    """An engine and its sessions. on_change: called with a session's id after something about it was stored."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.session = async_sessionmaker(engine, expire_on_commit=False)
        self.on_change: Callable[[str], None] = lambda session_id: None

    @classmethod
    async def open(cls, location: Location) -> Database:
        """The database at `location`, its tables made or migrated as needed. Raises StoreUnavailable."""
        if isinstance(location, Path):
            location.parent.mkdir(parents=True, exist_ok=True)
        engine = make_engine(location)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(migrate)
        except DatabaseError as error:
            await engine.dispose()
            raise StoreUnavailable(_unusable(location, error)) from error
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine)

    async def close(self) -> None:
        """Give file or connections back."""
        await self.engine.dispose()

    async def check(self) -> None:
        """Raises StoreUnavailable, DBAPIError if the database does not answer."""
        async with self.engine.connect() as connection:
            await connection.execute(select(1))

    @asynccontextmanager
    async def changing(self, session_id: str) -> AsyncIterator[AsyncSession]:
        """A transaction about one session; who follows it is told when it is stored."""
        async with self.session.begin() as session:
            yield session
        self.on_change(session_id)


async def count_change(session: AsyncSession, session_id: str, expected: int | None) -> SessionRow:
    """The session's row, its version one higher. The first statement of a transaction: it takes the writer's lock, so
    that what is read after it stays true. Raises NotFound; Stale if the version was not the expected one.
    """
    added = update(SessionRow).where(SessionRow.id == session_id).values(version=SessionRow.version + 1)
    await session.execute(added.execution_options(synchronize_session=False))
    row = await session.get(SessionRow, session_id, populate_existing=True)
    if row is None:
        raise NotFound(session_id)
    if expected is not None and row.version - 1 != expected:
        raise Stale(session_id, expected, row.version - 1)
    return row


def note(
    session: AsyncSession,
    row: SessionRow | str,
    kind: str,
    *,
    actor: str = "",
    endpoint_id: str | None = None,
    **facts: Any,
) -> None:
    """Write an event beside the change. row: the session as it was counted, or its id where nothing was counted."""
    session_id, version = (row.id, row.version) if isinstance(row, SessionRow) else (row, 0)
    session.add(
        EventRow(
            session_id=session_id,
            at=now_utc(),
            kind=kind,
            actor=actor,
            version=version,
            endpoint_id=endpoint_id,
            facts=facts,
        )
    )


def utc(at: datetime | None) -> datetime | None:
    """SQLite forgets the zone."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def now_utc() -> datetime:
    """The clock of everything stored."""
    return datetime.now(UTC)


def new_id() -> str:
    """An identifier that nobody guesses."""
    return secrets.token_hex(8)


class Refusal(Enum):
    """Why the database did not do what was asked."""

    UNAVAILABLE = "unavailable"  # it cannot be reached, or the connection broke
    VALUE = "value"  # it cannot keep a value: a number too large, a NUL in a text


def refusal_of(error: Exception) -> Refusal | None:
    """Why the database refused; None where the error is another."""
    if isinstance(error, StoreUnavailable):
        return Refusal.UNAVAILABLE
    if not isinstance(error, DBAPIError):
        return None
    if error.connection_invalidated:
        return Refusal.UNAVAILABLE
    state = getattr(error.orig, "sqlstate", None)
    before_it_was_sent = isinstance(getattr(error.orig, "__cause__", None), ValueError)
    return Refusal.VALUE if before_it_was_sent or str(state or "").startswith("22") else None  # SQL: data exception


def _unusable(location: Location, error: DatabaseError) -> Words:
    where = shown_location(location)
    return Words(
        f"Không mở được cơ sở dữ liệu {where}: {error.orig}. Kiểm tra quyền truy cập và dung lượng ổ đĩa; "
        "nếu tệp hỏng, dùng diemcau restore.",
        f"The database {where} cannot be opened: {error.orig}. Check access rights and disk space; "
        "if it is damaged use diemcau restore.",
    )
