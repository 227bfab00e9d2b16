"""What the demo's rooms look like and how they sound: drawn people at a table, a voice-like hum. Nobody's likeness."""

from __future__ import annotations

import base64
import io
import math
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.clip import Pixels, Scenery

WIDTH, HEIGHT = 1280, 720
_WALLS = ((214, 204, 186), (186, 203, 214), (205, 214, 190), (219, 198, 190), (196, 192, 214), (210, 210, 205))
_SHIRTS = ((40, 70, 120), (240, 240, 236), (96, 62, 52), (52, 92, 74), (120, 48, 58), (70, 70, 84))
_SKIN = ((226, 184, 150), (209, 162, 128), (234, 196, 164))
_HAIR = ((28, 26, 28), (52, 40, 34), (110, 108, 106))


def room_scenery(number: int, name: str, people: int) -> Scenery:
    """A room with its name on the wall and some people who move a little."""
    wall = _room(number, name)
    figures = [_figure(number * 3 + index) for index in range(people)]

    def picture(index: int, frames: int) -> Pixels:
        image = wall.copy()
        turn = 2 * math.pi * index / frames
        for place, figure in enumerate(figures):
            x = WIDTH * (place + 1) // (people + 1) - figure.width // 2 + round(9 * math.sin(turn + place))
            y = HEIGHT - 170 - figure.height + round(5 * math.sin(2 * turn + place * 2))
            image.paste(figure, (x, y), figure)
        _table(image)
        return np.asarray(image, dtype=np.uint8)

    return Scenery(name=f"room-2-{number}-{name}-{people}", picture=picture, sound=_voice(number))


def snapshot(scenery: Scenery) -> str:
    """A small JPEG in base64, as pages send it to the console."""
    image = Image.fromarray(scenery.picture(0, 25)).resize((320, 180))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=70)
    return base64.b64encode(data.getvalue()).decode()


def lettering(size: int) -> ImageFont.FreeTypeFont:
    """A font that has every Vietnamese letter."""
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf", size)


def _room(number: int, name: str) -> Image.Image:
    base = _WALLS[number % len(_WALLS)]
    image = Image.new("RGB", (WIDTH, HEIGHT), base)
    draw = ImageDraw.Draw(image)
    for row in range(HEIGHT):  # light from above
        shade = 1.06 - 0.22 * row / HEIGHT
        draw.line((0, row, WIDTH, row), fill=tuple(min(255, int(part * shade)) for part in base))
    window = 90 if number % 2 else WIDTH - 330
    draw.rectangle((window, 110, window + 240, 350), fill=(236, 244, 248), outline=(150, 140, 126), width=8)
    draw.line((window + 120, 110, window + 120, 350), fill=(150, 140, 126), width=6)
    font = lettering(38)
    left, _, right, _ = draw.textbbox((0, 0), name, font=font)
    half = (right - left) // 2
    draw.rectangle((WIDTH // 2 - half - 24, 40, WIDTH // 2 + half + 24, 104), fill=(20, 38, 63))
    draw.text((WIDTH // 2 - half, 46), name, font=font, fill=(255, 255, 255))
    return image


def _table(image: Image.Image) -> None:
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, HEIGHT - 176, WIDTH, HEIGHT), fill=(112, 74, 46))
    draw.rectangle((0, HEIGHT - 176, WIDTH, HEIGHT - 156), fill=(146, 100, 64))


def _figure(number: int) -> Image.Image:
    """Head and shoulders, drawn twice as large and made small, so that edges are smooth."""
    image = Image.new("RGBA", (520, 720), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    skin, hair = _SKIN[number % len(_SKIN)], _HAIR[number % len(_HAIR)]
    draw.rounded_rectangle((30, 380, 490, 800), 150, fill=_SHIRTS[number % len(_SHIRTS)])
    draw.rectangle((215, 300, 305, 420), fill=tuple(part - 22 for part in skin))
    draw.ellipse((140, 60, 380, 360), fill=skin)
    draw.pieslice((128, 40, 392, 330), 180, 360, fill=hair)
    for eye in (210, 310):
        draw.ellipse((eye - 13, 205, eye + 13, 231), fill=(40, 34, 34))
    draw.arc((215, 250, 305, 310), 20, 160, fill=(150, 84, 80), width=7)
    return image.resize((260, 360), Image.Resampling.LANCZOS)


def _voice(number: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    """A second of hum with syllables; it ends as it begins."""
    time = np.arange(48_000) / 48_000
    pitch = 110 + 14 * (number % 6)
    tone = sum(np.sin(2 * np.pi * pitch * part * time) / part**1.3 for part in range(1, 9))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) ** 0.7
    samples: np.ndarray[Any, np.dtype[np.int16]] = (2600 * tone * syllables).astype(np.int16)
    return samples
