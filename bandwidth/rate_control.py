"""The rate from what the delay says: down to what comes through as soon as the line is full, up slowly near there.

Additive and multiplicative as draft-ietf-rmcat-gcc-02 §5.5, with one difference: while a queue stands, what arrives IS
the line's capacity, so the rate goes just below it, and the queue is drained by the pacer, not by a lower rate. So
pictures need no smaller layer for a queue of a moment.
"""

from bandwidth.queue_delay import QueueDelay
from bandwidth.trendline import Usage

FULL_S = 0.015  # a queue that stands so high: the line is full
TREND_S, TREND_STANDING_S = 0.012, 0.005  # what confirms a rising trend: a probe or a burst leaves nothing standing
CLEARLY_S = 0.060  # while little is sent: a pause of this machine or the other makes less of a queue out of nothing
MUCH = 0.7  # of the rate
BELOW_CAPACITY = 0.97
NEAR = 1.05  # of the capacity known: growth is slow up to here
SLOW_PER_S, USUAL_PER_S, FAST_PER_S = 1.007, 1.08, 1.25
FAR_BELOW = 0.7  # of what the line carried before
APPLICATION_LIMIT = 1.5  # of what arrives: more says nothing of the line, only a probe does
MIN_GROWTH_BPS = 4_000  # a second
HOLD_S = 0.2  # beside the RTT, after a decrease
SMOOTHING = 0.3
MOST_AT_ONCE, AT_ONCE_S = 0.5, 0.1  # no line is believed to have lost more than half in so short a time
NEW_CAPACITY = 0.15  # further away than this is another capacity, not noise
BEST_FADES = 0.999  # each second


def line_is_full(usage: Usage, queue: QueueDelay, *, sent_share: float) -> bool:
    """A queue stands, or one is growing beyond what a burst explains. sent_share: what arrives, of the rate."""
    if sent_share < MUCH:
        return queue.standing_s > CLEARLY_S
    rising = usage is Usage.OVERUSE and queue.queue_s > TREND_S and queue.standing_s > TREND_STANDING_S
    return rising or queue.standing_s > FULL_S


class RateControl:
    """`capacity_bps`: what the full line carried, 0 while not known; `best_bps`: the highest rate of late."""

    def __init__(self) -> None:
        self.capacity_bps = self.best_bps = 0.0
        self._decreased_s = -10.0
        self._lowest_bps, self._lowest_at_s = 0.0, -10.0

    def on_full(self, target_bps: float, arriving_bps: float, *, now: float) -> float:
        """The rate for a full line that delivers `arriving_bps`."""
        self.best_bps = max(self.best_bps, target_bps)
        if now - self._lowest_at_s > AT_ONCE_S:
            self._lowest_bps, self._lowest_at_s = MOST_AT_ONCE * target_bps, now
        arriving_bps = max(arriving_bps, self._lowest_bps)
        capacity = self.capacity_bps
        if abs(arriving_bps - capacity) > NEW_CAPACITY * capacity:
            self.capacity_bps = arriving_bps
        else:
            self.capacity_bps += (arriving_bps - capacity) * SMOOTHING
        self._decreased_s = now
        return min(target_bps, BELOW_CAPACITY * self.capacity_bps)

    def on_room(self, target_bps: float, arriving_bps: float, elapsed_s: float, *, rtt_s: float, now: float) -> float:
        """The rate `elapsed_s` later on a line that is not full."""
        self.best_bps *= BEST_FADES**elapsed_s
        if now - self._decreased_s < rtt_s + HOLD_S:
            return target_bps
        if self.capacity_bps and target_bps > NEAR * self.capacity_bps:
            self.capacity_bps = 0.0
        if self.capacity_bps and target_bps > BELOW_CAPACITY**2 * self.capacity_bps:
            factor = SLOW_PER_S
        else:
            factor = FAST_PER_S if target_bps < FAR_BELOW * self.best_bps else USUAL_PER_S
        raised = max(target_bps * factor**elapsed_s, target_bps + MIN_GROWTH_BPS * elapsed_s)
        return raised if raised < APPLICATION_LIMIT * arriving_bps + 10_000 else target_bps

    @property
    def below_best(self) -> float:
        """The rate under which the line is known to have carried far more."""
        return FAR_BELOW * self.best_bps

    def forget_capacity(self) -> None:
        """A probe found more."""
        self.capacity_bps = 0.0
