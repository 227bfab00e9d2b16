"""Looking for room with padding: when to, how much, and what it says (packet trains; draft-ietf-rmcat-gcc-02 §5)."""

from dataclasses import dataclass

FIRST_FACTOR = 3.0  # of the start rate: nothing is known of the line yet
FACTOR = 2.0
INTERVALS_S = (0.7, 1.0, 2.0, 4.0, 8.0)  # after so many probes in a row that found nothing
SEARCHING_S = 1.2  # at the longest, while the line carried more before
AGAIN_S = 0.3  # after one that came through
DURATION_S = 0.020
MIN_BYTES = 2400
MIN_RATE_BPS = 150_000
MIN_GAIN = 1.1  # what would bring less is not worth the padding
HEADROOM = 3.0
REFUTED_S = 4.0  # a line that is full so soon after a probe raised the estimate does not carry what the probe said
ENOUGH = 0.9  # of the probe's bytes: the rest would change nothing
TRUST = 0.95  # of what was measured: the train is short


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Padding to send at once: `size_bytes` in all, paced at `rate_bps`."""

    size_bytes: int
    rate_bps: int


class Prober:
    """At most one probe is under way."""

    def __init__(self) -> None:
        self._next_s = -1.0
        self._begun = False
        self._failures = 0
        self._rate_bps = self._size_bytes = 0
        self._results: list[tuple[float, int]] = []
        self._raised_s = -100.0

    def ask(self, *, wanted_bps: float, target_bps: float, searching: bool, now: float) -> Probe | None:
        """wanted_bps: the most that is of use and allowed. searching: the line carried more before."""
        if wanted_bps < MIN_GAIN * target_bps or now < self._next_s:
            return None
        interval = INTERVALS_S[min(self._failures, len(INTERVALS_S) - 1)]
        self._next_s = now + (min(interval, SEARCHING_S) if searching else interval)
        factor = FACTOR if self._begun else FIRST_FACTOR
        self._begun = True
        self._failures += 1
        self._rate_bps = int(min(max(factor * target_bps, MIN_RATE_BPS), wanted_bps))
        self._results.clear()
        self._size_bytes = max(MIN_BYTES, int(self._rate_bps * DURATION_S / 8))
        return Probe(size_bytes=self._size_bytes, rate_bps=self._rate_bps)

    def judge(self, results: list[tuple[float, int]], *, own_loss: float) -> float | None:
        """(received at, bytes) of what came of the probe; the rate it supports, None while that is not known.

        It counts by the rate at which its second half came: a shaper with a bucket of tokens lets the first through.
        `results` empty: nothing more is to come.
        """
        self._results += results
        arrived = sorted(self._results)
        total = sum(size for _, size in arrived)
        if len(arrived) < 4 or (results and total < ENOUGH * self._size_bytes * (1 - own_loss)):
            return None
        self._results.clear()
        opened_s, size, passed = arrived[0][0], 0, 0
        for at, each in arrived:
            if passed < total / 2:
                opened_s, passed = at, passed + each
            else:
                size += each
        measured = 8 * size / max(arrived[-1][0] - opened_s, 0.0005) / (1 - own_loss)
        return min(TRUST * measured, float(self._rate_bps))

    @property
    def waiting(self) -> bool:
        """Whether part of the probe came, and not all."""
        return bool(self._results)

    def came_through(self, *, at_ease: bool, now: float) -> None:
        """The last probe raised the estimate; another may follow soon if the line is at ease."""
        self._failures = 0
        self._raised_s = now
        if at_ease:
            self._next_s = now + AGAIN_S

    def on_full(self, *, now: float) -> None:
        """The line is full: no probe for a while, and the last was wrong if it was just before."""
        if now - self._raised_s < REFUTED_S:
            self._failures = max(self._failures, 2)
            self._raised_s = -100.0
        self._next_s = max(self._next_s, now + INTERVALS_S[0])
