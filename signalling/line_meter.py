"""What came through in a time, from counters that grow (pure)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

WINDOW_S = 2.0  # longer than a burst of tokens or a queue that drains, shorter than a phase
SHORT_S = 1.0  # a browser that finds its line full goes well below it, and back up for longer than anybody waits


@dataclass(slots=True)
class BestWindow:
    """The highest rate that held for `window_s`."""

    window_s: float = WINDOW_S
    best_bps: float = 0.0
    _samples: deque[tuple[float, float]] = field(default_factory=deque)

    def add(self, total_bytes: float, *, now: float) -> None:
        """The counter now."""
        samples = self._samples
        samples.append((now, total_bytes))
        while len(samples) > 2 and now - samples[1][0] >= self.window_s:
            samples.popleft()
        begun_s, begun_bytes = samples[0]
        if now - begun_s >= self.window_s:
            self.best_bps = max(self.best_bps, 8 * (total_bytes - begun_bytes) / (now - begun_s))


class SumOfMany:
    """The counters of several, as one that grows."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self.total_bytes = 0.0

    def add(self, name: str, total_bytes: float) -> float:
        """One's counter now; the sum of all."""
        self.total_bytes += max(0.0, total_bytes - self._last.get(name, total_bytes))
        self._last[name] = total_bytes
        return self.total_bytes


def percent_lost(lost: int, sent: int) -> float:
    """Of what was sent; 0 where nothing was."""
    return round(100 * lost / sent, 2) if lost > 0 and sent > 0 else 0.0


def fair_shares(line_bps: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """A line among several, none more than it wants: who wants less leaves the rest to others."""
    shares: dict[str, int] = {}
    left = line_bps
    for count, (name, wish) in enumerate(sorted(wanted.items(), key=lambda each: each[1])):
        shares[name] = min(wish, left // (len(wanted) - count))
        left -= shares[name]
    return shares
