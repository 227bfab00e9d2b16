"""What arrives, from feedback of which some may be lost or late."""

from collections import deque
from collections.abc import Sequence

from bandwidth.feedback import SentGroup
from bandwidth.rate_window import RateWindow

WINDOW_S = 0.5
RECENT_S = 0.15
GAP_S = 0.045  # nothing reported of so long a time of sending: a report is missing, or nothing was sent
MAX_CLOCK_STEP_S = 3.0


class ArrivalRate:
    """`mean_bps`: all that was reported, over the last half second; what is lost of the feedback makes it lower."""

    def __init__(self) -> None:
        self._window = RateWindow(WINDOW_S)
        self._run: deque[tuple[float, int]] = deque()  # (latest received, bytes since the one before), without gaps
        self._last_sent_s = self._last_received_s = 0.0

    @property
    def mean_bps(self) -> float:
        """0 before there is anything."""
        return self._window.rate_bps()

    def add(self, size_bytes: int, groups: Sequence[SentGroup], *, received_s: float) -> None:
        """A report: bytes, the groups they were sent in, when the last arrived (the receiver's clock)."""
        if abs(received_s - self._last_received_s) > MAX_CLOCK_STEP_S:
            self._window = RateWindow(WINDOW_S)
            self._run.clear()
        if groups and groups[-1][1] < self._last_sent_s:  # late: what it says comes too late for the run
            self._window.add(size_bytes, at=received_s)
            return
        if groups and not -GAP_S < groups[0][0] - self._last_sent_s < GAP_S:
            self._run.clear()
        self._window.add(size_bytes, at=received_s)
        if groups:
            self._last_sent_s = groups[-1][1]
        self._last_received_s = received_s
        run = self._run
        run.append((received_s, size_bytes))
        while len(run) > 2 and received_s - run[1][0] >= RECENT_S:
            run.popleft()

    def recent_bps(self) -> float:
        """Over at least RECENT_S without a gap; the mean where there is no such time."""
        run = self._run
        span = run[-1][0] - run[0][0] if run else 0.0
        if span < RECENT_S:
            return self.mean_bps
        return 8 * (sum(size for _, size in run) - run[0][1]) / span
