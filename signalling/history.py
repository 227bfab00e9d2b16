"""The last minutes of numbers, second by second, in memory (pure)."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence

SECONDS = 600
Column = list[float | None]


class Series:
    """Rows of named numbers at rising times; the oldest give way when there are `capacity`. Nothing grows beyond."""

    __slots__ = ("_at", "_capacity", "_columns", "_count")

    def __init__(self, names: Sequence[str], *, capacity: int = SECONDS) -> None:
        self._capacity = capacity
        self._at = array("d", bytes(8 * capacity))
        self._columns = {name: array("f", bytes(4 * capacity)) for name in names}
        self._count = 0

    def add(self, at: float, row: Mapping[str, float | None]) -> None:
        """A row; what is not in it, or None, is unknown. at: any clock that does not go back."""
        place = self._count % self._capacity
        self._at[place] = at
        for name, column in self._columns.items():
            value = row.get(name)
            column[place] = math.nan if value is None else value
        self._count += 1

    def since(self, at: float) -> tuple[list[float], dict[str, Column]]:
        """Times and columns of the rows later than `at`, oldest first; None: unknown."""
        places = [place for place in self._places() if self._at[place] > at]
        return [self._at[place] for place in places], {
            name: [None if math.isnan(column[place]) else _shortened(column[place]) for place in places]
            for name, column in self._columns.items()
        }

    def _places(self) -> Iterator[int]:
        for number in range(max(0, self._count - self._capacity), self._count):
            yield number % self._capacity


def _shortened(value: float) -> float:
    """As many digits as a plot shows."""
    return round(value) if abs(value) >= 100 else round(value, 4)
