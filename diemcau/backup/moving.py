"""The whole store goes from one database to another, and every table is compared afterwards."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from config.words import Words
from diemcau.backup.making import check_there
from diemcau.backup.restoring import note_in_log
from diemcau.backup.stopped import check_nobody_else
from diemcau.backup.target import Moves, filled
from reception.dump_store import TableFacts, begin_snapshot, copy_all, has_tables
from reception.engine import Location, make_engine, shown_location
from reception.schema import check_known, revision_of, upgrade
from reception.store_errors import StoreError


async def move_store(
    source: Location, target: Location, *, data: Path, replace: bool, now: datetime
) -> dict[str, TableFacts]:
    """Copy everything; rows and hash of each table. The source is left as it is; the server is stopped.

    now: local time, for the name of what is kept. Raises StoreError, OSError; then the target is as it was.
    """
    if source == target:
        where = shown_location(target)
        raise StoreError(Words(f"Dữ liệu đã ở {where}.", f"The data are at {where} already."))
    check_there(source)
    stamp = now.strftime("%Y%m%d-%H%M%S")
    copied: dict[str, TableFacts] = {}
    engine = make_engine(source)
    try:
        async with engine.connect() as reading:
            await reading.run_sync(_begin)
            reader = reading.sync_connection
            assert reader is not None

            def fill(connection: Connection) -> None:
                upgrade(connection, revision_of(reader))
                copied.update(copy_all(reader, connection))
                upgrade(connection)

            keep, schema = data / f"before-move-{stamp}", f"before_move_{stamp.replace('-', '_')}"
            async with filled(target, fill, Moves(), replace=replace, keep=keep, schema=schema):
                pass
    finally:
        await engine.dispose()
    facts = {"from": shown_location(source)}
    await note_in_log(target, data, "move_store", shown_location(target), facts)
    return copied


def _begin(connection: Connection) -> None:
    begin_snapshot(connection)
    check_nobody_else(connection)
    if not has_tables(connection):
        raise StoreError(Words("Nguồn chưa có dữ liệu.", "The source has no data yet."))
    check_known(revision_of(connection))
