"""`diemcau guides` writes what can be handed out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diemcau.cli import app
from signalling.help_book import book


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_chapter_is_a_page_whose_links_and_pictures_are_there(tmp_path: Path, language: str) -> None:
    answer = CliRunner().invoke(app, ["guides", "-o", str(tmp_path), "--no-pdf", "--language", language])
    assert answer.exit_code == 0, answer.output
    pages = {each.stem: each.read_text(encoding="utf-8") for each in (tmp_path / language).glob("*.html")}
    assert set(pages) == set(book("vi").chapters)
    for name, text in pages.items():
        for target in re.findall(r'(?:href|src)="([^"#:]+)', text):
            assert (tmp_path / language / target).exists(), f"{name}: {target}"


def test_another_language_is_refused(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["guides", "-o", str(tmp_path), "--language", "fr"])
    assert answer.exit_code == 2
    assert not list(tmp_path.iterdir())
