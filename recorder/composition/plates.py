"""Words on the picture: name plates, the clock, a card where there is nothing. Pillow writes them, once each.

The typeface is DejaVu Sans (a free licence, all Vietnamese letters), which comes with matplotlib.
"""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Colour:
    """Of a plate's ground, in Y′CbCr."""

    y: int
    u: int
    v: int


NAVY = Colour(40, 146, 118)  # who listens
RED = Colour(78, 108, 182)  # who speaks
BLACK = Colour(16, 128, 128)
WHITE_Y = 235


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture in 4:2:0, to be laid on another."""

    y: Plane
    u: Plane
    v: Plane

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.y.shape[1], self.y.shape[0]


def typeface() -> Path:
    """The font file."""
    found = importlib.util.find_spec("matplotlib")  # not imported: that takes half a second
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("matplotlib, whose typeface the name plates are written in, is not installed")
    return Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(typeface()), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=512)
def plate(text: str, colour: Colour, *, letter: int, max_width: int, width: int = 0, height: int = 0) -> Plate:
    """`text` in white on `colour`, letters of `letter` pixels; shortened with "…" to fit max_width.

    width, height: of the plate, 0 for as large as the words need.
    """
    font = _font(letter)
    margin = letter // 3 + 2
    text = shortened(unicodedata.normalize("NFC", text), max_width - 2 * margin, font.getlength)
    wide = width or _even(int(font.getlength(text)) + 2 * margin)
    high = height or _even(round(letter * 1.6))
    mask = Image.new("L", (wide, high), 0)
    x = (wide - font.getlength(text)) / 2 if width else margin
    ImageDraw.Draw(mask).text((x, high / 2), text, fill=255, font=font, anchor="lm")
    ink = np.asarray(mask, dtype=np.float32) / 255
    half = ink.reshape(high // 2, 2, wide // 2, 2).mean(axis=(1, 3))
    return Plate(
        (colour.y + ink * (WHITE_Y - colour.y)).astype(np.uint8),
        (colour.u + half * (128 - colour.u)).astype(np.uint8),
        (colour.v + half * (128 - colour.v)).astype(np.uint8),
    )


def shortened(text: str, width: int, measure: Callable[[str], float]) -> str:
    """The text, or as much of it as fits with "…"."""
    if measure(text) <= width:
        return text
    while text and measure(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _even(value: int) -> int:
    return value + value % 2
