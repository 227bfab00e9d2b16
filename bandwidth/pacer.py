"""How much may leave now: a token bucket whose bursts are small, and a rate that keeps the queue on the path short."""

BURST_S = 0.005
MIN_BURST_BYTES = 1200  # one full packet
FACTOR = 1.25  # of the estimate: drains a key frame's burst without making a queue of it
LEVEL_S = 0.006  # of queue on the path: packets on their way
GAIN_PER_S = 10.0  # about one over the delay of the control loop
MIN_FACTOR = 0.5
QUEUE_S = 0.9  # video that would wait longer than this at the estimate is dropped; several key frames at once fit
MIN_QUEUE_BYTES = 60_000  # a key frame fits
RTX_SHARE = 0.25  # of the estimate may go into repairs
COLLAPSED = 0.6  # of the estimate before: what waits is of layers too large now, and would hold up the smaller ones


def burst_bytes(rate_bps: int) -> float:
    """What may leave at once after a rest."""
    return max(BURST_S * rate_bps / 8, MIN_BURST_BYTES)


def pacing_factor(queue_s: float) -> float:
    """Of the estimate: the longer the queue on the path, the less, so that it drains."""
    return min(FACTOR, max(MIN_FACTOR, FACTOR - GAIN_PER_S * (queue_s - LEVEL_S)))


class PacingBudget:
    """`spend` may overdraw (a packet goes out whole); the debt is paid before the next."""

    def __init__(self, rate_bps: int, *, now: float) -> None:
        self._rate_bps = rate_bps
        self._at = now
        self._available = burst_bytes(rate_bps)

    def set_rate(self, rate_bps: int, *, now: float) -> None:
        """From now on this many bits per second."""
        self._refill(now)
        self._rate_bps = rate_bps

    def available_bytes(self, *, now: float) -> float:
        """What may leave now; negative while in debt."""
        self._refill(now)
        return self._available

    def spend(self, size_bytes: int) -> None:
        """So much left."""
        self._available -= size_bytes

    def _refill(self, now: float) -> None:
        if now > self._at:
            refilled = self._available + (now - self._at) * self._rate_bps / 8
            self._available = min(refilled, burst_bytes(self._rate_bps))
            self._at = now
