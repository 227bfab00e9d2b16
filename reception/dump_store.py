"""All rows of all tables as lines of text, the same for the same rows on either database, and back.

Tables are taken as the database tells them, whatever revision it has: a table that a migration adds is in backups and
moves by itself. A row is one line of JSON by column: texts, numbers and truth values as they are, times as
RFC 3339 in UTC, bytes as base64, JSON columns as text of JSON (so that their `null` is not the database's).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    Time,
    cast,
    func,
    inspect,
    literal,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator, TypeEngine

from config.words import Words
from reception.audit import audit_entry
from reception.audit_chain import ChainVerdict, ChainWalk
from reception.store_errors import StoreError

CHUNK = 500  # rows at once
NOT_DATA, AUDIT = "alembic_version", "audit"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """How many rows a table has, and the SHA-256 of their lines."""

    rows: int
    sha256: str


class Tally:
    """Counts and hashes lines as they pass."""

    def __init__(self) -> None:
        self._rows, self._hash = 0, hashlib.sha256()

    def of(self, lines: Iterable[str]) -> Iterator[str]:
        """The same lines."""
        for line in lines:
            self._rows += 1
            self._hash.update(line.encode() + b"\n")
            yield line

    @property
    def facts(self) -> TableFacts:
        """Of the lines so far."""
        return TableFacts(self._rows, self._hash.hexdigest())


class _JsonText(TypeDecorator[str]):
    """The text of a JSON column, as it is."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindparam: Any) -> ColumnElement[Any]:
        return cast(bindparam, JSON)


def tables_in(connection: Connection) -> list[Table]:
    """All tables with data; who is referred to comes before who refers to it."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != NOT_DATA]


def audit_verdict(connection: Connection) -> ChainVerdict:
    """The chain of the audit log as it is in the table."""
    walk = ChainWalk()
    table = next((each for each in tables_in(connection) if each.name == AUDIT), None)
    if table is not None:
        for row in _rows(connection, table, list(table.columns)):
            walk.take(audit_entry(row))
    return walk.end()


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return not any(connection.execute(select(1).select_from(table).limit(1)).first() for table in tables_in(connection))


def begin_snapshot(connection: Connection) -> None:
    """What is read from now on is what is stored now, though others go on writing. The connection is new, and ours."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def lines_of(connection: Connection, table: Table) -> Iterator[str]:
    """The table's rows in the order of its key. Raises StoreError for a column of a kind that has no text."""
    columns = list(table.columns)
    codecs = [_encoder(column) for column in columns]
    for row in _rows(connection, table, [_readable(connection, column) for column in columns]):
        values = {
            column.name: None if value is None else encode(value)
            for column, value, encode in zip(columns, row, codecs, strict=True)
        }
        yield json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _rows(connection: Connection, table: Table, columns: Sequence[ColumnElement[Any]]) -> Iterator[Row[Any]]:
    """All rows by their key, page by page: a cursor that stays open would keep PostgreSQL from altering the table."""
    keys = list(table.primary_key.columns)
    if not keys:
        raise StoreError(Words(f"Bảng {table.name} không có khóa chính.", f"Table {table.name} has no primary key."))
    places = [list(table.columns).index(key) for key in keys]
    page = select(*columns).order_by(*keys).limit(CHUNK)
    query = page
    while True:
        rows = connection.execute(query).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        last = (literal(rows[-1][place], key.type) for place, key in zip(places, keys, strict=True))
        query = page.where(tuple_(*keys) > tuple_(*last))


def load(connection: Connection, table: Table, lines: Iterable[str]) -> None:
    """Put rows into the table. Raises StoreError: a line does not fit, or the database does not keep a value."""
    decoders = {column.name: _decoder(column) for column in table.columns}
    writable = Table(
        table.name, MetaData(), *(Column(each.name, _writable(connection, each.type)) for each in table.columns)
    )
    remaining = iter(lines)
    done = 0
    while chunk := list(islice(remaining, CHUNK)):
        try:
            connection.execute(writable.insert(), [_row(line, decoders) for line in chunk])
        except (DBAPIError, ValueError, KeyError, TypeError) as error:
            raise _unloadable(table.name, done, len(chunk), error) from error
        done += len(chunk)


def count_on(connection: Connection, tables: Iterable[Table]) -> None:
    """After rows with numbers of their own were put in, new ones get the numbers after them (PostgreSQL)."""
    if connection.dialect.name != "postgresql":
        return  # SQLite takes the highest and one
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, Integer) and column.primary_key:
                name = func.pg_get_serial_sequence(func.quote_ident(table.name), column.name)
                sequence = connection.execute(select(name)).scalar_one()
                highest = connection.execute(select(func.max(column))).scalar_one()
                if sequence is not None and highest is not None:
                    connection.execute(select(func.setval(sequence, highest)))


def facts_of(connection: Connection, tables: Iterable[Table]) -> dict[str, TableFacts]:
    """Rows and hash of each table, by name."""
    found = {}
    for table in tables:
        tally = Tally()
        for _ in tally.of(lines_of(connection, table)):
            pass
        found[table.name] = tally.facts
    return found


def copy_all(source: Connection, target: Connection) -> dict[str, TableFacts]:
    """All rows into a database that has the same tables, empty; compared afterwards. What was copied, by table.

    Raises StoreError: it does not fit, or what was written is not what was read.
    """
    targets = {table.name: table for table in tables_in(target)}
    copied: dict[str, TableFacts] = {}
    for table in tables_in(source):
        if table.name not in targets:
            raise StoreError(Words(f"Đích không có bảng {table.name}.", f"The target has no table {table.name}."))
        tally = Tally()
        load(target, targets[table.name], tally.of(lines_of(source, table)))
        copied[table.name] = tally.facts
    count_on(target, targets.values())
    compare(copied, facts_of(target, targets.values()))
    return copied


def compare(wanted: dict[str, TableFacts], found: dict[str, TableFacts]) -> None:
    """Raises StoreError naming the tables that are not the same."""
    wrong = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if wrong:
        names = ", ".join(wrong)
        raise StoreError(
            Words(
                f"Bảng {names} sau khi ghi không giống bản gốc; không có gì được thay đổi.",
                f"After writing, the tables {names} are not what was read; nothing was changed.",
            )
        )


def _row(line: str, decoders: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    values = json.loads(line)
    if set(values) != set(decoders):
        raise ValueError(f"columns {sorted(set(values) ^ set(decoders))}")
    return {name: None if value is None else decoders[name](value) for name, value in values.items()}


# --- values ---


def _readable(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    if not isinstance(column.type, JSON):
        return column
    as_text = type_coerce(column, Text) if connection.dialect.name == "sqlite" else cast(column, Text)
    return as_text.label(column.name)


def _writable(connection: Connection, kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        return Text() if connection.dialect.name == "sqlite" else _JsonText()
    for plain in (Boolean, BigInteger, Integer, LargeBinary):
        if isinstance(kind, plain):
            return plain()
    if isinstance(kind, DateTime):
        return DateTime(timezone=True)
    return Text() if isinstance(kind, String) else kind


def _encoder(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, JSON):
        return _canonical
    if isinstance(kind, DateTime):
        return _instant
    if isinstance(kind, (Date, Time)):
        return lambda value: value.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64encode(bytes(value)).decode()
    if isinstance(kind, (Boolean, Integer, Float, String)):
        return lambda value: value
    raise StoreError(
        Words(
            f"Cột {column} có kiểu {kind} chưa sao lưu được.",
            f"The column {column} is of the kind {kind}, which a backup has no text for.",
        )
    )


def _decoder(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, JSON):
        return lambda value: value
    if isinstance(kind, DateTime):
        return lambda value: datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Time):
        return time.fromisoformat
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64decode(value, validate=True)
    return lambda value: value


def _canonical(text: Any) -> str:
    """SQLite makes numbers of texts that are numbers."""
    return json.dumps(json.loads(str(text)), ensure_ascii=False, separators=(",", ":"))


def _instant(at: datetime) -> str:
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


def _unloadable(table: str, before: int, count: int, error: Exception) -> StoreError:
    cause = getattr(error, "orig", None) or error
    return StoreError(
        Words(
            f"Bảng {table}, dòng {before + 1} đến {before + count}: không ghi được ({cause}). Không có gì thay đổi.",
            f"Table {table}, rows {before + 1} to {before + count}: cannot be written ({cause}). Nothing was changed.",
        )
    )


def has_tables(connection: Connection) -> bool:
    """Whether there is any table."""
    return bool(inspect(connection).get_table_names())
