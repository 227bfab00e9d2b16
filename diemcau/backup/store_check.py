"""Whether the store is well: it answers, its tables are of this program, SQLite's file and the audit log are whole."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from diemcau.backup.data_files import KEYS
from diemcau.backup.making import check_there
from reception.audit import AuditLog
from reception.dump_store import tables_in
from reception.engine import Location, make_engine, shown_location
from reception.schema import head, revision_of


async def check_store(location: Location, data: Path) -> dict[str, Any]:
    """What was found; `faults` is empty where all is well. Raises StoreError where there is no answer at all."""
    check_there(location)
    engine = make_engine(location)
    try:
        begun = time.monotonic()
        async with engine.connect() as connection:
            found: dict[str, Any] = {"location": shown_location(location)}
            found |= await connection.run_sync(_look)
            found["answered_ms"] = round((time.monotonic() - begun) * 1000)
        if found["revision"] == found["newest_revision"]:
            verdict = await AuditLog(engine, keys=data / KEYS).verify()
            found["audit"] = {"entries": verdict.entries, "whole": verdict.whole, "head": verdict.head}
            if not verdict.whole:
                found["faults"].append("audit")
        return found
    finally:
        await engine.dispose()


def _look(connection: Connection) -> dict[str, Any]:
    revision, newest = revision_of(connection), head()
    faults = [] if revision == newest else ["revision"]
    tables = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables_in(connection)
    }
    if connection.dialect.name == "sqlite":
        version = f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"
        wrong = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)") if row[0] != "ok"]
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        faults += ["file"] if wrong else []
        faults += ["references"] if lost else []
    else:
        version = f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"
    return {
        "database": connection.dialect.name,
        "version": version,
        "revision": revision,
        "newest_revision": newest,
        "tables": tables,
        "faults": faults,
    }
