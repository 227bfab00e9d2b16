"""`diemcau backup`, `restore` and `store`: the data as a whole, kept, put back, moved and checked."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from config.loader import load_settings
from config.models import STORE_FILE, Settings
from config.problems import ConfigError
from diemcau.profile_commands import ConfigOption, DataOption, print_problems

store_app = typer.Typer(no_args_is_help=True, help="The database: checked, moved to another.")
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
PassphraseOption = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="its first line is the passphrase; or DIEMCAU_BACKUP_PASSPHRASE"),
]
TABLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _settings(config: Path | None, data: Path | None) -> Settings:
    try:
        return load_settings(config, overrides={"server.data": data})
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None


def backup_command(
    file: Annotated[Path, typer.Argument(help="the backup to write; a file that is not there yet")],
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="encrypt it under a passphrase, which is asked for")
    ] = False,
    passphrase_file: PassphraseOption = None,
    keys: Annotated[
        bool | None, typer.Option("--keys/--no-keys", help="DATA/keys too; without this: only if it is encrypted")
    ] = None,
    files: Annotated[bool, typer.Option("--files/--no-files", help="the data directory's other files")] = True,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Back up the store and the data directory, but for the recordings. The server may run meanwhile."""
    from diemcau.backup import passphrase
    from diemcau.backup.making import Wanted, make_backup

    settings = _settings(config, data)
    secret = passphrase.given(passphrase_file) or (passphrase.asked(twice=True) if encrypt else "")
    wanted = Wanted(
        location=settings.store_location,
        data=settings.server.data,
        target=file,
        passphrase=secret,
        keys=bool(secret) if keys is None else keys,
        files=files,
        besides=(Path(settings.backup.directory),) if settings.backup.directory else (),
    )
    manifest = _run(make_backup(wanted))
    size = file.stat().st_size
    facts = {"file": str(file), "bytes": size, "encrypted": bool(secret), **_facts(manifest)}
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{file}: {manifest.rows} dòng / rows, {len(manifest.tables)} bảng / tables, "
        f"{len(manifest.files)} tệp / files, {size / 1e6:.1f} MB"
    )
    if not manifest.keys_inside:
        typer.echo(
            f"KHÔNG có khóa trong bản sao lưu: hãy cất riêng một bản của {settings.server.data / 'keys'}. / "
            f"The keys are NOT inside: keep a copy of {settings.server.data / 'keys'} elsewhere.",
            err=True,
        )


def restore_command(
    file: Annotated[Path, typer.Argument(help="a backup")],
    replace: Annotated[bool, typer.Option("--replace", help="put it in place of what is there, which is kept")] = False,
    check: Annotated[bool, typer.Option("--check", help="only read it and say whether it is whole")] = False,
    passphrase_file: PassphraseOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, into an empty data directory and database. The server must not run.

    Checked before and compared afterwards; after any fault everything is as it was.
    """
    from diemcau.backup.backup_file import opened
    from diemcau.backup.restoring import Place, restore
    from diemcau.backup.stopped import server_stopped

    settings = _settings(config, data)
    secret = _passphrase_for(file, passphrase_file)
    if check:
        with opened(file, secret) as backup:
            facts = _facts(backup.manifest)
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else f"{file}: nguyên vẹn / whole")
        return
    place = Place(location=settings.store_location, data=settings.server.data, replace=replace)
    with server_stopped(settings.server.data):
        restored = _run(restore(file, place, passphrase=secret, now=datetime.now().astimezone()))
    facts = _facts(restored.manifest) | {
        "kept": restored.kept,
        "without_recording": restored.without_recording,
        "warnings": [each.en for each in restored.warnings],
    }
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    manifest = restored.manifest
    typer.echo(
        f"Đã khôi phục / restored: {manifest.rows} dòng / rows, {len(manifest.files)} tệp / files, "
        f"nhật ký {manifest.audit_entries} mục toàn vẹn / audit log whole"
    )
    for where in restored.kept:
        typer.echo(f"Dữ liệu cũ được giữ ở / the old data are kept in: {where}")
    for warning in restored.warnings:
        typer.echo(f"{warning.vi}\n{warning.en}", err=True)
    if restored.without_recording:
        typer.echo(
            f"{len(restored.without_recording)} buổi tiếp chưa có bản ghi ở {settings.server.data / 'recordings'}: "
            "hãy chép bản ghi từ ổ sao vào đó. / sessions lack their recording: copy the folders from a mirror. "
            + ", ".join(restored.without_recording[:10]),
            err=True,
        )


def _passphrase_for(file: Path, passphrase_file: Path | None) -> str:
    from diemcau.backup import passphrase
    from diemcau.backup.sealed_stream import is_sealed

    secret = passphrase.given(passphrase_file)
    if secret or not file.is_file():
        return secret
    with file.open("rb") as source:
        return passphrase.asked(twice=False) if is_sealed(source) else ""


def _facts(manifest: Any) -> dict[str, Any]:
    return {
        "created_at": manifest.created_at,
        "version": manifest.version,
        "revision": manifest.revision,
        "database": manifest.database,
        "rows": manifest.rows,
        "tables": {name: each.rows for name, each in manifest.tables.items()},
        "files": len(manifest.files),
        "keys_inside": manifest.keys_inside,
        "audit": {"entries": manifest.audit_entries, "whole": manifest.audit_whole, "head": manifest.audit_head},
    }


@store_app.callback()
def _store() -> None:
    """The database: checked, moved to another."""


@store_app.command("check")
def check_command(data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Whether the database answers, has this program's tables, and is whole with its audit log. Exit 0, or 1."""
    from diemcau.backup.store_check import check_store
    from recorder.storage.backup_state import last_backup

    settings = _settings(config, data)
    found = _run(check_store(settings.store_location, settings.server.data))
    last = last_backup(settings.server.data)
    found["nightly_backup"] = last
    if settings.backup.directory and last and not last.get("ok"):
        found["faults"].append("backup")
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(found)
    raise typer.Exit(1 if found["faults"] else 0)


_FAULTS = {
    "revision": "bảng chưa đúng phiên bản: khởi động máy chủ một lần / tables of another version: start the server",
    "audit": "nhật ký hệ thống KHÔNG toàn vẹn: diemcau audit verify / the audit log is NOT whole",
    "file": "tệp cơ sở dữ liệu bị hỏng: diemcau restore / the database's file is damaged",
    "references": "có dòng dữ liệu mất liên kết / rows refer to rows that are not there",
    "backup": "bản sao lưu đêm gần nhất bị lỗi / the last nightly backup failed",
}


def _show(found: dict[str, Any]) -> None:
    typer.echo(f"{found['version']}: {found['location']} ({found['answered_ms']} ms)")
    typer.echo(f"phiên bản bảng / revision: {found['revision']} ({found['newest_revision']})")
    typer.echo(f"{len(found['tables'])} bảng / tables, {sum(found['tables'].values())} dòng / rows")
    audit = found.get("audit")
    if audit is not None:
        state = "toàn vẹn / whole" if audit["whole"] else "KHÔNG toàn vẹn / NOT whole"
        typer.echo(f"nhật ký / audit log: {audit['entries']} mục / entries, {state}")
    last = found["nightly_backup"]
    if last:
        at = datetime.fromtimestamp(last["begun"]).astimezone().isoformat(timespec="minutes")
        typer.echo(f"sao lưu gần nhất / last nightly backup: {at} {last.get('file') or last.get('error_en', '')}")
    for fault in found["faults"]:
        typer.echo(f"LỖI / FAULT: {_FAULTS[fault]}", err=True)


@store_app.command("move")
def move_command(
    to: Annotated[
        str, typer.Option("--to", help='"postgresql://user@host:5432/name", or "sqlite": DATA/diemcau.sqlite')
    ],
    replace: Annotated[bool, typer.Option("--replace", help="put it in place of what is there, which is kept")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the whole store into another, empty database and compare every table. The server must not run."""
    from diemcau.backup.moving import move_store
    from diemcau.backup.stopped import server_stopped
    from reception.engine import shown_location

    settings = _settings(config, data)
    target = settings.server.data / STORE_FILE if to == "sqlite" else _url(to)
    with server_stopped(settings.server.data):
        copied = _run(
            move_store(
                settings.store_location,
                target,
                data=settings.server.data,
                replace=replace,
                now=datetime.now().astimezone(),
            )
        )
    if as_json:
        tables = {name: {"rows": each.rows, "sha256": each.sha256} for name, each in copied.items()}
        typer.echo(json.dumps({"to": shown_location(target), "tables": tables}, ensure_ascii=False, indent=2))
        return
    for name, each in copied.items():
        typer.echo(f"{name}: {each.rows} dòng giống nhau / rows, the same")
    setting = "" if isinstance(target, Path) else shown_location(target)
    typer.echo(
        f'Xong. Hãy đặt database = "{setting}" trong tệp cấu hình (hoặc DIEMCAU_DATABASE) rồi khởi động máy chủ. / '
        f'Done. Set database = "{setting}" in the configuration (or DIEMCAU_DATABASE), and start the server.'
    )


def _url(to: str) -> str:
    try:
        found = load_settings(None, environment={}, overrides={"database": to}).store_location
    except ConfigError as error:
        print_problems(error.problems, before="--to: ")
        raise typer.Exit(2) from None
    if not isinstance(found, str):
        typer.echo("--to: postgresql://…, or sqlite", err=True)
        raise typer.Exit(2)
    return found


def _run(work: Any) -> Any:
    from diemcau.logs import configure_logs

    configure_logs(Settings().log.model_copy(update={"level": "warning"}))
    try:
        return asyncio.run(work)
    except OSError as error:
        typer.echo(f"{error.strerror or error} ({error.filename})" if error.filename else str(error), err=True)
        raise typer.Exit(1) from None
