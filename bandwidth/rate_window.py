"""Bytes over a sliding window of time."""

from collections import deque


class RateWindow:
    """Bits per second over the last `window_s` seconds. Times may come slightly out of order."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._entries: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._newest = 0.0

    def add(self, size_bytes: int, *, at: float) -> None:
        """Count `size_bytes` at time `at`."""
        self._entries.append((at, size_bytes))
        self._bytes += size_bytes
        self._newest = max(self._newest, at)
        self._expire(self._newest)

    def rate_bps(self, *, now: float | None = None) -> float:
        """The rate; 0 before there is anything."""
        self._expire(self._newest if now is None else now)
        return 8 * self._bytes / self._window_s

    @property
    def span_s(self) -> float:
        """From the oldest to the newest entry."""
        return self._newest - self._entries[0][0] if self._entries else 0.0

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._bytes = 0

    def _expire(self, now: float) -> None:
        entries = self._entries
        while entries and entries[0][0] <= now - self._window_s:
            self._bytes -= entries.popleft()[1]
