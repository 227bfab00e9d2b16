"""A store in which every table of the program has rows, with every kind of value, whatever tables there are."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    select,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from reception.audit import AuditLog
from reception.database import Database
from reception.engine import Location
from reception.schema import metadata

ROWS = 7
TEXTS = ("Đô Lương", 'a"b\\c', "dòng\nmới\t", "🎥 e\u0301", "null", "0123", "'; DROP TABLE session; --")
JSONS: tuple[Any, ...] = ({"đ": [1, 2.5, None, True]}, [], {}, [{"a": "null"}], ["1"], {"n": 10**15}, {"e": 1e-7})
WITHOUT_FILL = {"audit"}  # it has a chain


async def fill(location: Location, data: Path) -> None:
    """Make the store and put rows into every table."""
    database = await Database.open(location)
    async with database.engine.begin() as connection:
        for table in metadata().sorted_tables:
            if table.name not in WITHOUT_FILL:
                await connection.execute(table.insert(), [row(table, number) for number in range(ROWS)])
    log = AuditLog(database.engine, keys=data / "keys")
    for number in range(ROWS):
        await log.append(action=f"a{number}", actor="An", facts={"số": number, "t": TEXTS[number]})
    await database.close()


def row(table: Table, number: int) -> dict[str, Any]:
    """Values for all columns but those that the database numbers."""
    return {
        column.name: value(table, column, number)
        for column in table.columns
        if not (column.primary_key and isinstance(column.type, Integer) and column.autoincrement is True)
    }


def value(table: Table, column: Column[Any], number: int) -> Any:
    """Keys differ from row to row; what may be absent is, in each third row."""
    for key in column.foreign_keys:
        return value(key.column.table, key.column, number)
    kind = column.type
    is_key = column.primary_key or bool(column.unique) or any(column.name in each.columns for each in _unique(table))
    if column.nullable and number % 3 == 2:
        return None
    if isinstance(kind, JSON):
        return JSONS[number]
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, (BigInteger, Integer)):
        return number + 1 if is_key else (number - 3) * (10**12 if isinstance(kind, BigInteger) else 10**6)
    if isinstance(kind, DateTime):
        return datetime(2026, 2, 28, 23, 59, 59, 999_999 - number, tzinfo=UTC) + timedelta(days=number * 400)
    if isinstance(kind, Date):
        return date(2026, 2, 28) + timedelta(days=number)
    if isinstance(kind, Float):
        return math.pi * 10.0 ** (number - 3)
    if isinstance(kind, LargeBinary):
        return bytes(range(number, 256))
    assert isinstance(kind, String), f"{column}: say here what a value of {kind} is, and in reception/dump_store.py too"
    return f"{table.name[:8]}-{number}" if is_key else TEXTS[number][: kind.length or 100]


def _unique(table: Table) -> list[Any]:
    from sqlalchemy import UniqueConstraint

    return [
        each
        for each in (*table.constraints, *table.indexes)
        if isinstance(each, UniqueConstraint) or getattr(each, "unique", False)
    ]


async def contents(engine: AsyncEngine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table as the program sees it; times with their zone."""
    found = {}
    async with engine.connect() as connection:
        for table in metadata().sorted_tables:
            rows = await connection.execute(select(table).order_by(*table.primary_key.columns))
            found[table.name] = [
                {name: each.replace(tzinfo=UTC) if isinstance(each, datetime) else each for name, each in one.items()}
                for one in (row._asdict() for row in rows)
            ]
    return found
