"""The composed picture: tiles, name plates and the clock on one canvas in 4:2:0."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import av
import numpy as np

from recorder.composition.grid import Rect
from recorder.composition.plates import BLACK, NAVY, RED, Plane, Plate, plate

VIETNAM = timedelta(hours=7)  # no summer time since 1975: no time-zone data needed
GROUND_Y = 24


class Canvas:
    """width and height even. What is laid on stays until something else is."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._whole = np.empty((height * 3 // 2, width), dtype=np.uint8)
        self._y = self._whole[:height]
        self._u = self._whole[height : height * 5 // 4].reshape(height // 2, width // 2)
        self._v = self._whole[height * 5 // 4 :].reshape(height // 2, width // 2)
        self.clear(Rect(0, 0, width, height))

    def clear(self, place: Rect) -> None:
        """Ground colour."""
        rows, columns = slice(place.y, place.y + place.height), slice(place.x, place.x + place.width)
        self._y[rows, columns] = GROUND_Y
        half = slice(place.y // 2, (place.y + place.height) // 2), slice(place.x // 2, (place.x + place.width) // 2)
        self._u[half] = self._v[half] = 128

    def lay(self, planes: tuple[Plane, Plane, Plane], x: int, y: int) -> None:
        """A picture, its upper left corner at (x, y), both even; it must fit."""
        luma, u, v = planes
        self._y[y : y + luma.shape[0], x : x + luma.shape[1]] = luma
        half = slice(y // 2, y // 2 + u.shape[0]), slice(x // 2, x // 2 + u.shape[1])
        self._u[half] = u
        self._v[half] = v

    def lay_plate(self, words: Plate, x: int, y: int) -> None:
        """The same with a plate."""
        self.lay((words.y, words.u, words.v), x, y)

    def frame(self, number: int, fps: int) -> av.VideoFrame:
        """A copy of what is to be seen now, as picture `number`."""
        frame = av.VideoFrame.from_ndarray(self._whole, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, fps)
        return frame


def name_plate(name: str, place: Rect, *, speaks: bool) -> tuple[Plate, int, int]:
    """The plate and where it goes: at the tile's lower left."""
    letter = max(15, min(26, place.height // 16))
    words = plate(name, RED if speaks else NAVY, letter=letter, max_width=place.width - 8)
    return words, place.x + 4, place.y + place.height - words.size[1] - 4


def notice(text: str, place: Rect) -> tuple[Plate, int, int]:
    """Words in the middle of a tile where there is no picture."""
    letter = max(14, min(30, place.height // 12))
    words = plate(text, BLACK, letter=letter, max_width=place.width - 8)
    x, y = place.x + (place.width - words.size[0]) // 2, place.y + (place.height - words.size[1]) // 2
    return words, x - x % 2, y - y % 2


def clock_text(unix_ms: int) -> str:
    """Date and time in Việt Nam (UTC+7)."""
    return (datetime.fromtimestamp(unix_ms / 1000, UTC) + VIETNAM).strftime("%d/%m/%Y  %H:%M:%S")


def clock(unix_ms: int, height: int) -> Plate:
    """The clock's plate; it does not change its width."""
    letter = max(13, height // 36)
    widest = plate("88/88/8888  88:88:88", BLACK, letter=letter, max_width=10_000)
    return plate(
        clock_text(unix_ms), BLACK, letter=letter, max_width=10_000, width=widest.size[0], height=widest.size[1]
    )
