"""Each page of the app has its screenshot in Vietnamese, small enough for the repository."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.pages.routes import APP, routes_of_app

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs/images/vi"
MOST_BYTES = 150_000
ENTRIES = json.loads((PICTURES / "manifest.json").read_text(encoding="utf-8"))
ROUTES = routes_of_app(APP.read_text(encoding="utf-8"))


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_of_the_app_has_a_screenshot(route: str) -> None:
    shown = {entry["route"] for entry in ENTRIES}
    assert route in shown, f"add {route} to scripts/screenshots/shots.py and run `make screenshots`"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_screenshot_is_there_large_enough_to_read_and_small_to_keep(entry: dict[str, str]) -> None:
    data = (PICTURES / entry["file"]).read_bytes()
    assert len(data) <= MOST_BYTES
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size in ((1366, 768), (1920, 1080))
        assert len(picture.convert("L").getcolors() or range(300)) > 8  # not an empty page
    assert entry["title"]


def test_no_picture_lies_about_unnamed() -> None:
    assert {each.name for each in PICTURES.glob("*.png")} == {entry["file"] for entry in ENTRIES}
