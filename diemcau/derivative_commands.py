"""`diemcau recording compose`, `multitrack`, `extract`, `derivatives`: for use, made now or by the server's worker."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from config.loader import load_settings
from diemcau.custody_commands import PurposeOption, logged, stated_purpose, system_user

if TYPE_CHECKING:
    from recorder.master_key import Keyring

JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
DataOption = Annotated[Path | None, typer.Option("--data", help="directory of store, keys and recordings")]
Directory = Annotated[Path, typer.Argument(help="a recording's directory", exists=True, file_okay=False)]


def add_commands(group: typer.Typer) -> None:
    """Make them commands of `diemcau recording`."""
    for name, command in (
        ("compose", compose_command),
        ("multitrack", multitrack_command),
        ("extract", extract_command),
        ("derivatives", derivatives_command),
    ):
        group.command(name)(command)


@contextmanager
def _progress(what: str, *, quiet: bool) -> Iterator[Callable[[float], None]]:
    """A bar on standard error; what fails is told in one line, exit 1."""
    from av.error import FFmpegError

    from recorder.chain import BrokenChain
    from recorder.extract.make import CannotExtract
    from recorder.master_key import KeyUnavailable
    from recorder.track_source import NothingToDerive

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
            task = progress.add_task(what, total=1.0)
            yield lambda share: progress.update(task, completed=share)
    except (NothingToDerive, CannotExtract, BrokenChain, KeyUnavailable, OSError, ValueError, FFmpegError) as error:
        typer.echo(f"{what}: {error}", err=True)
        raise typer.Exit(1) from None


def _keys(directory: Path) -> Keyring:
    """Where the keys of this recording are: beside it, or where the settings say."""
    from recorder.master_key import Keyring

    return Keyring.beside(directory, load_settings(None).recording.master_key)


def _tell(result: Any, words: str, *, as_json: bool) -> None:
    facts = dataclasses.asdict(result)
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else words)


def compose_command(
    directory: Directory,
    output: Annotated[Path, typer.Option("-o", "--output", help="MP4 file to write")],
    size: Annotated[str, typer.Option(help="width×height of the picture")] = "1280x720",
    purpose: PurposeOption = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """One MP4 of all endpoints: the grid follows who speaks, with name plates and the clock (UTC+7)."""
    from recorder.compose import compose

    width, height = _size(size)
    use = logged(directory, what="compose", purpose=purpose, data=data, output=output.absolute())
    with use, _progress("compose", quiet=as_json) as tell:
        result = compose(directory, output, width=width, height=height, keys=_keys(directory), on_progress=tell)
    words = f"{output}: {result.duration_s:.1f} s, {result.bytes / 1e6:.1f} MB, {result.speed:.1f} times real time"
    _tell(result, words, as_json=as_json)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().replace("×", "x").split("x"))
    except ValueError:
        width = height = 0
    if not (320 <= width <= 3840 and 180 <= height <= 2160) or width % 4 or height % 4:
        raise typer.BadParameter("write width x height, multiples of 4 from 320x180 to 3840x2160", param_hint="--size")
    return width, height


def multitrack_command(
    directory: Directory,
    output: Annotated[Path, typer.Option("-o", "--output", help="MKV file to write")],
    purpose: PurposeOption = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """One MKV with every track as it was recorded, with names, chapters and the manifest attached."""
    from recorder.multitrack import multitrack

    use = logged(directory, what="multitrack", purpose=purpose, data=data, output=output.absolute())
    with use, _progress("multitrack", quiet=as_json) as tell:
        result = multitrack(directory, output, keys=_keys(directory), on_progress=tell)
    words = f"{output}: {result.tracks} tracks, {result.chapters} chapters, {result.duration_s:.1f} s"
    _tell(result, words, as_json=as_json)


def extract_command(
    directory: Directory,
    output: Annotated[Path, typer.Option("-o", "--output", help="tar file, or directory, to write")],
    begin: Annotated[
        str, typer.Option("--from", help="seconds or H:M:S from the beginning, or date and time (UTC+7)")
    ] = "0",
    end: Annotated[str, typer.Option("--to", help="the same; the recording's end if not given")] = "",
    purpose: Annotated[str, typer.Option(help="what it is for; written into it")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """A stretch of time with the proof that it is one of this recording; `verify` tells whether it is whole."""
    from recorder.catalogue import read_entry
    from recorder.extract.make import Wanted, extract
    from recorder.keys import KEY_FILE, load_or_make_key
    from recorder.moments import moment_ms

    data = data or directory.resolve().parent.parent
    if not (data / "keys" / KEY_FILE).exists():
        typer.echo(f"extract: no signing key in {data / 'keys'}: name the data directory with --data", err=True)
        raise typer.Exit(1)
    purpose = stated_purpose(purpose)
    use = logged(directory, what="extract", purpose=purpose, data=data, output=output.absolute())
    with use as found, _progress("extract", quiet=as_json) as tell:
        entry = read_entry(directory)
        wanted = Wanted(
            from_ms=moment_ms(begin, start_ms=entry.start_ms),
            to_ms=moment_ms(end, start_ms=entry.start_ms) if end else entry.end_ms,
            purpose=purpose,
            requested_by=system_user().name,
        )
        key = load_or_make_key(data)
        result = extract(directory, output, wanted, key=key, keys=_keys(directory), on_progress=tell)
        found.update(from_ms=result.from_ms, to_ms=result.to_ms, bytes=result.bytes)
    seconds = (result.to_ms - result.from_ms) / 1000
    words = f"{output}: {seconds:.1f} s, {result.tracks} tracks, {result.bytes / 1e6:.1f} MB"
    _tell(result, words, as_json=as_json)


def derivatives_command(
    recording: Annotated[str | None, typer.Argument(help="a recording's id; all if not given")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """What the server's worker makes and has made, with its progress."""
    from recorder.derivatives.jobs import Queue

    settings = load_settings(None, overrides={"server.data": data})
    jobs = Queue(settings.server.data).jobs(recording)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(job) for job in jobs], ensure_ascii=False, indent=2))
        return
    table = Table("asked for", "recording", "kind", "state", "%", "file", "error")
    for job in jobs:
        asked = datetime.fromtimestamp(job.created_ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(asked, job.recording, job.kind, job.state, f"{100 * job.progress:.0f}", job.file, job.error)
    Console().print(table)
