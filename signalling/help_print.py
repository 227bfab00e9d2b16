"""A chapter of the help as one HTML file, and as PDF by a browser or by LibreOffice, whichever is installed."""

from __future__ import annotations

import hashlib
import html
import shutil
import subprocess
import tempfile
from pathlib import Path

from reception.papers.render import office_program
from signalling.help_book import Book, Chapter, docs_root

TIMEOUT_S = 90
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_TAGLINE = {"vi": "Điểm Cầu · Tiếp công dân trực tuyến", "en": "Điểm Cầu · Online citizen receptions"}
_CONTENTS = {"vi": "Nội dung", "en": "Contents"}
STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm;
  @bottom-center { content: counter(page); font: 9pt sans-serif; color: #5b6776; } }
* { box-sizing: border-box; }
body { font: 11pt/1.55 "Be Vietnam Pro", "Noto Sans", "Segoe UI", "DejaVu Sans", "Liberation Sans", sans-serif;
  color: #1b2633; max-width: 860px; margin: 0 auto; padding: 24px; }
header { border-bottom: 3px solid #d9a441; margin-bottom: 20px; padding-bottom: 8px; color: #28548c; font-weight: 600; }
h1 { font-size: 22pt; line-height: 1.2; color: #14263f; margin: 10px 0 14px; }
h2 { font-size: 15pt; color: #14263f; margin: 26px 0 8px; border-bottom: 1px solid #d9e3f0; padding-bottom: 3px; }
h3 { font-size: 12pt; color: #28548c; margin: 18px 0 6px; }
h2, h3 { break-after: avoid; }
img { max-width: 100%; border: 1px solid #c9d5e6; border-radius: 6px; margin: 8px 0; break-inside: avoid; }
table { border-collapse: collapse; width: 100%; margin: 10px 0; font-size: 10pt; }
th, td { border: 1px solid #c9d5e6; padding: 6px 8px; text-align: left; vertical-align: top; }
th { background: #eef3fa; }
tr { break-inside: avoid; }
blockquote { margin: 12px 0; padding: 8px 14px; border-left: 5px solid #d9a441; background: #fff8e6; }
blockquote p { margin: 4px 0; }
code { background: #eef3fa; padding: 1px 5px; border-radius: 4px; font-size: 9.5pt; }
pre { background: #eef3fa; padding: 10px 12px; border-radius: 6px; white-space: pre-wrap; break-inside: avoid; }
pre code { padding: 0; }
a { color: #28548c; }
nav { background: #f4f6f9; border-radius: 8px; padding: 10px 18px; margin: 14px 0 22px; break-inside: avoid; }
nav ul { margin: 4px 0; padding-left: 20px; columns: 2; }
@media print { body { padding: 0; max-width: none; } }
"""


class PrintingError(Exception):
    """No PDF can be made here; the sentence says why, `reason_vi` says it in Vietnamese."""

    def __init__(self, reason_vi: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.reason_vi = reason_vi


def standalone(chapter: Chapter, book: Book, *, pictures: str = "/help/images/") -> str:
    """The whole HTML document. `pictures`: where its pictures are, an address that ends with "/"."""
    body = chapter.html.replace('src="/help/images/', f'src="{pictures}').replace(' loading="lazy"', "")
    heads = [each for each in chapter.sections if each.level == 2 and each.anchor]
    links = "".join(f'<li><a href="#{each.anchor}">{html.escape(each.title)}</a></li>' for each in heads)
    contents = f"<nav><strong>{_CONTENTS[book.language]}</strong><ul>{links}</ul></nav>" if len(heads) > 2 else ""
    for name in book.chapters:
        body = body.replace(f'href="/help/{name}"', f'href="{name}.html"').replace(
            f'href="/help/{name}#', f'href="{name}.html#'
        )
    return (
        f'<!doctype html><html lang="{book.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(chapter.title)} · Điểm Cầu</title>'
        f"<style>{STYLE}</style></head><body><header>{_TAGLINE[book.language]}</header>"
        f"<main><h1>{html.escape(chapter.title)}</h1>{contents}{body}</main></body></html>"
    )


def pdf_of(chapter: Chapter, book: Book, cache: Path) -> Path:
    """The chapter's PDF, made at the first call and kept in `cache`. Raises PrintingError."""
    document = standalone(chapter, book, pictures=(docs_root() / "images").resolve().as_uri() + "/")
    key = hashlib.sha256(document.encode()).hexdigest()[:16]
    path = cache / f"{chapter.id}-{book.language}-{key}.pdf"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        for older in cache.glob(f"{chapter.id}-{book.language}-*.pdf"):
            older.unlink()
        print_pdf(document, path)
    return path


def print_pdf(document: str, path: Path) -> None:
    """Print one HTML document to `path`, at the lowest priority. Raises PrintingError."""
    with tempfile.TemporaryDirectory(prefix="diemcau-print-") as name:
        directory = Path(name)
        source, made = directory / "page.html", directory / "page.pdf"
        source.write_text(document, encoding="utf-8")
        for command in _commands(source, made, directory):
            try:
                subprocess.run(["nice", "-n", "19", *command], capture_output=True, timeout=TIMEOUT_S, check=False)
            except (OSError, subprocess.TimeoutExpired):
                continue
            if made.exists() and made.stat().st_size:
                unfinished = path.with_suffix(".part")
                shutil.copyfile(made, unfinished)
                unfinished.replace(path)
                return
    raise PrintingError(
        "Máy chủ chưa cài Chromium hoặc LibreOffice. Hãy mở bản HTML rồi dùng chức năng In, chọn “Lưu thành PDF”.",
        "Neither Chromium nor LibreOffice works here: open the HTML file and print it to PDF.",
    )


def _commands(source: Path, made: Path, directory: Path) -> list[list[str]]:
    commands = []
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), "")
    if browser:
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        profile = f"--user-data-dir={directory / 'profile'}"
        to_file = ["--no-pdf-header-footer", f"--print-to-pdf={made}"]
        commands.append([browser, *quiet, profile, *to_file, source.as_uri()])
    office = office_program()
    if office:
        profile = f"-env:UserInstallation={(directory / 'office').as_uri()}"
        convert = ["--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(directory)]
        commands.append([office, profile, "--headless", *convert, str(source)])
    return commands
