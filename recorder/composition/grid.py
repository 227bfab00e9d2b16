"""Where the pictures lie (pure): one large, the others small around it."""

from __future__ import annotations

from dataclasses import dataclass

SEAM = 2  # on each side of a picture, in pixels


@dataclass(frozen=True, slots=True)
class Rect:
    """In pixels; everything even, as 4:2:0 needs."""

    x: int
    y: int
    width: int
    height: int


def cells(count: int, width: int, height: int) -> list[Rect]:
    """Places for `count` pictures on width × height (16:9); the first is the large one."""
    if count <= 0:
        return []
    if count == 1:
        return [Rect(0, 0, _even(width), _even(height))]
    if count == 2:
        return [_between(width, height, 4, column, 1, 2) for column in (0, 2)]
    if count <= 4:  # a large one on the left, the others in a column on the right
        top = (4 - 3) / 2
        small = [_between(width, height, 4, 3, (4 - (count - 1)) / 2 + row, 1) for row in range(count - 1)]
        return [_between(width, height, 4, 0, top, 3), *small]
    columns, large = _raster(count)
    places = [
        _between(width, height, columns, column, row, 1)
        for row in range(columns)
        for column in range(columns)
        if column >= large or row >= large
    ]
    return [_between(width, height, columns, 0, 0, large), *places][:count]


def _raster(count: int) -> tuple[int, int]:
    """(columns, how many of them the large one takes)."""
    if count <= 6:
        return 3, 2
    if count <= 8:
        return 4, 3
    columns = 4
    while columns * columns - 3 < count:
        columns += 1
    return columns, 2


def _between(width: int, height: int, parts: int, column: float, row: float, span: int) -> Rect:
    """The place from one line of the raster to another, less the seam."""
    left, right = _even(width * column / parts), _even(width * (column + span) / parts)
    top, bottom = _even(height * row / parts), _even(height * (row + span) / parts)
    return Rect(left + SEAM, top + SEAM, right - left - 2 * SEAM, bottom - top - 2 * SEAM)


def _even(value: float) -> int:
    return round(value / 2) * 2


def fitted(width: int, height: int, place: Rect) -> Rect:
    """The largest place of the picture's shape within `place`, in its middle; a picture that nearly fits fills it."""
    if abs(width * place.height / (height * place.width) - 1) < 0.02:
        return place
    scale = min(place.width / width, place.height / height)
    fit_width, fit_height = max(2, _even(width * scale)), max(2, _even(height * scale))
    fit_width, fit_height = min(fit_width, place.width), min(fit_height, place.height)
    return Rect(
        place.x + _even((place.width - fit_width) / 2),
        place.y + _even((place.height - fit_height) / 2),
        fit_width,
        fit_height,
    )
