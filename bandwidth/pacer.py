"""How much may leave now: a token bucket whose bursts are small: two ticks of the timer that flushes."""

BURST_S = 0.010
MIN_BURST_BYTES = 3000  # two full packets, or a slow line would never send a large one
PACING_FACTOR = 1.5  # of the estimate: drains a key frame's burst without making a queue of it
QUEUE_S = 0.6  # video waiting longer than this at the pacing rate is dropped
MIN_QUEUE_BYTES = 60_000  # a key frame fits
RTX_SHARE = 0.25  # of the estimate may go into repairs


def burst_bytes(rate_bps: int) -> float:
    """What may leave at once after a rest."""
    return max(BURST_S * rate_bps / 8, MIN_BURST_BYTES)


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
