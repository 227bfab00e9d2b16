"""Purpose and person of what the command line does with recordings, for the custody log; `diemcau recording log`."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from recorder.custody import CustodyUnwritable, Person, check_log, logged_use, read_log

PURPOSE = "command line"
PurposeOption = Annotated[
    str, typer.Option("--purpose", help="what it is done for; it is logged. Asked for at a terminal if left out")
]


def system_user() -> Person:
    """Whoever the system says runs the command; with sudo, who called it."""
    name = os.environ.get("SUDO_USER") or _user_name()
    return Person(identity=f"system:{name}@{socket.gethostname()}", name=name, role="command line")


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def stated_purpose(purpose: str) -> str:
    """The purpose given, else asked for at a terminal, else "command line"."""
    if not purpose.strip() and sys.stdin.isatty() and sys.stderr.isatty():
        purpose = typer.prompt("Mục đích sử dụng (được ghi nhật ký) / Purpose (it is logged)", err=True)
    return purpose.strip() or PURPOSE


def data_of(directory: Path, data: Path | None = None) -> Path:
    """The data directory whose log a use of this recording belongs into; beside a copy if it is in none."""
    if data is not None:
        return data
    parent = directory.resolve().parent
    return parent.parent if parent.name == "recordings" else parent


@contextmanager
def logged(
    directory: Path, *, what: str, purpose: str, data: Path | None = None, **facts: object
) -> Iterator[dict[str, object]]:
    """Run the body with a line in the custody log before and after it. Exits with 1 if the log cannot be written."""
    begun = False
    try:
        with logged_use(
            data_of(directory, data),
            directory.resolve().name,
            what=what,
            who=system_user(),
            purpose=stated_purpose(purpose),
            **facts,
        ) as found:
            begun = True
            yield found
    except CustodyUnwritable as error:
        hint = "" if begun else " --data DIR"
        typer.echo(f"{error}{hint}", err=True)
        raise typer.Exit(1) from None


def log_command(
    directory: Annotated[Path | None, typer.Argument(help="a recording's directory; all if left out")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="directory of store, keys and recordings")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Who used recordings, when, what for. Exit 1 if the log was changed."""
    import json

    from config.loader import load_settings

    settings = load_settings(None, overrides={"server.data": data})
    root = data_of(directory, data) if directory is not None else settings.server.data
    lines = read_log(root, directory.resolve().name if directory is not None else "")
    check = check_log(root)
    if as_json:
        found = {"lines": lines, "whole": not check.fault, "fault": check.fault, "line": check.line, "head": check.head}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(lines)
        typer.echo(f"{check.lines} lines, whole" if not check.fault else f"line {check.line}: {check.fault}")
    raise typer.Exit(1 if check.fault else 0)


def _show(lines: list[dict[str, Any]]) -> None:
    from datetime import datetime

    table = Table("time", "recording", "what", "who", "purpose", "result")
    for line in lines:
        at = datetime.fromtimestamp(line["at_ms"] / 1000).astimezone().isoformat(timespec="seconds")
        who = f"{line['who']['name']} ({line['who']['role']})"
        table.add_row(at, line["recording"], line["what"], who, line["purpose"], line["result"])
    Console().print(table)
