"""What came through in a time, from counters that grow (pure)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

WINDOW_S = 2.0  # longer than a burst of tokens or a queue that drains, shorter than a phase
TOLERATED_S = 0.02  # a wake-up as late as this disturbs nothing: feedback goes out every 50 to 100 ms
BUSY_SHARE = 0.1  # of the time late, and what was measured is not to be trusted
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


@dataclass(slots=True)
class Lateness:
    """How late this process wakes. Where it often does, its processor was busy: congestion control heard too late of
    what arrived, and a low rate says little of the line.
    """

    late_s: float = 0.0
    passed_s: float = 0.0

    def add(self, asked_s: float, took_s: float) -> None:
        """A sleep that was asked for, and how long it took."""
        self.passed_s += took_s
        if took_s - asked_s > TOLERATED_S:
            self.late_s += took_s - asked_s

    @property
    def busy(self) -> bool:
        """Whether too much of the time was spent late."""
        return self.late_s > BUSY_SHARE * self.passed_s


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
