"""Engines: SQLite in WAL mode, or PostgreSQL; what PostgreSQL does otherwise by itself is made alike here.

One writer at a time: SQLite locks the file at a transaction's first write, and stores rely on it. What is read after
that stays true until the end (numbers in a series, counts, the order of events). On PostgreSQL the first write of a
transaction takes an advisory lock of the database, which gives the same.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from config.words import Words, hide_password
from reception.store_errors import StoreUnavailable

Location = Path | str  # a SQLite file, or the URL of a PostgreSQL database

MAX_NUMBER = 2**31 - 1  # a row's number has 32 bits; PostgreSQL does not compare it with more
CONNECT_S = 10.0
APPLICATION = "diemcau"
POOL, POOL_MORE = 5, 10  # connections of one process: kept, and more while there is much to do
WRITERS_LOCK = 0x6469656D636175  # "diemcau"; an advisory lock is of one database
_SERVER_SETTINGS = {
    "application_name": APPLICATION,
    "timezone": "UTC",
    "jit": "off",  # each query is small
    "idle_in_transaction_session_timeout": "60000",  # ms; a process that hangs does not keep all others from writing
    "lock_timeout": "30000",  # ms
}
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def make_engine(location: Location) -> AsyncEngine:
    """An engine; it connects at the first use, which raises StoreUnavailable where PostgreSQL does not let us in."""
    if isinstance(location, Path):
        engine = create_async_engine(f"sqlite+aiosqlite:///{location}", json_serializer=to_json)
        event.listen(engine.sync_engine, "connect", _tune_sqlite)
        return engine

    async def connect() -> Any:
        return await _connect(location)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        json_serializer=to_json,
        pool_size=POOL,
        max_overflow=POOL_MORE,
        pool_pre_ping=True,  # a server that was restarted is found again
    )
    event.listen(engine.sync_engine, "begin", _begun)
    event.listen(engine.sync_engine, "before_cursor_execute", _take_turn)
    return engine


def shown_location(location: Location) -> str:
    """Where the store is, without a password."""
    return str(location) if isinstance(location, Path) else hide_password(location)


def to_json(value: Any) -> str:
    """JSON as both databases take it: PostgreSQL has no NaN."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


# --- SQLite ---


def _tune_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # busy_timeout comes first: several processes may open the file at once. secure_delete: what was taken out of a row
    # is overwritten in the file.
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


# --- PostgreSQL ---


def _begun(connection: Connection) -> None:
    connection.info.pop("writes", None)


def _take_turn(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    if _WRITES.match(statement) and not connection.info.get("writes"):
        connection.info["writes"] = True
        lock_writers(connection)


def lock_writers(connection: Connection) -> None:
    """No other transaction writes until this one is over."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")


async def _connect(url: str) -> Any:
    try:
        return await asyncpg.connect(url, timeout=CONNECT_S, server_settings=_SERVER_SETTINGS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValueError) as error:
        raise StoreUnavailable(_refusal(url, error)) from error


def _refusal(url: str, error: Exception) -> Words:
    """Why PostgreSQL cannot be used, and what to do."""
    vi, en = _remedy(error)
    said = str(error).strip() or type(error).__name__
    return Words(
        f"Không dùng được cơ sở dữ liệu {hide_password(url)}: {said}. {vi}",
        f"The database {hide_password(url)} cannot be used: {said}. {en}",
    )


def _remedy(error: Exception) -> Words:
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return Words(
            "Hãy tạo cơ sở dữ liệu này bằng createdb (docs/database.md).",
            "Create this database with createdb (docs/database.md).",
        )
    if isinstance(error, (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)):
        return Words(
            "Kiểm tra tên người dùng, mật khẩu (hoặc tệp ~/.pgpass) và pg_hba.conf.",
            "Check the user's name, the password (or the file ~/.pgpass) and pg_hba.conf.",
        )
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return Words(
            "Hãy tăng max_connections của PostgreSQL: mỗi tiến trình cần tới 15 kết nối.",
            "Raise PostgreSQL's max_connections: each process takes up to 15 connections.",
        )
    if isinstance(error, asyncpg.CannotConnectNowError):
        return Words("PostgreSQL đang khởi động; hãy thử lại sau.", "PostgreSQL is starting or stopping: try again.")
    if isinstance(error, (OSError, TimeoutError)):
        return Words(
            "Kiểm tra PostgreSQL có đang chạy không, máy và cổng trong thiết đặt `database` có đúng không.",
            "Check that PostgreSQL runs, and host and port in the setting `database`.",
        )
    return Words(
        "Kiểm tra thiết đặt `database` (postgresql://người_dùng@máy:5432/tên).",
        "Check the setting `database` (postgresql://user@host:5432/name).",
    )
