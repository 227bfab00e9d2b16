"""A backup is put back: checked, filled in one transaction, compared row by row; after a fault all is as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from config.words import Words
from diemcau.backup.backup_file import Backup, Manifest, damaged, opened
from diemcau.backup.data_files import KEYS, fingerprints
from diemcau.backup.target import Moves, filled
from reception.audit import AuditLog
from reception.dump_store import audit_verdict, compare, count_on, facts_of, load, tables_in
from reception.engine import Location, make_engine
from reception.schema import check_known, head, upgrade
from reception.store_errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a backup goes. replace: what is there is moved aside and kept."""

    location: Location
    data: Path
    replace: bool = False


@dataclass(slots=True, kw_only=True)
class Restored:
    """What was put back. kept: where that is which was replaced; "" for none. warnings: what is to be looked at."""

    manifest: Manifest
    kept: list[str] = field(default_factory=list)
    warnings: list[Words] = field(default_factory=list)
    without_recording: list[str] = field(default_factory=list)


async def restore(file: Path, place: Place, *, passphrase: str = "", now: datetime) -> Restored:
    """Put a backup back. now: local time, for names. Raises StoreError, OSError; then nothing was changed."""
    stamp = now.strftime("%Y%m%d-%H%M%S")
    keep = place.data / f"before-restore-{stamp}"
    with opened(file, passphrase) as backup:
        check_known(backup.manifest.revision)
        _check_files(backup, place)
        restored, moves = Restored(manifest=backup.manifest), Moves()

        def fill(connection: Connection) -> None:
            _fill(connection, backup, file)
            restored.without_recording = _without_recording(connection, place.data)

        with _staged(backup, place.data, stamp) as staged:
            schema = f"before_restore_{stamp.replace('-', '_')}"
            async with filled(place.location, fill, moves, replace=place.replace, keep=keep, schema=schema):
                _put_files(staged, place.data, keep, moves)
    if keep.exists():
        restored.kept.append(str(keep))
    restored.warnings = _warnings(restored.manifest, place.data)
    await _note(place, file, restored)
    return restored


def _fill(connection: Connection, backup: Backup, file: Path) -> None:
    """Tables of the backup's revision, its rows, compared; then the newest revision."""
    manifest = backup.manifest
    upgrade(connection, manifest.revision)
    tables = tables_in(connection)
    odd = {table.name for table in tables} ^ set(manifest.tables)
    if odd:
        raise damaged(file, f"tables {', '.join(sorted(odd))}")
    for table in tables:
        load(connection, table, backup.lines(table.name))
    count_on(connection, tables)
    compare(manifest.tables, facts_of(connection, tables))
    verdict = audit_verdict(connection)
    if (verdict.entries, verdict.head, verdict.whole) != (
        manifest.audit_entries,
        manifest.audit_head,
        manifest.audit_whole,
    ):
        raise damaged(file, "the audit log's chain is not what it was")
    upgrade(connection)


def _without_recording(connection: Connection, data: Path) -> list[str]:
    """Sessions that were live once and have no folder of a recording here."""
    rows = connection.execute(text("SELECT id FROM session WHERE started_at IS NOT NULL ORDER BY created_at"))
    return [row.id for row in rows if not (data / "recordings" / row.id).is_dir()]


def _tops(backup: Backup) -> list[str]:
    """What lies directly in the data directory: folders and files."""
    return sorted({name.partition("/")[0] for name in backup.manifest.files})


def _check_files(backup: Backup, place: Place) -> None:
    there = [top for top in _tops(backup) if (place.data / top).exists() and not _is_hollow(place.data / top)]
    if there and not place.replace:
        names = ", ".join(there)
        raise StoreError(
            Words(
                f"{place.data} đã có {names}. Không có gì được thay đổi; dùng thư mục dữ liệu trống, hoặc thêm "
                "--replace (bản cũ được giữ lại).",
                f"{place.data} has {names} already. Nothing was changed; use an empty data directory, or add --replace "
                "(a copy of the old ones is kept).",
            )
        )


def _is_hollow(path: Path) -> bool:
    """A folder without a file."""
    return path.is_dir() and not any(each.is_file() for each in path.rglob("*"))


@contextmanager
def _staged(backup: Backup, data: Path, stamp: str) -> Iterator[Path]:
    """The backup's files, unpacked beside their places."""
    data.mkdir(parents=True, exist_ok=True)
    folder = data / f".restoring-{stamp}"
    folder.mkdir(mode=0o700)
    try:
        for name in backup.manifest.files:
            backup.extract(name, folder / name)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_files(staged: Path, data: Path, keep: Path, moves: Moves) -> None:
    for source in sorted(staged.iterdir()):
        target = data / source.name
        if target.exists():
            moves.move(target, keep / target.name)
        moves.move(source, target)


def _warnings(manifest: Manifest, data: Path) -> list[Words]:
    found = []
    if not manifest.audit_whole:
        found.append(
            Words(
                "Nhật ký hệ thống đã KHÔNG toàn vẹn từ lúc sao lưu (diemcau audit verify).",
                "The audit log was NOT whole when the backup was made already (diemcau audit verify).",
            )
        )
    here = fingerprints(data)
    other = sorted(name for name, value in manifest.keys.items() if here.get(name) != value)
    if other:
        names = ", ".join(other)
        found.append(
            Words(
                f"Thư mục {data / KEYS} không có khóa của dữ liệu này: {names}. Hãy chép thư mục keys của máy cũ vào "
                "đây: thiếu khóa thì không đọc được mã xác thực hai bước, số giấy tờ và bản ghi mã hóa.",
                f"{data / KEYS} lacks the keys of these data: {names}. Copy the folder keys of the old machine: "
                "without them second factors, identity numbers and encrypted recordings cannot be read.",
            )
        )
    return found


async def _note(place: Place, file: Path, restored: Restored) -> None:
    manifest = restored.manifest
    facts = {"created_at": manifest.created_at, "revision": manifest.revision, "rows": manifest.rows}
    facts |= {"migrated_to": head()} if manifest.revision != head() else {}
    await note_in_log(place.location, place.data, "restore_store", file.name, facts)


async def note_in_log(location: Location, data: Path, action: str, about: str, facts: Mapping[str, Any]) -> None:
    """What was done to the store as a whole, by whoever sits at the server, into its audit log."""
    engine = make_engine(location)
    try:
        log = AuditLog(engine, keys=data / KEYS)
        await log.append(action=action, actor="console", actor_id="console", role="admin", object=about, facts=facts)
    finally:
        await engine.dispose()
