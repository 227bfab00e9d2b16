"""Is the queue growing? Delay gradient over groups of packets (draft-ietf-rmcat-gcc-02 §5.1 to §5.4; Carlucci et al.,
"Analysis and Design of the Google Congestion Control for WebRTC", MMSys 2016, with the trendline filter)."""

import math
from collections.abc import Sequence
from enum import Enum

from bandwidth.feedback import GROUP_S, SentGroup
from bandwidth.queue_delay import MAX_STEP_S, QueueDelay
from bandwidth.sliding_line import SlidingLine

WINDOW_GROUPS = 20
SMOOTHING = 0.9
GAIN = 4.0
MAX_DELTAS = 60
THRESHOLD_MS, THRESHOLD_MIN_MS, THRESHOLD_MAX_MS = 12.5, 6.0, 600.0
K_UP, K_DOWN = 0.0087, 0.039
OVERUSE_S = 0.010


class Usage(Enum):
    """What the delay says of the line."""

    NORMAL = "normal"
    OVERUSE = "overuse"
    UNDERUSE = "underuse"


class TrendlineDetector:
    """Feeds on groups of packets in the order of sending; `usage` is its verdict, `queue` what waits on the path."""

    def __init__(self) -> None:
        self.usage = Usage.NORMAL
        self.queue = QueueDelay()
        self._group: tuple[float, float, float] | None = None  # first sent, last sent, last received
        self._previous: tuple[float, float] | None = None
        self._line = SlidingLine(WINDOW_GROUPS)
        self._base_s = 0.0
        self._accumulated_ms = 0.0
        self._smoothed_ms = 0.0
        self._deltas = 0
        self._threshold_ms = THRESHOLD_MS
        self._threshold_at = -1.0
        self._over_since: float | None = None
        self._last_trend = 0.0

    def on_groups(self, groups: Sequence[SentGroup]) -> None:
        """Groups of packets reported together. While the line is quiet they count as one: their deltas add up."""
        if len(groups) > 1 and self._quiet(groups):
            groups = [(groups[0][0], groups[-1][1], groups[-1][2])]
        for group in groups:
            first, last, latest = group
            before = self._group
            if before is not None and first < before[0]:
                continue  # late feedback: it says nothing of the line now
            if before is not None and first - before[0] <= GROUP_S:
                self._group = (before[0], max(before[1], last), max(before[2], latest))
                continue
            if before is not None:
                self._close_group(before[1], before[2])
            self._group = group

    @property
    def quiet_below_s(self) -> float:
        """See QueueDelay; minus infinity also while the trend is not level."""
        return self.queue.quiet_below_s if self.usage is Usage.NORMAL else -math.inf

    def _quiet(self, groups: Sequence[SentGroup]) -> bool:
        limit = self.quiet_below_s
        return all(latest - last < limit for _, last, latest in groups)

    def _close_group(self, sent: float, received: float) -> None:
        self.queue.add(sent, received)
        previous, self._previous = self._previous, (sent, received)
        if previous is None:
            self._base_s = received
            return
        send_delta, receive_delta = sent - previous[0], received - previous[1]
        if abs(receive_delta) > MAX_STEP_S or send_delta <= 0 or send_delta > MAX_STEP_S:
            self._restart(received)
            return
        self._deltas = min(self._deltas + 1, MAX_DELTAS)
        self._accumulated_ms += 1000 * (receive_delta - send_delta)
        self._smoothed_ms = SMOOTHING * self._smoothed_ms + (1 - SMOOTHING) * self._accumulated_ms
        self._line.add(1000 * (received - self._base_s), self._smoothed_ms)
        if self._line.full:
            self._decide(self._line.slope() * self._deltas * GAIN, sent)

    def _restart(self, received: float) -> None:
        self._line.clear()
        self._accumulated_ms = self._smoothed_ms = 0.0
        self._base_s = received
        self._deltas = 0

    def _decide(self, trend: float, now: float) -> None:
        if trend > self._threshold_ms:
            if self._over_since is None:
                self._over_since = now
            elif now - self._over_since > OVERUSE_S and trend >= self._last_trend:
                self.usage = Usage.OVERUSE
        else:
            self._over_since = None
            self.usage = Usage.UNDERUSE if trend < -self._threshold_ms else Usage.NORMAL
        self._last_trend = trend
        self._adapt(abs(trend), now)

    def _adapt(self, magnitude: float, now: float) -> None:
        """Adaptive threshold, §5.4: follows slowly, ignores spikes of more than 15 ms above it."""
        elapsed_ms = 0.0 if self._threshold_at < 0 else min(1000 * (now - self._threshold_at), 100.0)
        self._threshold_at = now
        if magnitude > self._threshold_ms + 15.0:
            return
        gain = K_DOWN if magnitude < self._threshold_ms else K_UP
        self._threshold_ms += gain * (magnitude - self._threshold_ms) * elapsed_ms
        self._threshold_ms = min(max(self._threshold_ms, THRESHOLD_MIN_MS), THRESHOLD_MAX_MS)
