"""`diemcau recording`: needs no server; works on directories."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from config.loader import load_settings
from config.models import Settings
from diemcau.custody_commands import PurposeOption, log_command, logged
from diemcau.storage_commands import fixity_command, mirror_command
from recorder.search import HERE, Hit

if TYPE_CHECKING:
    from recorder.master_key import Keyring

recording_app = typer.Typer(no_args_is_help=True, help="List, verify, recover and export recordings.")
DataOption = Annotated[Path | None, typer.Option("--data", help="directory of store, keys and recordings")]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
Directory = Annotated[Path, typer.Argument(help="a recording's directory", exists=True, file_okay=False)]
KEEP_A_COPY = (
    "CẢNH BÁO: đã tạo khóa chủ {path}. Hãy sao chép tệp này ra nơi an toàn NGAY: mất khóa là mất mọi bản ghi "
    "đã mã hóa.\nWARNING: a master key was made, {path}. Keep a copy elsewhere NOW: without it no encrypted recording "
    "can be played."
)
recording_app.command("log")(log_command)
recording_app.command("mirror")(mirror_command)
recording_app.command("fixity")(fixity_command)


def _settings(data: Path | None) -> Settings:
    return load_settings(None, overrides={"server.data": data})


def _keys(directory: Path) -> Keyring:
    """Where the keys of this recording are: beside it, or where the settings say."""
    from recorder.master_key import Keyring

    return Keyring.beside(directory, _settings(None).recording.master_key)


def _print(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def shown(hit: Hit) -> dict[str, Any]:
    """A recording that was found, for JSON; `found`: the markers that the text is in."""
    found = [dataclasses.asdict(marker) for marker in hit.markers]
    return {**dataclasses.asdict(hit.summary), "state": hit.summary.state, "found": found}


def _table(hits: list[Hit]) -> Table:
    table = Table("id", "title", "begun", "state", "length", "MB", "endpoints", "found")
    for hit in hits:
        each = hit.summary
        begun = datetime.fromtimestamp(each.start_ms / 1000, HERE).strftime("%d/%m/%Y %H:%M")
        length = str(timedelta(seconds=max(0, each.end_ms - each.start_ms) // 1000))
        found = "; ".join(marker.text for marker in hit.markers)
        size = f"{each.bytes / 1e6:.1f}"
        table.add_row(each.id, each.title, begun, each.state, length, size, str(len(each.endpoints)), found)
    return table


@recording_app.command("list")
def list_command(
    since: Annotated[str, typer.Option("--from", help="date (2026-11-30 or 30/11/2026) or time (ISO 8601)")] = "",
    until: Annotated[str, typer.Option("--to", help="the same; a date means until its end")] = "",
    place: Annotated[str, typer.Option(help="place of the session or of an endpoint")] = "",
    endpoint: Annotated[str, typer.Option(help="endpoint's name")] = "",
    person: Annotated[str, typer.Option(help="a person who was there")] = "",
    kind: Annotated[str, typer.Option(help="dinh_ky, dot_xuat, vu_viec or rehearsal")] = "",
    text: Annotated[str, typer.Option(help="words of a marker, of a script item or of the title")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """The recordings of a data directory, newest first; those that fit every filter. Accents do not matter."""
    from recorder.index import RecordingIndex
    from recorder.search import Query, parse_moment

    try:
        query = Query(
            from_ms=parse_moment(since) if since else None,
            to_ms=parse_moment(until, end=True) if until else None,
            place=place,
            endpoint=endpoint,
            person=person,
            kind=kind,
            text=text,
        )
    except ValueError as error:
        typer.echo(f"--from/--to: {error}", err=True)
        raise typer.Exit(2) from None
    hits = RecordingIndex(_settings(data).server.data).search(query)
    _print([shown(hit) for hit in hits]) if as_json else Console().print(_table(hits))


@recording_app.command("show")
def show_command(directory: Directory) -> None:
    """One recording as JSON: tracks, events and gaps as its manifest has them."""
    from recorder.catalogue import read_entry

    _print(dataclasses.asdict(read_entry(directory)))


@recording_app.command("verify")
def verify_command(
    package: Annotated[
        Path, typer.Argument(help="a recording's or an extract's directory, or a tar of it", exists=True)
    ],
    key: Annotated[str, typer.Option("--key", help="public key known from elsewhere: hex or PEM file")] = "",
    head: Annotated[str, typer.Option("--head", help="a hash that was noted, or its first 16 digits or more")] = "",
    as_json: JsonOption = False,
) -> None:
    """Exit 0 if whole, 1 if faulty, 2 if not readable, 3 if not sealed (live, or after a crash) but without fault."""
    from recorder.package import unpacked
    from recorder.verify import EXIT_CODES, known_key, show, verify

    try:
        with unpacked(package) as directory:
            report = verify(directory, key=known_key(key) if key else "", head=head.replace(" ", ""))
            if report.extract and report.whole:
                from recorder.extract.compare import compare

                report.faults += compare(directory, keys=_keys(directory))
        report.directory = str(package)
    except (OSError, ValueError) as error:
        typer.echo(f"{package}: {error}", err=True)
        raise typer.Exit(2) from None
    _print(report.to_json()) if as_json else typer.echo(show(report))
    raise typer.Exit(EXIT_CODES[report.verdict])


@recording_app.command("key")
def key_command(
    data: DataOption = None,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="make a new key, introduced by the one that retires")
    ] = False,
    master: Annotated[
        bool, typer.Option("--master", help="the master key of encrypted recordings instead: its id and its file")
    ] = False,
    bring_in: Annotated[
        Path | None, typer.Option("--import", help="with --master: a copy of a key that recordings here need")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The public key that signs recordings (PEM). Whoever verifies should have it from here, not from a recording.

    With --master the key that encrypts them, which is made at the first use and never printed: copy its file.
    """
    if master or bring_in is not None:
        _master_key(_settings(data), rotate=rotate, bring_in=bring_in, as_json=as_json)
        return
    from recorder.keys import load_or_make_key, rotate_key

    directory = _settings(data).server.data
    found = rotate_key(directory) if rotate else load_or_make_key(directory)
    facts = {"key": found.public_hex, "pem": found.public_pem, "rotations": found.history}
    _print(facts) if as_json else typer.echo(found.public_pem, nl=False)


def _master_key(settings: Settings, *, rotate: bool, bring_in: Path | None, as_json: bool) -> None:
    from recorder.master_key import Keyring, KeyUnavailable, read_master_key

    keys = Keyring.of(settings.server.data, settings.recording.master_key)
    made = rotate or not (keys.exists or bring_in)
    try:
        if bring_in is not None:
            key = read_master_key(bring_in)
            path = keys.keep(key)
        else:
            key, path = keys.rotate() if rotate else keys.load_or_make(), keys.path
    except (KeyUnavailable, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if made:
        typer.echo(KEEP_A_COPY.format(path=path), err=True)
    facts = {"id": key.id, "path": str(path), "made": made}
    _print(facts) if as_json else typer.echo(f"{key.id}  {path}")


@recording_app.command("recover")
def recover_command(directory: Directory, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Derive the tracks and seal a recording that a crash left open; stamp its time where that is configured."""
    from recorder.catalogue import read_entry
    from recorder.completion import complete
    from recorder.keys import load_or_make_key
    from recorder.master_key import Keyring, KeyUnavailable
    from recorder.one_writer import one_writer

    settings = _settings(data or directory.resolve().parent.parent)
    with one_writer(directory):
        key = load_or_make_key(settings.server.data)
        try:
            keys = Keyring.of(settings.server.data, settings.recording.master_key)
            complete(directory, key, settings.recording, reason="recovered by command", keys=keys)
        except (KeyUnavailable, OSError) as error:
            typer.echo(f"{directory}: {error}", err=True)
            raise typer.Exit(2) from None
    entry = read_entry(directory)
    if as_json:
        _print(dataclasses.asdict(entry))
    else:
        typer.echo(f"{entry.state}: {len(entry.tracks)} tracks, seal {entry.seal[:16]}")


@recording_app.command("export")
def export_command(
    directory: Directory,
    output: Annotated[Path, typer.Option("-o", help="tar file to write")],
    decrypted: Annotated[
        bool, typer.Option("--decrypted", help="of an encrypted recording: add plain tracks and its session key")
    ] = False,
    purpose: PurposeOption = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """The whole recording as one tar file, with the verifier beside it. What is encrypted stays so unless asked."""
    from recorder.export import export
    from recorder.master_key import KeyUnavailable

    with logged(directory, what="export", purpose=purpose, data=data, output=output.absolute()) as found:
        try:
            result = export(directory, output, decrypted=decrypted, keys=_keys(directory))
        except (KeyUnavailable, OSError) as error:
            found["error"] = error
            typer.echo(f"{directory}: {error}", err=True)
            raise typer.Exit(2) from None
        found.update(bytes=result.bytes, sha256=result.sha256, form=result.form)
    text = f"{output}: {result.bytes} bytes, {result.form}, {result.sha256}"
    _print(dataclasses.asdict(result)) if as_json else typer.echo(text)
