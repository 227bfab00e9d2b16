"""Loss: does it come from sending too much, or does the line lose packets whatever is sent?

A mountain line loses packets when it is idle too. So a cut for loss is an experiment: if less is lost afterwards, it
was congestion and the cut stays; if as much is lost, it is the line's own loss, which is expected from then on, and the
rate goes back. (The question is that of libwebrtc's LossBasedBweV2, which fits both parts to what was observed; here
the answer is found by trying.) Loss while a queue stands is the queue's overflow, and the delay part's business.
"""

import math
from enum import Enum

WINDOW_S = 1.0
MIN_PACKETS = 40
TOLERANCE = 0.03  # more than expected by so much, and by three standard deviations, is worth an experiment
MAX_OWN_LOSS = 0.25  # no line that loses more is taken as it is
ADAPTATION = 0.2  # of the expectation, each window; above TOLERANCE only downward
SETTLE_S = 0.2  # beside the RTT: packets of before the cut


class Finding(Enum):
    """What the losses say now."""

    NOTHING = "nothing"
    CUT = "cut"  # the experiment begins: lower the rate by `excess`
    CONGESTION = "congestion"  # it helped
    OWN = "own"  # it did not: back to the rate before


class LossPart:
    """`own`: the share that the line loses whatever is sent, as far as known. `excess`: what more was lost."""

    def __init__(self) -> None:
        self.own = self.excess = 0.0
        self.trying = False  # an experiment is under way: the rate must not grow
        self._reported = self._lost = 0
        self._since: float | None = None

    def update(self, reported: int, lost: int, *, rtt_s: float, now: float) -> Finding:
        """Packets reported while no queue stands."""
        if self._since is None:
            self._since = now
        if now < self._since:
            return Finding.NOTHING
        self._reported += reported
        self._lost += lost
        share = self._lost / self._reported if self._reported else 0.0
        complete = now - self._since >= WINDOW_S and self._reported >= MIN_PACKETS
        if self.trying:
            return self._judge(share, now) if complete else Finding.NOTHING
        if self._is_surprising():
            self.trying, self.excess = True, share - self.own
            self._restart(now + rtt_s + SETTLE_S)
            return Finding.CUT
        if complete:
            self.own += (min(share, max(self.own, TOLERANCE)) - self.own) * ADAPTATION
            self._restart(now)
        return Finding.NOTHING

    def pause(self, *, now: float) -> None:
        """A queue stands: what is lost now says nothing."""
        self.trying = False
        self._restart(now)

    def _restart(self, since: float) -> None:
        self._since, self._reported, self._lost = since, 0, 0

    def _is_surprising(self) -> bool:
        count, own = self._reported, self.own
        if count < MIN_PACKETS or self._lost <= count * own:
            return False
        spread = 3 * math.sqrt(count * own * (1 - own))
        return self._lost > count * (own + TOLERANCE) + spread + 2

    def _judge(self, share: float, now: float) -> Finding:
        self.trying = False
        self._restart(now)
        if share - self.own < 0.5 * self.excess or share > MAX_OWN_LOSS:
            return Finding.CONGESTION
        self.own = share
        return Finding.OWN
