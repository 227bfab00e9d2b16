"""`diemcau paper`: papers of a session, reports of a period, the office's own templates and texts."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from config.loader import load_settings
from config.models import Settings
from config.office_texts import load_texts, own_texts_path, shipped_texts
from config.problems import ConfigError
from diemcau.profile_commands import ConfigOption, DataOption, print_problems
from reception.papers.kinds import PAPERS, TEMPLATES, Format, Paper

if TYPE_CHECKING:
    from diemcau.paper_desk import Desk

T = TypeVar("T")
paper_app = typer.Typer(no_args_is_help=True, help="Papers of sessions, reports of a period, templates and texts.")
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="where to; else a file of its own name in this directory")
]
FormatOption = Annotated[str, typer.Option("--format", help="docx, pdf, xlsx or csv, of those that the paper has")]


@paper_app.callback()
def _paper() -> None:
    """Papers, templates and texts."""


def _fail(message: str, code: int = 2) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _settings(data: object, config: object) -> Settings:
    try:
        return load_settings(config, overrides={"server.data": data})  # type: ignore[arg-type]
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None


def _run(work: Callable[[Desk], Awaitable[T]], data: object, config: object) -> T:
    """Do something with the papers of a data directory; what cannot be made ends the command with 1."""
    from diemcau.paper_desk import CannotMake, at_desk

    try:
        return asyncio.run(at_desk(_settings(data, config), work))
    except CannotMake as error:
        _fail(str(error), 1)
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None


def _paper_of(kind: str, *, session: bool) -> Paper:
    known = [each.kind for each in PAPERS.values() if (each.session if session else each.period)]
    if kind not in known:
        _fail(f"{kind}: must be one of {', '.join(known)}")
    return PAPERS[kind]


def _format(paper: Paper, wanted: str) -> Format:
    chosen = wanted or str(paper.formats[0])
    if chosen not in paper.formats:
        _fail(f"--format {chosen}: must be one of {', '.join(paper.formats)}")
    return Format(chosen)


@paper_app.command("list")
def list_papers() -> None:
    """Which papers there are, and in which formats."""
    for paper in PAPERS.values():
        about = "session" if not paper.period else ("session, period" if paper.session else "period")
        typer.echo(f"{paper.kind:11} {'/'.join(paper.formats):19} {about:16} {paper.title.vi} / {paper.title.en}")


@paper_app.command("make")
def make(
    session: Annotated[str, typer.Argument(help="the session's id or its number, e.g. TCD-2026-11-0001")],
    kind: Annotated[str, typer.Argument(help="which paper; see `diemcau paper list`")],
    output: OutputOption = None,
    wanted: FormatOption = "",
    endpoint: Annotated[str, typer.Option(help="minutes: an endpoint's name or id, a copy to be signed there")] = "",
    table: Annotated[str, typer.Option(help="CSV: which table")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Write a paper of a session. It is noted in the audit log."""
    paper = _paper_of(kind, session=True)
    chosen = _format(paper, wanted)
    path = _run(
        lambda desk: desk.session_paper(session, paper, chosen, output, endpoint=endpoint, table=table), data, config
    )
    typer.echo(path)


@paper_app.command("report")
def report(
    kind: Annotated[str, typer.Argument(help="statistics, register, annex or equipment")] = "statistics",
    begins: Annotated[str, typer.Option("--from", help="first day, as 2026-11-01")] = "",
    ends: Annotated[str, typer.Option("--to", help="last day")] = "",
    level: Annotated[str, typer.Option(help="of the competent body: trung_uong, tinh, xa, so_nganh")] = "",
    place: Annotated[str, typer.Option(help="the host organisation's whole name")] = "",
    matter_class: Annotated[str, typer.Option("--class", help="of the matter: 1 to 6")] = "",
    result: Annotated[str, typer.Option(help="only matters with this outcome")] = "",
    output: OutputOption = None,
    wanted: FormatOption = "",
    table: Annotated[str, typer.Option(help="CSV: which table")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="statistics: print the figures, write no file")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Write a report of the sessions of a period. Rehearsals do not count."""
    query = {"from": begins, "to": ends, "level": level, "place": place, "class": matter_class, "result": result}
    if as_json:
        figures = _run(lambda desk: desk.figures(query), data, config)
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    paper = _paper_of(kind, session=False)
    chosen = _format(paper, wanted)
    typer.echo(_run(lambda desk: desk.report(paper, chosen, query, output, table=table), data, config))


@paper_app.command("templates")
def templates(
    copy: Annotated[str, typer.Option(help="a template's name, or all: copy it to DATA/templates to be edited")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Which templates are in use; copy the product's so that the office can edit its own."""
    from reception.papers.templates import find_template, own_folder, shipped_folder

    folder = _settings(data, config).server.data
    if copy and copy not in (*TEMPLATES, "all"):
        _fail(f"--copy {copy}: must be all or one of {', '.join(TEMPLATES)}")
    for name in TEMPLATES:
        target = own_folder(folder) / name
        if copy in (name, "all") and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped_folder() / name, target)
        found = find_template(name, folder)
        typer.echo(f"{name:28} {'của cơ quan / own' if found.own else 'có sẵn / shipped':20} {found.path}")


@paper_app.command("texts")
def texts(
    copy: Annotated[bool, typer.Option("--copy", help="copy the texts to DATA/texts to be edited")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Which legal texts papers cite; copy the product's so that the office can edit its own."""
    folder = _settings(data, config).server.data
    path = own_texts_path(folder)
    if copy and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shipped_texts(), encoding="utf-8")
    try:
        found = load_texts(folder)
    except ConfigError as error:
        print_problems(error.problems)
        raise typer.Exit(2) from None
    where = str(path) if path.exists() else "có sẵn / shipped"
    typer.echo(f"{found.version}: {where}")


@paper_app.command("check")
def check(data: DataOption = None, config: ConfigOption = None) -> None:
    """Try the texts and every template against a made-up session. Exit 2 with one line per fault."""
    tried = _run(lambda desk: desk.try_templates(), data, config)
    for each in tried:
        if each.fault is not None:
            typer.echo(str(each.fault.words), err=True)
    faults = sum(1 for each in tried if each.fault is not None)
    typer.echo(f"{len(tried) - faults}/{len(tried)} mẫu đúng / templates right")
    sys.exit(2 if faults else 0)
