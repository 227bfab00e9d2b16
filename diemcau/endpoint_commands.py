"""`diemcau endpoint`: the registry of rooms."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from config.loader import load_settings
from config.problems import ConfigError
from diemcau.profile_commands import ConfigOption, print_problems
from reception.records import RegisteredEndpoint
from reception.registry_csv import COLUMNS, read_rooms, write_rooms

endpoint_app = typer.Typer(no_args_is_help=True, help="The registry of endpoints.")
MAX_ROOMS = 100_000
DataDirectory = Annotated[Path | None, typer.Option("--data", help="directory of store, keys and recordings")]


@endpoint_app.callback()
def _endpoint() -> None:
    """The registry of endpoints."""


@endpoint_app.command("import")
def import_csv(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {', '.join(COLUMNS)}; name and level at least")],
    data: DataDirectory = None,
    check: Annotated[bool, typer.Option("--check", help="only say what is wrong; nothing is stored")] = False,
    config: ConfigOption = None,
) -> None:
    """Add or renew endpoints from a CSV file (UTF-8). With any fault nothing is imported."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{file}: cannot be read as UTF-8: {error}", err=True)
        raise typer.Exit(2) from None
    rooms, faults = read_rooms(text)
    for fault in faults:
        typer.echo(f"{file}:{fault}", err=True)
    if faults:
        raise typer.Exit(2)
    if check:
        typer.echo(f"{file}: {len(rooms)} rows, no faults")
        return
    added, renewed, total = asyncio.run(_import(_location(data, config), rooms))
    typer.echo(f"{len(rooms)} imported ({added} new, {renewed} renewed), {total} in the registry")


@endpoint_app.command("export")
def export_csv(
    file: Annotated[Path | None, typer.Argument(help="where to; standard output if not given")] = None,
    data: DataDirectory = None,
    config: ConfigOption = None,
) -> None:
    """Write the registry as CSV that `import` reads."""
    text = write_rooms(asyncio.run(_rooms(_location(data, config))), titles=False)
    if file is None:
        sys.stdout.write(text.removeprefix("\ufeff"))
    else:
        file.write_text(text, encoding="utf-8", newline="")
        typer.echo(f"{file} written")


def _location(data: Path | None, config: Path | None) -> Path | str:
    try:
        return load_settings(config, overrides={"server.data": data}).store_location
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None


async def _import(location: Path | str, rooms: list[RegisteredEndpoint]) -> tuple[int, int, int]:
    from reception.store import Store  # half a second, which other commands need not wait for

    store = await Store.open(location)
    try:
        return await store.registry.import_rooms(rooms)
    finally:
        await store.close()


async def _rooms(location: Path | str) -> list[RegisteredEndpoint]:
    from reception.store import Store  # half a second, which other commands need not wait for

    store = await Store.open(location)
    try:
        return (await store.registry.rooms(limit=MAX_ROOMS))[0]
    finally:
        await store.close()
