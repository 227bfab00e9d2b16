"""`diemcau recording`: needs no server; works on directories."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from config.loader import load_settings

recording_app = typer.Typer(no_args_is_help=True, help="List, verify, recover and export recordings.")
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
Directory = Annotated[Path, typer.Argument(help="a recording's directory", exists=True, file_okay=False)]


def _print(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


@recording_app.command("list")
def list_command(data: Annotated[Path | None, typer.Option("--data")] = None, as_json: JsonOption = False) -> None:
    """All recordings of a data directory."""
    from recorder.catalogue import list_recordings

    settings = load_settings(None, overrides={"server.data": data})
    entries = list_recordings(settings.server.data / "recordings")
    if as_json:
        _print([dataclasses.asdict(entry) for entry in entries])
        return
    table = Table("id", "title", "state", "seconds", "MB", "seal")
    for entry in entries:
        seconds = max(0, entry.end_ms - entry.start_ms) // 1000
        table.add_row(entry.id, entry.title, entry.state, str(seconds), f"{entry.bytes / 1e6:.1f}", entry.seal[:12])
    Console().print(table)


@recording_app.command("verify")
def verify_command(directory: Directory, as_json: JsonOption = False) -> None:
    """Exit 0 if whole, 1 if faulty, 3 if not sealed (live, or left by a crash) but without fault."""
    from recorder.verify import verify

    report = verify(directory)
    if as_json:
        _print(report.to_json())
    else:
        texts = {
            "whole": "NGUYÊN VẸN / WHOLE",
            "not_sealed": "CHƯA NIÊM PHONG / NOT SEALED (no fault found)",
            "faulty": "KHÔNG NGUYÊN VẸN / FAULTY",
        }
        typer.echo(f"{texts[report.verdict]}: {directory}")
        typer.echo(f"{report.seconds} seconds, {report.files} files, key {report.key}, seal {report.seal[:16] or '-'}")
        for fault in report.faults:
            place = f" bytes {fault.first_byte}-{fault.last_byte or ''}" if fault.first_byte is not None else ""
            typer.echo(f"  {fault.kind}: {fault.file}{place} {fault.at} {fault.detail}")
    raise typer.Exit({"whole": 0, "faulty": 1, "not_sealed": 3}[report.verdict])


@recording_app.command("recover")
def recover_command(
    directory: Directory, data: Annotated[Path | None, typer.Option("--data")] = None, as_json: JsonOption = False
) -> None:
    """Derive the tracks and seal a recording that a crash left open."""
    from recorder.catalogue import is_sealed, read_entry
    from recorder.completion import complete
    from recorder.keys import load_or_make_key
    from recorder.one_writer import one_writer

    with one_writer(directory):
        if is_sealed(directory):
            typer.echo("already sealed: nothing to do", err=True)
        else:
            key = load_or_make_key(data or directory.resolve().parent.parent)
            complete(directory, key, reason="recovered by command")
    entry = read_entry(directory)
    if as_json:
        _print(dataclasses.asdict(entry))
    else:
        typer.echo(f"{entry.state}: {len(entry.tracks)} tracks, seal {entry.seal[:16]}")


@recording_app.command("compose")
def compose_command(
    directory: Directory,
    output: Annotated[Path, typer.Option("-o", help="MP4 file to write")],
    as_json: JsonOption = False,
) -> None:
    """One MP4 with all endpoints in a grid."""
    from recorder.compose import compose

    with Progress(disable=as_json) as progress:
        task = progress.add_task("compose", total=1.0)
        result = compose(directory, output, on_progress=lambda share: progress.update(task, completed=share))
    _print(dataclasses.asdict(result)) if as_json else typer.echo(f"{output}: {result.duration_s:.1f} s")


@recording_app.command("export")
def export_command(
    directory: Directory,
    output: Annotated[Path, typer.Option("-o", help="tar file to write")],
    as_json: JsonOption = False,
) -> None:
    """The whole recording as one tar file."""
    from recorder.export import export

    result = export(directory, output)
    _print(dataclasses.asdict(result)) if as_json else typer.echo(f"{output}: {result.bytes} bytes, {result.sha256}")


@recording_app.command("mirror")
def mirror_command(
    directory: Directory,
    target: Annotated[Path, typer.Argument(help="directory on another disk")],
    as_json: JsonOption = False,
) -> None:
    """Copy to another disk and verify there. Goes on where it was interrupted."""
    from recorder.mirror import mirror

    result = mirror(directory, target)
    _print(dataclasses.asdict(result)) if as_json else typer.echo(
        f"{result.target}: {result.files} files, {result.verdict}"
    )
    raise typer.Exit(0 if result.verdict == "whole" else 1)
