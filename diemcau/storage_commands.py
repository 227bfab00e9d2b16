"""`diemcau recording mirror` and `fixity`: copies and whether they are whole."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from config.loader import load_settings
from diemcau.custody_commands import PurposeOption, data_of, logged

ConfigOption = Annotated[Path | None, typer.Option("--config", help="TOML file (for the S3-compatible store)")]
DataOption = Annotated[Path | None, typer.Option("--data", help="directory of store, keys and recordings")]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
Directory = Annotated[Path, typer.Argument(help="a recording's directory", exists=True, file_okay=False)]


def mirror_command(
    directory: Directory,
    target: Annotated[str, typer.Argument(help='directory on another disk, or "s3": the store of the configuration')],
    purpose: PurposeOption = "",
    eject: Annotated[bool, typer.Option("--eject", help="unmount the disk when the copy is verified")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy to another disk or to the store, and read everything back. Goes on where it was broken off.

    Exit 0 if the copy is whole, 1 if it is not, 4 if the disk was pulled or the store does not answer.
    """
    from recorder.mirror import mirror
    from recorder.storage.targets import TargetGone, target_of

    settings = load_settings(config)
    root = data_of(directory, data)
    try:
        with (
            logged(directory, what="copy", purpose=purpose, data=data, target=target) as found,
            Progress(disable=as_json) as progress,
        ):
            task = progress.add_task("copy", total=None)
            result = mirror(
                directory,
                target_of(target, settings.storage.s3),
                data=root,
                eject=eject,
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
            found.update(verdict=result.verdict, safe_to_remove=result.safe_to_remove)
    except (OSError, ValueError) as error:
        _fail(error, as_json)
        raise typer.Exit(4 if isinstance(error, TargetGone) else 1) from None
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(result), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{result.target}: {result.files} files ({result.copied} copied now), {result.verdict}")
        safe = "AN TOÀN để rút ổ đĩa / SAFE to remove the disk"
        typer.echo(safe if result.safe_to_remove else f"CHƯA rút ổ đĩa / do NOT remove the disk: {result.reason}")
    raise typer.Exit(0 if result.verdict == "whole" else 1)


def _fail(error: Exception, as_json: bool) -> None:
    text = f"{error.strerror} ({error.filename})" if isinstance(error, OSError) and error.strerror else str(error)
    if as_json:
        typer.echo(json.dumps({"verdict": "unfinished", "safe_to_remove": False, "reason": text}, ensure_ascii=False))
    typer.echo(f"CHƯA XONG / NOT DONE: {text}. Chạy lại lệnh để tiếp tục / run it again to go on.", err=True)


def fixity_command(
    directories: Annotated[
        list[Path] | None, typer.Argument(help="recordings' directories; all of the data directory if left out")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read every file of all recordings and compare it with the seal, as each night; what is found is remembered.

    Exit 0 if all are whole (or not sealed yet), 1 if one is faulty or missing.
    """
    from recorder.storage.fixity import check_all, check_one

    settings = load_settings(config, overrides={"server.data": data})
    if directories:
        found = {each.resolve().name: check_one(data_of(each, data), each.resolve()) for each in directories}
        bad = [name for name, each in found.items() if each["verdict"] == "faulty"]
        lines = [f"{name}: {each['verdict']}" for name, each in found.items()]
        shown: object = found
    else:
        with Progress(disable=as_json) as progress:
            task = progress.add_task("fixity", total=None)
            summary = check_all(
                settings.server.data,
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        bad = [*summary["faulty"], *summary["missing"]]
        lines = [f"{len(summary[each])} {each}: {', '.join(summary[each])}" for each in ("faulty", "missing")]
        lines = [f"{summary['checked']} recordings, {len(summary['whole'])} whole", *lines]
        shown = summary
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))
    raise typer.Exit(1 if bad else 0)
