"""One sender over one line: voices before pictures, repairs, probes, feedback to the real estimator."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from bandwidth.estimator import SendSideEstimator
from bandwidth.simulation.bottleneck import Bottleneck, LineState
from bandwidth.simulation.clock import VirtualClock
from bandwidth.simulation.flow import Flow, Picture
from bandwidth.simulation.samples import FlowSamples

SECONDS = 20


class Recorded(SendSideEstimator):
    """Keeps what it was told."""

    def __init__(self) -> None:
        super().__init__(start_bps=1_000_000, min_bps=60_000, max_bps=4_000_000)
        self.told: list[Any] = []
        self.told_at: list[float] = []

    def on_feedback(self, results: Any, *, now: float) -> None:
        self.told += results
        self.told_at.append(now)
        super().on_feedback(results, now=now)


class Setting:
    def __init__(self, *, rate_bps: float = 5e6, loss: float = 0.0, delay_s: float = 0.02) -> None:
        self.clock = VirtualClock()
        state = LineState(since_s=0, rate_bps=rate_bps, loss=loss, delay_s=delay_s)
        back = LineState(since_s=0, rate_bps=5e6, delay_s=delay_s)
        dice = random.Random(1).random
        self.line = Bottleneck([state], dice)
        self.estimator = Recorded()
        self.samples = FlowSamples(2 * SECONDS)
        self.dropped: list[set[object]] = []
        self.flow = Flow(
            self.clock,
            [self.line],
            Bottleneck([back], dice),
            self.estimator,
            self.samples,
            phase_s=0.0,
            on_dropped=self._dropped,
        )
        self.whole: list[float] = []
        self.lost = 0

    def _dropped(self, streams: set[object]) -> None:
        self.dropped.append(streams)

    def picture(self, packets: int, *, at: float, stream: str = "camera") -> None:
        arrived: list[float] = []

        def on_packet(arrival: float) -> None:
            arrived.append(arrival)
            if len(arrived) == packets:
                self.whole.append(max(arrived))

        def send(now: float) -> None:
            self.flow.send_picture(packets, 1200, Picture(stream, now, on_packet, self._gone), now=now)

        self.clock.at(at, send)

    def _gone(self, now: float) -> None:
        self.lost += 1


def test_a_large_picture_is_paced_and_a_voice_overtakes_it() -> None:
    it = Setting()
    heard: list[float | None] = []
    it.picture(20, at=1.0)
    it.clock.at(1.001, lambda now: it.flow.send_voice(150, heard.append, now=now))
    it.clock.run(3)
    assert heard[0] is not None
    assert heard[0] < 1.04
    paced_s = 8 * 19 * 1200 / 1_500_000  # at 1.5 times the estimate of 1 Mb/s
    assert 1.02 + 0.8 * paced_s < it.whole[0] < 1.03 + 1.1 * paced_s


def test_feedback_tells_every_packet_once_in_order_and_when_it_came() -> None:
    it = Setting(loss=0.2)
    for step in range(500):
        it.picture(1, at=step * 0.02)
    it.clock.run(SECONDS)
    numbers = [fate[0] for fate in it.estimator.told]
    assert numbers == list(range(len(numbers)))
    assert sum(it.samples.packets) - len(numbers) <= 1  # the last may be lost without a later one to show it
    came = [fate for fate in it.estimator.told if fate[3] is not None]
    assert all(received > sent + 0.02 for _, _, sent, received, _ in came)
    assert sum(it.samples.lost) == len(numbers) - len(came)


def test_feedback_comes_each_50_ms_over_the_line_back() -> None:
    it = Setting()
    for step in range(100):
        it.picture(1, at=step * 0.02)
    it.clock.run(2)
    gaps = {round(after - before, 3) for before, after in pairwise(it.estimator.told_at)}
    assert gaps == {0.05}
    assert abs(it.estimator.told_at[0] % 0.05 - 0.02) < 0.002


def test_what_is_lost_is_repaired_after_a_round_trip() -> None:
    it = Setting(loss=0.1)
    for step in range(200):
        it.picture(3, at=step * 0.05)
    it.clock.run(SECONDS)
    assert it.lost == 0
    assert len(it.whole) >= 199  # nothing comes after the last to show that a piece of it is missing
    assert sum(it.samples.packets) > 600  # the repairs beside the 600


def test_without_room_for_repairs_a_picture_is_given_up_after_a_second() -> None:
    it = Setting(loss=0.6)
    it.estimator.on_feedback = lambda results, *, now: None  # type: ignore[method-assign,assignment]
    for step in range(100):
        it.picture(6, at=step * 0.1)
    it.clock.run(SECONDS)
    assert it.lost > 0
    assert len(it.whole) < 100


def test_pictures_that_would_wait_too_long_are_dropped_and_the_sender_hears_of_it() -> None:
    it = Setting(rate_bps=1e6)
    for step in range(60):
        it.picture(10, at=1 + step * 0.01)
        it.picture(1, at=1 + step * 0.01, stream="small")
    it.clock.run(SECONDS)
    assert set.union(*it.dropped) == {"camera"}  # that had most waiting
    assert 60 < len(it.whole) < 120


def test_a_probe_is_padding_that_the_estimator_knows() -> None:
    it = Setting()
    for step in range(100):
        it.picture(1, at=step * 0.02)
    probed: list[bool] = []
    for step in range(40):
        probe = lambda now: probed.append(it.flow.probe(wanted_bps=3e6, room_bps=1e7, now=now))  # noqa: E731
        it.clock.at(step * 0.05, probe)
    it.clock.run(4)
    assert any(probed)
    assert any(fate[4] for fate in it.estimator.told)
    assert it.estimator.target_bps > 1_500_000


def test_two_senders_share_a_line_in_the_order_in_which_packets_come_to_it() -> None:
    clock, dice = VirtualClock(), random.Random(1).random
    shared = Bottleneck([LineState(since_s=0, rate_bps=1e6)], dice)
    seen: list[float] = []
    send = shared.send

    def watched(size_bytes: int, *, at: float) -> float | None:
        seen.append(at)
        return send(size_bytes, at=at)

    shared.send = watched  # type: ignore[method-assign]
    for number, rate in enumerate((200_000, 5_000_000)):
        own = Bottleneck([LineState(since_s=0, rate_bps=rate)], dice)
        back = Bottleneck([LineState(since_s=0, rate_bps=5e6)], dice)
        flow = Flow(clock, [own, shared], back, Recorded(), FlowSamples(10), phase_s=0.01 * number, shared_end=True)
        for step in range(50):
            clock.at(step * 0.02, lambda now, flow=flow: flow.send_voice(200, lambda at: None, now=now))
    clock.run(5)
    assert len(seen) == 100
    assert seen == sorted(seen)
