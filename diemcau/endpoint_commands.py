"""`diemcau endpoint`: the registry of rooms."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Annotated

import typer

from config.loader import load_settings
from reception.records import RegisteredEndpoint

endpoint_app = typer.Typer(no_args_is_help=True, help="The registry of endpoints.")

COLUMNS = ("name", "level", "organisation", "place", "contact")
LEVELS = ("trung_uong", "tinh", "so_nganh", "xa")


@endpoint_app.callback()
def _endpoint() -> None:
    """The registry of endpoints."""


@endpoint_app.command("import")
def import_csv(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {', '.join(COLUMNS)}")],
    data: Annotated[Path | None, typer.Option("--data")] = None,
) -> None:
    """Add or renew endpoints from a CSV file (UTF-8). With any fault nothing is imported."""
    endpoints, faults = read_csv(file)
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(2)
    settings = load_settings(None, overrides={"server.data": data})
    total = asyncio.run(_store(settings.server.data, endpoints))
    typer.echo(f"{len(endpoints)} imported, {total} in the registry")


async def _store(data: Path, endpoints: list[RegisteredEndpoint]) -> int:
    from reception.store import Store  # half a second, which other commands need not wait for

    store = await Store.open(data / "diemcau.sqlite")
    try:
        return await store.register_endpoints(endpoints)
    finally:
        await store.close()


def read_csv(file: Path) -> tuple[list[RegisteredEndpoint], list[str]]:
    """(endpoints, faults as FILE:LINE: column: what is wrong)."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return [], [f"{file}: cannot be read: {error}"]
    reader = csv.DictReader(text.splitlines())
    unknown = set(reader.fieldnames or ()) - set(COLUMNS)
    missing = {"name", "level"} - set(reader.fieldnames or ())
    if unknown or missing:
        return [], [f"{file}:1: columns must be {', '.join(COLUMNS)} (name and level at least)"]
    endpoints, faults = [], []
    seen: set[str] = set()
    for number, row in enumerate(reader, start=2):
        name, level = (row["name"] or "").strip(), (row["level"] or "").strip()
        if not 0 < len(name) <= 120:
            faults.append(f"{file}:{number}: name: 1 to 120 characters")
        elif name in seen:
            faults.append(f"{file}:{number}: name: {name} stands twice")
        if level not in LEVELS:
            faults.append(f"{file}:{number}: level: {level!r} must be one of {', '.join(LEVELS)}")
        seen.add(name)
        rest = {key: (row.get(key) or "").strip() for key in COLUMNS[2:]}
        endpoints.append(RegisteredEndpoint(name=name, level=level, **rest))
    return endpoints, faults
