"""The estimator and the pacer over a bottleneck in virtual time, with true feedback."""

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandwidth.bottleneck import Bottleneck
from bandwidth.estimator import SendSideEstimator
from bandwidth.feedback import FeedbackSummary, PacketResult
from bandwidth.virtual_subscriber import VirtualPacket, VirtualSubscriber

MIN_BPS, MAX_BPS = 60_000, 20_000_000


def fresh(start_bps: int = 1_000_000) -> SendSideEstimator:
    return SendSideEstimator(start_bps=start_bps, min_bps=MIN_BPS, max_bps=MAX_BPS)


class Run:
    """A subscriber behind a line; `watch` runs for a while and looks at it."""

    def __init__(self, capacity_bps: float, *, loss: float = 0.0, seed: int = 1) -> None:
        self.waits: list[float] = []
        self.line: Bottleneck[VirtualPacket] = Bottleneck(
            capacity_bps, queue_s=0.2, delay_s=0.025, random=random.Random(seed).random, loss=loss
        )
        self.estimator = fresh()
        self.subscriber = VirtualSubscriber(
            self.estimator,
            self.line,
            way_back_s=0.025,
            share=0.97,
            wanted_bps=8e6,
            deliver=lambda packet, at, queued_s: self.waits.append(queued_s),
        )

    def watch(self, seconds: float, until: Callable[[], bool] = lambda: False) -> float:
        """Share of the line used, over `seconds` or until something is so."""
        begin, before = self.subscriber.now, self.line.crossed_bytes
        self.waits.clear()
        while self.subscriber.now < begin + seconds and not until():
            self.subscriber.step()
        return 8 * (self.line.crossed_bytes - before) / (self.subscriber.now - begin) / self.line.capacity_bps

    @property
    def usual_worst_wait_s(self) -> float:
        return sorted(self.waits)[int(0.95 * len(self.waits))]


@pytest.mark.parametrize("capacity_bps", [5_000_000, 2_500_000, 1_000_000, 600_000])
def test_a_steady_line_is_used_with_a_short_queue(capacity_bps: int) -> None:
    run = Run(capacity_bps)
    run.watch(10)
    assert run.watch(20) > 0.92
    assert run.usual_worst_wait_s < 0.055
    assert run.line.overflowed_packets < 40  # of the first seconds, on the slowest


def test_after_a_drop_the_queue_is_gone_soon_and_the_returning_line_is_found() -> None:
    run = Run(5_000_000)
    run.watch(15)
    run.line.capacity_bps = 1_000_000
    run.watch(1.5)
    run.watch(1)
    assert run.usual_worst_wait_s < 0.05
    assert run.watch(10) > 0.92
    run.line.capacity_bps = 5_000_000
    run.watch(5)
    assert run.watch(5) > 0.9


@pytest.mark.parametrize(("loss", "least"), [(0.05, 0.85), (0.10, 0.70)])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_loss_of_a_mountain_line_is_not_taken_for_congestion(loss: float, least: float, seed: int) -> None:
    run = Run(1_500_000, loss=loss, seed=seed)
    run.watch(10)
    assert run.watch(20) > least


def test_loss_that_comes_from_sending_too_much_lowers_the_rate_though_nothing_queues() -> None:
    estimator = fresh(4_000_000)
    estimator_rate, limit_bps, now, number = [], 2_000_000, 0.0, 0
    source = random.Random(4)
    while now < 20:
        now += 0.05
        count = max(1, int(estimator.target_bps * 0.05 / 9600))
        share = max(0.0, 1 - limit_bps / estimator.target_bps)
        results = [
            PacketResult(
                number + i, 1200, now - 0.1 + i * 0.05 / count, None if source.random() < share else now - 0.05
            )
            for i in range(count)
        ]
        number += count
        estimator.on_feedback(results, now=now)
        estimator_rate.append(estimator.target_bps)
    late = estimator_rate[200:]
    assert sum(late) / len(late) < 1.15 * limit_bps
    assert min(late) > 0.5 * limit_bps


def test_an_application_that_sends_little_does_not_raise_the_estimate_by_it() -> None:
    run = Run(5_000_000)
    run.subscriber = VirtualSubscriber(
        run.estimator, run.line, way_back_s=0.025, wanted_bps=100_000, voices=1, deliver=lambda *_: None
    )
    run.watch(20)
    assert run.estimator.target_bps <= 1_000_000


def test_without_transport_wide_feedback_remb_and_reports_are_believed() -> None:
    estimator = fresh()
    estimator.on_remb(3_000_000, now=1.0)
    assert estimator.target_bps == 3_000_000
    for second in range(2, 6):
        estimator.on_receiver_report(fraction_lost=0.0, rtt_s=0.04, now=second)
    assert 3_000_000 < estimator.target_bps < 4_000_000
    before = estimator.target_bps
    estimator.on_receiver_report(fraction_lost=0.3, rtt_s=None, now=6.0)
    assert estimator.target_bps == pytest.approx(0.85 * before, rel=0.01)


def test_with_transport_wide_feedback_remb_and_reports_are_not() -> None:
    run = Run(2_000_000)
    run.watch(5)
    before = run.estimator.target_bps
    run.estimator.on_remb(20_000_000, now=run.subscriber.now)
    run.estimator.on_receiver_report(fraction_lost=0.9, rtt_s=None, now=run.subscriber.now)
    assert run.estimator.target_bps == before


def test_a_new_path_forgets_what_was_learnt() -> None:
    run = Run(5_000_000)
    run.watch(10)
    run.estimator.reset()
    assert run.estimator.target_bps == 1_000_000
    assert run.estimator.queue_s == 0
    assert run.estimator.rtt_s is None
    assert math.isinf(run.estimator.quiet_below_s)


def test_no_probe_goes_above_the_room_there_is_or_the_profiles_line() -> None:
    run = Run(5_000_000)
    run.watch(1)
    for step in range(200):
        now = run.subscriber.now + step
        room = run.estimator.target_bps + 50_000 * (step % 8)
        probe = run.estimator.probe(wanted_bps=1e8, room_bps=room, now=now)
        assert probe is None or probe.rate_bps <= min(room, MAX_BPS)


def test_reports_that_come_again_or_late_change_nothing_much() -> None:
    plain, disturbed = Run(2_000_000), Run(2_000_000)
    original, held = disturbed.estimator.on_feedback, []

    def on_feedback(results: list[PacketResult], *, now: float) -> None:
        held.append(results)
        if len(held) % 2 == 0:  # each pair the other way round
            original(held[-1], now=now)
            original(held[-2], now=now)

    disturbed.estimator.on_feedback = on_feedback  # type: ignore[method-assign,assignment]
    plain.watch(20)
    disturbed.watch(20)
    assert disturbed.estimator.target_bps == pytest.approx(plain.estimator.target_bps, rel=0.25)


seconds = st.one_of(st.floats(-1e6, 1e6), st.floats(99, 101))
groups = st.lists(st.tuples(seconds, seconds, seconds), max_size=6)
summaries = st.builds(
    FeedbackSummary,
    reported=st.integers(0, 2000),
    lost=st.integers(0, 2000),
    arrived_bytes=st.integers(0, 3_000_000),
    newest_sent_s=seconds,
    latest_received_s=st.one_of(st.none(), seconds),
    groups=groups,
    probes=st.lists(st.tuples(seconds, st.integers(0, 1500)), max_size=5),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(summaries, min_size=1, max_size=40))
def test_hostile_feedback_gives_no_nonsense(feedback: list[FeedbackSummary]) -> None:
    estimator = fresh()
    for step, each in enumerate(feedback):
        lost = min(each.lost, each.reported)
        estimator.on_summary(each._replace(lost=lost), now=100 + 0.05 * step)
        estimator.probe(wanted_bps=5e6, room_bps=1e9, now=100 + 0.05 * step)
        assert MIN_BPS <= estimator.target_bps <= MAX_BPS
        assert MIN_BPS / 2 <= estimator.pacing_bps <= 1.25 * MAX_BPS
        assert 0 <= estimator.loss <= 1
        assert estimator.rtt_s is None or (math.isfinite(estimator.rtt_s) and estimator.rtt_s >= 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 65_535), st.integers(1, 50))
def test_lies_do_not_raise_the_estimate_faster_than_growth_and_probes_do(begin: int, share: int) -> None:
    """A receiver that says that everything came at once, whatever was sent."""
    estimator, now = fresh(), 100.0
    for step in range(40):
        now += 0.05
        results = [PacketResult((begin + step * 50 + i) & 0xFFFF, 1200, now - 0.05, 5.0) for i in range(share)]
        estimator.on_feedback(results, now=now)
    assert estimator.target_bps <= 1_000_000 * 1.25**2.1
