"""`diemcau guides`: the help as files to hand out, one HTML and one PDF for each chapter."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from signalling.help_book import LANGUAGES, Language, book, docs_root
from signalling.help_print import PrintingError, pdf_of, standalone


def write_guides(directory: Path, language: Language, *, pdf: bool) -> list[Path]:
    """Every chapter of one language under `directory`, with the pictures. Raises PrintingError, OSError."""
    found = book(language)
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for chapter in found.chapters.values():
        page = directory / f"{chapter.id}.html"
        page.write_text(standalone(chapter, found, pictures="images/"), encoding="utf-8")
        written.append(page)
        if pdf:
            printed = directory / f"{chapter.id}.pdf"
            shutil.copyfile(pdf_of(chapter, found, directory / ".printed"), printed)
            written.append(printed)
    shutil.rmtree(directory / ".printed", ignore_errors=True)
    pictures = docs_root() / "images" / "vi"
    if pictures.is_dir():
        shutil.copytree(pictures, directory / "images" / "vi", dirs_exist_ok=True)
    return written


def guides_command(
    output: Annotated[Path, typer.Option("--output", "-o", help="directory to write to")] = Path("dist/guides"),
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="PDF needs Chromium or LibreOffice")] = True,
    language: Annotated[str, typer.Option(help="vi, en or all")] = "all",
) -> None:
    """Write the help's chapters (guides by role, playbooks, network, …) as HTML and PDF."""
    wanted = [each for each in LANGUAGES if language in (each, "all")]
    if not wanted:
        typer.echo("--language: vi, en hoặc all / vi, en or all", err=True)
        raise typer.Exit(2)
    for each in wanted:
        try:
            written = write_guides(output / each, each, pdf=pdf)
        except PrintingError as error:
            typer.echo(f"{error.reason_vi} / {error}", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{output / each}: {len(written)} tệp / files")
