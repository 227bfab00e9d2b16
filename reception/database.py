"""The database: SQLAlchemy over SQLite (WAL) by default, migrated at opening; what all stores share."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

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
    async def open(cls, path: Path) -> Database:
        """The database in the file `path`, made or migrated as needed."""
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        event.listen(engine.sync_engine, "connect", _tune_sqlite)
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
        return cls(engine)

    async def close(self) -> None:
        """Give the file back."""
        await self.engine.dispose()

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
