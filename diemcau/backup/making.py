"""A backup is made while the server runs: one snapshot of the store, then the files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection

from config.words import Words
from diemcau.backup.backup_file import BackupWriter, Manifest
from diemcau.backup.data_files import HEAD, data_files, fingerprints
from reception.dump_store import audit_verdict, begin_snapshot, has_tables, lines_of, tables_in
from reception.engine import Location, make_engine, shown_location
from reception.schema import check_known, revision_of
from reception.store_errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be backed up, and where to. passphrase: "" for a file that is not encrypted.

    keys: DATA/keys too. files: the other files of the data directory. besides: files and folders that are left out.
    """

    location: Location
    data: Path
    target: Path
    passphrase: str = ""
    keys: bool = False
    files: bool = True
    besides: tuple[Path, ...] = ()


async def make_backup(wanted: Wanted) -> Manifest:
    """Write the file; what is in it. Raises StoreError, OSError; then no file is left."""
    check_there(wanted.location)
    engine = make_engine(wanted.location)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_write, wanted)
    finally:
        await engine.dispose()


def check_there(location: Location) -> None:
    """Raises StoreError where there is no SQLite file: to open it would make one."""
    if isinstance(location, Path) and not location.exists():
        raise StoreError(
            Words(
                f"Không có cơ sở dữ liệu {location}. Kiểm tra --data hoặc thiết đặt `database`.",
                f"There is no database {location}. Check --data, or the setting `database`.",
            )
        )


def _write(connection: Connection, wanted: Wanted) -> Manifest:
    head = _noted_head(wanted)  # before the snapshot: what it notes is in the log by then
    begin_snapshot(connection)
    revision = revision_of(connection)
    check_known(revision)
    if not has_tables(connection):
        where = shown_location(wanted.location)
        raise StoreError(Words(f"{where} chưa có dữ liệu.", f"{where} has no data yet."))
    with BackupWriter(wanted.target, wanted.passphrase) as writer:
        tables = {table.name: writer.table(table.name, lines_of(connection, table)) for table in tables_in(connection)}
        verdict = audit_verdict(connection)
        if head is not None:
            writer.file(HEAD, io.BytesIO(head))
        _write_files(writer, wanted)
        manifest = Manifest(
            version=version("diemcau"),
            revision=revision,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            database=connection.dialect.name,
            tables=tables,
            files=writer.files,
            audit_entries=verdict.entries,
            audit_head=verdict.head,
            audit_whole=verdict.whole,
            keys=fingerprints(wanted.data),
            keys_inside=wanted.keys,
        )
        writer.finish(manifest)
    return manifest


def _noted_head(wanted: Wanted) -> bytes | None:
    path = wanted.data / HEAD
    return path.read_bytes() if wanted.keys and path.exists() else None


def _write_files(writer: BackupWriter, wanted: Wanted) -> None:
    for name, path in data_files(wanted.data, keys=wanted.keys, besides=(wanted.target, *wanted.besides)):
        if name == HEAD or not (wanted.files or name.startswith("keys/")):
            continue
        try:
            source = path.open("rb")
        except FileNotFoundError:
            continue  # it was taken away meanwhile
        with source:
            writer.file(name, source)
