"""`diemcau audit`: verify and export the audit log."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from diemcau.profile_commands import ConfigOption, DataOption
from diemcau.user_commands import Console, run
from reception.audit import AuditFilter
from reception.audit_chain import ChainVerdict, FaultKind, from_json, syslog_line, verify_chain

audit_app = typer.Typer(no_args_is_help=True, help="The audit log: who did what, when, and how it went.")

_WORDS = {
    FaultKind.ALTERED: "mục {0} đã bị sửa / entry {0} was altered",
    FaultKind.MISSING: "thiếu mục {0} / entry {0} is missing",
    FaultKind.REORDERED: "mục {0} sai thứ tự / entry {0} is out of order",
    FaultKind.TRUNCATED: "phần cuối đã bị cắt: không còn mục {0} / the end was cut off: entry {0} is gone",
    FaultKind.UNKNOWN_HEAD: "mục {0} không phải là mục đã ghi nhận / entry {0} is not the one that was noted",
}


@audit_app.callback()
def _audit() -> None:
    """The audit log."""


@audit_app.command("verify")
def verify(
    file: Annotated[Path | None, typer.Argument(help="an export (JSON lines, whole); none: the server's log")] = None,
    head: Annotated[str, typer.Option(help="a hash noted earlier, which must still be in the log")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Exit 0 if the chain is whole, else 1 with one line per fault."""
    verdict = _verdict_of_file(file, head) if file is not None else run(lambda each: _verify(each, head), data, config)
    if as_json:
        faults = [{"kind": each.kind, "sequence": each.sequence} for each in verdict.faults]
        values = {"whole": verdict.whole, "entries": verdict.entries, "head": verdict.head, "faults": faults}
        typer.echo(json.dumps(values))
    else:
        state = "toàn vẹn / whole" if verdict.whole else "KHÔNG toàn vẹn / NOT whole"
        typer.echo(f"{state}: {verdict.entries} mục / entries, head {verdict.head}")
        for fault in verdict.faults:
            typer.echo(_WORDS[fault.kind].format(fault.sequence or head or "?"))
    if not verdict.whole:
        raise typer.Exit(1)


async def _verify(console: Console, head: str) -> ChainVerdict:
    return await console.audit.log.verify(head=head)


def _verdict_of_file(file: Path, head: str) -> ChainVerdict:
    try:
        entries = [from_json(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    except (OSError, ValueError) as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(2) from None
    return verify_chain(entries, head=head)


@audit_app.command("export")
def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="a file; none: standard output")] = None,
    kind: Annotated[str, typer.Option("--format", help="json (one object a line) or syslog (RFC 5424)")] = "json",
    since: Annotated[str, typer.Option(help="UTC, e.g. 2026-11-30T08:00:00Z: entries from then on")] = "",
    until: Annotated[str, typer.Option(help="UTC: entries before")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the log, oldest first. A whole export as JSON can be verified without the server."""
    if kind not in ("json", "syslog"):
        typer.echo("--format: json or syslog", err=True)
        raise typer.Exit(2)
    host = socket.gethostname()
    wanted = AuditFilter(since=since.rstrip("Z"), until=until.rstrip("Z"))

    async def work(console: Console) -> int:
        count = 0
        with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as target:
            async for entry in console.audit.log.stream(wanted):
                line = entry.as_json() if kind == "json" else syslog_line(entry, host=host)
                target.write(line + "\n")
                count += 1
        return count

    count = run(work, data, config)
    typer.echo(f"{count} mục / entries", err=True)
