"""A database that is filled whole or not at all. What was there before is refused, or kept."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from config.words import Words
from diemcau.backup.stopped import check_nobody_else
from reception.dump_store import has_tables, is_empty
from reception.engine import Location, lock_writers, make_engine, shown_location
from reception.store_errors import StoreError

Fill = Callable[[Connection], None]
SIDE_FILES = ("", "-wal", "-shm")  # of SQLite


@dataclass(slots=True)
class Moves:
    """Files and folders put elsewhere; what was done can be undone."""

    done: list[tuple[Path, Path]] = field(default_factory=list)

    def move(self, source: Path, target: Path) -> None:
        """On the same file system."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source.rename(target)
        self.done.append((source, target))

    def undo(self) -> None:
        """Everything where it was."""
        while self.done:
            source, target = self.done.pop()
            target.rename(source)
            with contextlib.suppress(OSError):  # others are in it
                target.parent.rmdir()


def _not_empty(location: Location) -> StoreError:
    where = shown_location(location)
    return StoreError(
        Words(
            f"{where} đã có dữ liệu. Không có gì được thay đổi; nếu muốn thay bằng dữ liệu mới, thêm --replace "
            "(dữ liệu cũ được giữ lại).",
            f"{where} has data already. Nothing was changed; to put others in their place add --replace "
            "(a copy of the old ones is kept).",
        )
    )


@contextlib.asynccontextmanager
async def filled(
    location: Location, fill: Fill, moves: Moves, *, replace: bool, keep: Path, schema: str
) -> AsyncIterator[None]:
    """Fill the database; it is in place when the body ends well, else all is as it was.

    fill: makes and fills the tables, on a connection in a transaction. keep: folder for a SQLite file that is replaced;
    schema: name for PostgreSQL's tables that are replaced. Raises StoreError: there are data and replace is False.
    """
    try:
        if isinstance(location, Path):
            new = location.with_name(f".restoring-{location.name}")
            await _fill_file(location, new, fill, replace=replace)
            _put_file(location, new, moves, keep)
            yield
            return
        engine = make_engine(location)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(_make_room, location, replace=replace, schema=schema)
                await connection.run_sync(fill)
                yield
        finally:
            await engine.dispose()
    except BaseException:
        moves.undo()
        raise
    finally:
        if isinstance(location, Path):
            remove_file(location.with_name(f".restoring-{location.name}"))


async def _fill_file(location: Path, new: Path, fill: Fill, *, replace: bool) -> None:
    if location.exists() and not replace and not await _file_is_empty(location):
        raise _not_empty(location)
    location.parent.mkdir(parents=True, exist_ok=True)
    remove_file(new)
    engine = make_engine(new)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_begin_file)
            await connection.run_sync(fill)
    finally:
        await engine.dispose()


def _put_file(location: Path, new: Path, moves: Moves, keep: Path) -> None:
    for ending in SIDE_FILES:
        side = location.with_name(location.name + ending)
        if side.exists():
            moves.move(side, keep / side.name)
    moves.move(new, location)


def _begin_file(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def remove_file(path: Path) -> None:
    """A SQLite file with what lies beside it."""
    for ending in SIDE_FILES:
        path.with_name(path.name + ending).unlink(missing_ok=True)


async def _file_is_empty(location: Path) -> bool:
    engine = make_engine(location)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(is_empty)
    finally:
        await engine.dispose()


def _make_room(connection: Connection, location: Location, *, replace: bool, schema: str) -> None:
    lock_writers(connection)
    check_nobody_else(connection)
    if not has_tables(connection):
        return
    empty = is_empty(connection)
    if not empty and not replace:
        raise _not_empty(location)
    quote = connection.dialect.identifier_preparer.quote
    current = quote(str(connection.exec_driver_sql("SELECT current_schema()").scalar_one()))
    connection.exec_driver_sql(f"ALTER SCHEMA {current} RENAME TO {quote(schema)}")
    connection.exec_driver_sql(f"CREATE SCHEMA {current}")
    if empty:
        connection.exec_driver_sql(f"DROP SCHEMA {quote(schema)} CASCADE")
