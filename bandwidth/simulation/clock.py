"""Virtual time: what is to happen when, in order."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

Work = Callable[[float], None]


class VirtualClock:
    """Runs work at its time; what is due at the same moment runs in the order in which it was asked for."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = count()
        self._due: list[tuple[float, int, Work]] = []

    def at(self, when: float, work: Work) -> None:
        """Call `work(when)` then; what is late already runs next."""
        heappush(self._due, (max(when, self.now), next(self._order), work))

    def every(self, interval_s: float, work: Work, *, first: float) -> None:
        """Call `work` at `first` and each `interval_s` after it, for ever."""

        def again(now: float) -> None:
            self.at(now + interval_s, again)
            work(now)

        self.at(first, again)

    def run(self, until: float) -> None:
        """Do everything that is due before `until`."""
        due = self._due
        while due and due[0][0] < until:
            self.now, _, work = heappop(due)
            work(self.now)
        self.now = until
