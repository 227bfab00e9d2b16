"""What a subscriber's line carries: send-side estimate (draft-ietf-rmcat-gcc-02), first version.

Delay part: the trendline detector drives an AIMD rate. Loss part: a high loss that does not go away lowers it too.
An increase never goes beyond 1.5 times what arrives; beyond that only a probe that came through raises the estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from bandwidth.feedback import FeedbackSummary, PacketFate, summarise
from bandwidth.rate_window import RateWindow
from bandwidth.trendline import QUIET_S, TrendlineDetector, Usage

BETA = 0.87
INCREASE_PER_S = 1.08
FAST_INCREASE_PER_S = 1.25  # while far below what the line carried before
HIGH_LOSS = 0.12
ACKNOWLEDGED_WINDOW_S = 0.5
PROBE_AGAIN_S = 0.3  # after a probe that came through a line without loss or queue
PROBE_INTERVALS_S = (1.0, 2.0, 4.0, 8.0)
HEADROOM = 3.0
PROBE_DURATION_S = 0.015
PROBE_MIN_BYTES = 2400
NEVER_S = -1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Padding to send at once: `size_bytes` in all, paced at `rate_bps`."""

    size_bytes: int
    rate_bps: int


class SendSideEstimator:
    """`target_bps` is the estimate; `loss` the smoothed share of lost packets (0 to 1); `rtt_s` None until known.

    full_at_s: when the path was last found full.
    """

    def __init__(self, *, start_bps: int, min_bps: int, max_bps: int) -> None:
        self.target_bps = min(max(start_bps, min_bps), max_bps)
        self.loss = 0.0
        self.rtt_s: float | None = None
        self.full_at_s = NEVER_S
        self._min_bps = min_bps
        self._max_bps = max_bps
        self._start_bps = start_bps
        self._clear()

    def _clear(self) -> None:
        self._detector = TrendlineDetector()
        self._acknowledged = RateWindow(ACKNOWLEDGED_WINDOW_S)
        self._last_update_s: float | None = None
        self._last_decrease_s = -10.0
        self._before_decrease_bps = 0.0
        self._next_probe_s: float | None = None
        self._probe_failures = 0
        self._probe_rate_bps = 0
        self._probe_results: list[tuple[float, int]] = []

    @property
    def acknowledged_bps(self) -> float:
        """What arrived, over the last half second reported."""
        return self._acknowledged.rate_bps()

    @property
    def queue_s(self) -> float:
        """The standing queue on the path, as one-way delay above its lowest."""
        return self._detector.queue_s

    @property
    def quiet_below_s(self) -> float:
        """See TrendlineDetector: feedback without loss and below it may be summed up before it is looked at."""
        return self._detector.quiet_below_s

    def set_max(self, max_bps: int) -> None:
        """The profile's line: the estimate never goes above it."""
        self._max_bps = max(max_bps, self._min_bps)
        self.target_bps = min(self.target_bps, self._max_bps)

    def reset(self) -> None:
        """A new path (ICE restart): forget what was learnt of the old one, keep the rate as a start."""
        self.target_bps = min(self.target_bps, max(self._start_bps, self._min_bps))
        self.loss = 0.0
        self._clear()

    def on_feedback(self, results: Sequence[PacketFate], *, now: float) -> None:
        """Transport-wide feedback, matched to what was sent."""
        self.on_summary(summarise(sorted(results, key=itemgetter(2))), now=now)

    def on_summary(self, summary: FeedbackSummary, *, now: float) -> None:
        """The same, summed up already."""
        if not summary.reported:
            return
        if summary.latest_received_s is not None:
            self._acknowledged.add(summary.arrived_bytes, at=summary.latest_received_s)
            self._detector.on_groups(summary.groups)
        self.loss += (summary.lost / summary.reported - self.loss) * min(0.5, summary.reported / 100)
        self.rtt_s = _smooth(self.rtt_s, max(0.0, now - summary.newest_sent_s))
        self._update(now)
        if summary.probes:
            self._probe_results += summary.probes
        if self._probe_results:
            self._judge_probe()

    def on_receiver_report(self, *, fraction_lost: float, rtt_s: float | None, now: float) -> None:
        """RTCP receiver reports: the loss and RTT where there is no transport-wide feedback."""
        if rtt_s is not None:
            self.rtt_s = _smooth(self.rtt_s, rtt_s)
        if self._last_update_s is None or now - self._last_update_s > 2.0:
            self.loss += (fraction_lost - self.loss) * 0.5
            self._lower_for_loss(now)

    def on_remb(self, bitrate_bps: int, *, now: float) -> None:
        """A receiver's own estimate; believed only where there is no transport-wide feedback."""
        if self._last_update_s is None or now - self._last_update_s > 2.0:
            self._set(float(bitrate_bps))

    def probe(self, *, wanted_bps: float, room_bps: float, now: float) -> Probe | None:
        """Whether to send padding now to find room; at most one probe is under way.

        wanted_bps: what all pictures at their best would take. The search goes on to HEADROOM times that, so that the
        pacing of a picture's burst is no brake where the line has room. room_bps: what a probe may take at most.
        """
        wanted = min(HEADROOM * wanted_bps, float(self._max_bps), room_bps)
        if wanted < 1.1 * self.target_bps or self._detector.usage is Usage.OVERUSE or self.loss > 0.05:
            return None
        if self._next_probe_s is None:
            self._next_probe_s = now + PROBE_INTERVALS_S[0]
        if now < self._next_probe_s or now - self._last_decrease_s < 1.0:
            return None
        self._next_probe_s = now + PROBE_INTERVALS_S[min(self._probe_failures, len(PROBE_INTERVALS_S) - 1)]
        self._probe_failures += 1
        rate = int(min(max(2.0 * self.target_bps, 150_000), wanted))
        self._probe_rate_bps = rate
        self._probe_results.clear()
        return Probe(size_bytes=max(PROBE_MIN_BYTES, int(rate * PROBE_DURATION_S / 8)), rate_bps=rate)

    def _judge_probe(self) -> None:
        """A probe counts by the rate at which its packets arrived, first one left out (it opened the interval)."""
        results = sorted(self._probe_results)
        if len(results) < 3:
            return
        span = results[-1][0] - results[0][0]
        size = sum(each for _, each in results[1:])
        self._probe_results.clear()
        measured = 8 * size / max(span, 0.001)
        if measured > self.target_bps and self._detector.usage is not Usage.OVERUSE:
            self._set(min(0.85 * measured, float(self._probe_rate_bps)))
            self._probe_failures = 0
            if self.loss < 0.01 and self.queue_s < QUIET_S:
                self._next_probe_s = (self._last_update_s or 0.0) + PROBE_AGAIN_S

    def _update(self, now: float) -> None:
        elapsed = 0.0 if self._last_update_s is None else min(now - self._last_update_s, 1.0)
        self._last_update_s = now
        if self._detector.usage is Usage.OVERUSE:
            self.full_at_s = now
            self._decrease(now)
        elif self._detector.usage is Usage.NORMAL and now - self._last_decrease_s > 0.3:
            self._increase(elapsed)
        self._lower_for_loss(now)

    def _decrease(self, now: float) -> None:
        """To BETA of what arrives; lower while the queue stands, so that it drains. At most once per RTT + 100 ms."""
        if now - self._last_decrease_s < (self.rtt_s or 0.1) + 0.1:
            return
        acknowledged = self.acknowledged_bps or self.target_bps
        self._before_decrease_bps = max(0.95 * self._before_decrease_bps, float(self.target_bps))
        drain = 0.75 if self.queue_s > 0.1 else BETA
        self._set(min(drain * acknowledged, float(self.target_bps)))
        self._last_decrease_s = now

    def _increase(self, elapsed: float) -> None:
        far_below = self.target_bps < 0.7 * self._before_decrease_bps and self.queue_s < 0.03
        factor = (FAST_INCREASE_PER_S if far_below else INCREASE_PER_S) ** elapsed
        ceiling = 1.5 * self.acknowledged_bps + 10_000
        raised = self.target_bps * factor + 4_000 * elapsed
        if raised < ceiling:
            self._set(raised)

    def _lower_for_loss(self, now: float) -> None:
        """Loss that delay does not explain lowers only when high: a mountain line loses packets when it is idle too."""
        if self.loss > HIGH_LOSS and now - self._last_decrease_s > (self.rtt_s or 0.1) + 0.5:
            self._set(self.target_bps * (1 - 0.4 * self.loss))
            self._last_decrease_s = now

    def _set(self, bps: float) -> None:
        self.target_bps = int(min(max(bps, self._min_bps), self._max_bps))


def _smooth(old: float | None, new: float) -> float:
    return new if old is None else old + (new - old) * 0.125
