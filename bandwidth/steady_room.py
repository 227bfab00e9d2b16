"""How much of a line may be counted on for going up: what was there long enough, less what it has been dipping by.

An estimate swings: congestion control climbs and falls back by 13 % or more, a radio line changes by the second. Who
goes up to what fits at this moment falls again at the next dip. So the worst dip seen is kept as the margin while the
line is the same; a line that carries much less than before, or much more for DWELL_S, is another one, learnt anew.
"""

from collections import deque

DWELL_S = 1.0  # room must have been there for so long
LEAST_MARGIN, MOST_MARGIN = 0.01, 0.025  # what the pictures take varies too
MARGIN_BPS = 15_000  # between the two: fewer pictures vary by a larger share
USUAL_MARGIN = 0.04  # with the usual dips: so much must be to spare before pictures go up
SAFETY = 1.1  # times the dip: the next may be a little worse
SWING_S = 10.0  # a dip is measured from the highest of so long: a cycle of congestion control, and more
REMEMBERED_S = 60.0
AT_THE_TOP = 0.02  # less below the top than this, the dip is over
OTHER_LINE = 1.3  # times more or less than before; swings of ±10 % are 1.22


class SteadyRoom:
    """One line; bits/s. since_s: when it became another line."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque()
        self._highest = _Highest(SWING_S)
        self._dips = _Dips()
        self._level_bps = 0.0
        self.since_s = 0.0

    def update(self, bps: int, *, now: float) -> int:
        """The line's estimate now; what may be counted on. Never more than `bps`, nor than any within DWELL_S."""
        recent = self._recent
        recent.append((now, bps))
        while len(recent) > 1 and recent[1][0] <= now - DWELL_S:
            recent.popleft()
        rates = [each for _, each in recent]
        lowest = min(rates)
        if lowest > OTHER_LINE * self._level_bps or OTHER_LINE * bps < self._level_bps:
            self._level_bps, self.since_s = bps, now
            self._highest.clear()
            self._dips = _Dips()
        top = self._highest.update(bps, now=now)
        dip = SAFETY * self._dips.update(1.0 - bps / top if top else 0.0, now=now)
        margin = min(MOST_MARGIN, max(LEAST_MARGIN, MARGIN_BPS / top)) if top else 0.0
        return int(min(lowest, top * (1.0 - max(dip, margin))))


class _Dips:
    """How deep the dips of the last REMEMBERED_S went: the second worst of them."""

    def __init__(self) -> None:
        self._over: deque[tuple[float, float]] = deque()
        self._now = 0.0

    def update(self, depth: float, *, now: float) -> float:
        over = self._over
        if depth < AT_THE_TOP and self._now:
            over.append((now, self._now))
            self._now = 0.0
        elif depth >= AT_THE_TOP:
            self._now = max(self._now, depth)
        while over and over[0][0] < now - REMEMBERED_S:
            over.popleft()
        return sorted([0.0, self._now, *(each for _, each in over)])[-2]


class _Highest:
    """The highest value of the last `window_s`."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._falling: deque[tuple[float, float]] = deque()
        self.clear = self._falling.clear

    def update(self, value: float, *, now: float) -> float:
        falling = self._falling
        while falling and falling[-1][1] <= value:
            falling.pop()
        falling.append((now, value))
        while falling[0][0] < now - self._window_s:
            falling.popleft()
        return falling[0][1]
