"""The slope of the line that fits the last points best (least squares), from running sums."""

from collections import deque

RENEW_AFTER = 256  # points; rounding errors of the running sums do not pile up further


class SlidingLine:
    """The last `size` points (x, y)."""

    def __init__(self, size: int) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._size = size
        self.clear()

    @property
    def full(self) -> bool:
        """Whether there are `size` points."""
        return len(self._points) == self._size

    def clear(self) -> None:
        """Forget everything."""
        self._points.clear()
        self._renew()

    def add(self, x: float, y: float) -> None:
        """One more; the oldest goes when there are more than `size`."""
        if self._age >= RENEW_AFTER:
            self._renew()
        self._age += 1
        self._points.append((x, y))
        x -= self._base
        self._x += x
        self._y += y
        self._xx += x * x
        self._xy += x * y
        if len(self._points) > self._size:
            x, y = self._points.popleft()
            x -= self._base
            self._x -= x
            self._y -= y
            self._xx -= x * x
            self._xy -= x * y

    def slope(self) -> float:
        """dy/dx; 0 where all x are the same."""
        count = len(self._points)
        below = count * self._xx - self._x * self._x
        return (count * self._xy - self._x * self._y) / below if below > 1e-6 else 0.0

    def _renew(self) -> None:
        """The sums anew, with x counted from the oldest point."""
        self._age = 0
        base = self._base = self._points[0][0] if self._points else 0.0
        self._x = sum(x - base for x, _ in self._points)
        self._y = sum(y for _, y in self._points)
        self._xx = sum((x - base) ** 2 for x, _ in self._points)
        self._xy = sum((x - base) * y for x, y in self._points)
