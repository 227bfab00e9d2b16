"""What a subscriber's line carries: send-side estimate from transport-wide feedback.

Delay part: trendline.py and queue_delay.py say whether the line is full, rate_control.py what follows. Loss part:
loss_part.py. Room beyond what is sent: probing.py. Without transport-wide feedback: REMB, and receiver reports by the
loss-based controller of draft-ietf-rmcat-gcc-02 §6.
"""

from collections.abc import Sequence
from operator import itemgetter

from bandwidth.arrival_rate import ArrivalRate
from bandwidth.feedback import FeedbackSummary, PacketFate, summarise
from bandwidth.loss_part import Finding, LossPart
from bandwidth.pacer import pacing_factor
from bandwidth.probing import HEADROOM, Probe, Prober
from bandwidth.queue_delay import QUIET_S
from bandwidth.rate_control import RateControl, line_is_full
from bandwidth.trendline import TrendlineDetector, Usage

__all__ = ["Probe", "SendSideEstimator"]

NO_FEEDBACK_S = 2.0  # after which REMB and receiver reports are believed
LITTLE_LOSS, HIGH_LOSS = 0.02, 0.10  # §6: below the one up, above the other down
REPORT_GROWTH_PER_S = 1.05
DEFAULT_RTT_S = 0.1
NEVER_S = -1000.0


class SendSideEstimator:
    """`target_bps` is the estimate; `loss` the smoothed share of lost packets (0 to 1); `rtt_s` None until known.

    full_at_s: when the path was last found full. reported_packets, lost_packets, arrived_bytes: by transport-wide
    feedback, since the beginning.
    """

    def __init__(self, *, start_bps: int, min_bps: int, max_bps: int) -> None:
        self.target_bps = min(max(start_bps, min_bps), max_bps)
        self.loss = 0.0
        self.rtt_s: float | None = None
        self.full_at_s = NEVER_S
        self.reported_packets = self.lost_packets = self.arrived_bytes = 0
        self._min_bps = min_bps
        self._max_bps = max_bps
        self._start_bps = start_bps
        self._clear()

    def _clear(self) -> None:
        self._detector = TrendlineDetector()
        self._arrivals = ArrivalRate()
        self._rate = RateControl()
        self._losses = LossPart()
        self._prober = Prober()
        self._last_update_s: float | None = None
        self._last_report_s: float | None = None
        self._full = False
        self._before_cut_bps = 0

    @property
    def acknowledged_bps(self) -> float:
        """What arrived, over the last half second reported."""
        return self._arrivals.mean_bps

    @property
    def queue_s(self) -> float:
        """What waits on the path now, as one-way delay above its lowest."""
        return self._detector.queue.queue_s

    @property
    def pacing_bps(self) -> int:
        """What may leave: more than the estimate while nothing waits on the path, less while something does."""
        return int(self.target_bps * pacing_factor(self.queue_s))

    @property
    def quiet_below_s(self) -> float:
        """See QueueDelay: feedback without loss and below it may be summed up before it is looked at."""
        return self._detector.quiet_below_s

    def set_max(self, max_bps: int) -> None:
        """The profile's line: the estimate never goes above it."""
        self._max_bps = max(max_bps, self._min_bps)
        self.target_bps = min(self.target_bps, self._max_bps)

    def reset(self) -> None:
        """A new path (ICE restart): forget what was learnt of the old one, keep the rate as a start."""
        self.target_bps = min(self.target_bps, max(self._start_bps, self._min_bps))
        self.loss = 0.0
        self.rtt_s = None
        self._clear()

    def on_feedback(self, results: Sequence[PacketFate], *, now: float) -> None:
        """Transport-wide feedback, matched to what was sent."""
        self.on_summary(summarise(sorted(results, key=itemgetter(2))), now=now)

    def on_summary(self, summary: FeedbackSummary, *, now: float) -> None:
        """The same, summed up already."""
        if not summary.reported:
            return
        self.reported_packets += summary.reported
        self.lost_packets += summary.lost
        self.arrived_bytes += summary.arrived_bytes
        if summary.latest_received_s is not None:
            self._arrivals.add(summary.arrived_bytes, summary.groups, received_s=summary.latest_received_s)
            self._detector.on_groups(summary.groups)
        self.loss += (summary.lost / summary.reported - self.loss) * min(0.5, summary.reported / 100)
        self.rtt_s = _smooth(self.rtt_s, max(0.0, now - summary.newest_sent_s))
        elapsed = 0.0 if self._last_update_s is None else min(max(0.0, now - self._last_update_s), 1.0)
        self._last_update_s = now
        share = self.acknowledged_bps / (1 - self._losses.own) / self.target_bps
        self._full = line_is_full(self._detector.usage, self._detector.queue, sent_share=share)
        if self._full:
            self._on_full(now)
        else:
            self._on_room(summary, elapsed, now)
        if summary.probes or self._prober.waiting:
            self._judge_probe(summary.probes, now)

    def _on_full(self, now: float) -> None:
        self.full_at_s = now
        arriving = self._arrivals.recent_bps() / (1 - self._losses.own)
        self._losses.pause(now=now)
        self._prober.on_full(now=now)
        self._set(self._rate.on_full(self.target_bps, arriving, now=now))

    def _on_room(self, summary: FeedbackSummary, elapsed: float, now: float) -> None:
        rtt = self.rtt_s or DEFAULT_RTT_S
        losses, rate = self._losses, self._rate
        finding = losses.update(summary.reported, summary.lost, rtt_s=rtt, now=now)
        if finding is Finding.CUT:
            self._before_cut_bps = self.target_bps
            self._set(self.target_bps * (1 - losses.excess))
        elif finding is Finding.OWN:
            self._set(float(self._before_cut_bps))
        elif finding is Finding.CONGESTION:
            self._set(rate.on_full(self.target_bps, self.target_bps, now=now))
        elif self._detector.usage is not Usage.UNDERUSE and not losses.trying:
            arriving = self.acknowledged_bps / (1 - losses.own)
            self._set(rate.on_room(self.target_bps, arriving, elapsed, rtt_s=rtt, now=now))

    def on_receiver_report(self, *, fraction_lost: float, rtt_s: float | None, now: float) -> None:
        """RTCP receiver reports: the loss and RTT where there is no transport-wide feedback."""
        if rtt_s is not None:
            self.rtt_s = _smooth(self.rtt_s, rtt_s)
        if self._has_feedback(now):
            return
        self.loss += (fraction_lost - self.loss) * 0.5
        elapsed = 0.0 if self._last_report_s is None else min(max(0.0, now - self._last_report_s), 2.0)
        self._last_report_s = now
        if fraction_lost > HIGH_LOSS:
            self._set(self.target_bps * (1 - 0.5 * fraction_lost))
        elif fraction_lost < LITTLE_LOSS:
            self._set(self.target_bps * REPORT_GROWTH_PER_S**elapsed)

    def on_remb(self, bitrate_bps: int, *, now: float) -> None:
        """A receiver's own estimate; believed only where there is no transport-wide feedback."""
        if not self._has_feedback(now):
            self._set(float(bitrate_bps))

    def _has_feedback(self, now: float) -> bool:
        return self._last_update_s is not None and now - self._last_update_s <= NO_FEEDBACK_S

    def probe(self, *, wanted_bps: float, room_bps: float, now: float) -> Probe | None:
        """Whether to send padding now to find room; at most one probe is under way.

        wanted_bps: what all pictures at their best would take. The search goes on to HEADROOM times that, so that the
        pacing of a picture's burst is no brake where the line has room. room_bps: what a probe may take at most.
        """
        if self._last_update_s is None or self._full or self._detector.usage is Usage.OVERUSE:
            return None
        wanted = min(HEADROOM * wanted_bps, float(self._max_bps), room_bps)
        searching = self.target_bps < self._rate.below_best
        return self._prober.ask(wanted_bps=wanted, target_bps=self.target_bps, searching=searching, now=now)

    def _judge_probe(self, probes: list[tuple[float, int]], now: float) -> None:
        supported = self._prober.judge(probes, own_loss=self._losses.own)
        if supported is None or self._full or supported <= self.target_bps:
            return
        self._rate.forget_capacity()
        self._prober.came_through(at_ease=self.queue_s < QUIET_S, now=now)
        self._set(supported)

    def _set(self, bps: float) -> None:
        self.target_bps = int(min(max(bps, self._min_bps), self._max_bps))


def _smooth(old: float | None, new: float) -> float:
    return new if old is None else old + (new - old) * 0.125
