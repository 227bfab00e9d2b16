"""How long packets wait on the path: one-way delay above its lowest of the last seconds (RFC 6817 §3.2, base delay)."""

import math
from collections import deque

QUIET_S = 0.005  # a queue that need not be looked at more closely than once a feedback
BASE_WINDOW_S = 10.0
STANDING_WINDOW_S = 0.150  # a picture's burst comes and goes within this; a queue that outlasts it stands
SMOOTHING = 0.5  # of each group
MAX_STEP_S = 3.0  # clocks that jump further are another clock


class WindowedMinimum:
    """The lowest value of the last `window_s` seconds. Times do not go backward."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._kept: deque[tuple[float, float]] = deque()

    def add(self, value: float, *, at: float) -> float:
        """One more; the lowest now."""
        kept = self._kept
        while kept and kept[-1][1] >= value:
            kept.pop()
        kept.append((at, value))
        while at - kept[0][0] > self._window_s:
            kept.popleft()
        return kept[0][1]

    @property
    def lowest(self) -> float:
        """Infinity before there is anything."""
        return self._kept[0][1] if self._kept else math.inf

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


class QueueDelay:
    """`queue_s`: the queue, smoothed. `standing_s`: what of it did not go away for STANDING_WINDOW_S.

    Sending and receiving times are of two clocks; only their differences count. `keep_base`: do not let the lowest grow
    old, because somebody else keeps the queue full.
    """

    def __init__(self) -> None:
        self.queue_s = self.standing_s = 0.0
        self.keep_base = False
        self._base = WindowedMinimum(BASE_WINDOW_S)
        self._standing = WindowedMinimum(STANDING_WINDOW_S)
        self._base_s = math.inf
        self._last_s = math.inf

    def add(self, sent_at: float, received_at: float) -> None:
        """The last packet of a group."""
        delay = received_at - sent_at
        if abs(delay - self._last_s) > MAX_STEP_S:
            self._base.clear()
            self._standing.clear()
            self._base_s = math.inf
        self._last_s = delay
        lowest = self._base.add(delay, at=sent_at)
        self._base_s = min(self._base_s, lowest) if self.keep_base else lowest
        self.queue_s += (delay - self._base_s - self.queue_s) * SMOOTHING
        self.standing_s = max(0.0, self._standing.add(delay, at=sent_at) - self._base_s)

    @property
    def quiet_below_s(self) -> float:
        """Receiving minus sending time below which there is no queue worth a look; minus infinity if there is one."""
        if self.queue_s > QUIET_S or math.isinf(self._base_s):
            return -math.inf
        return self._base_s + QUIET_S
