"""The estimator over a bottleneck in virtual time."""

import random
from collections import deque

import pytest

from bandwidth.estimator import SendSideEstimator
from bandwidth.feedback import PacketResult

PACKET = 1200


class Bottleneck:
    """A line with a queue of 300 ms, 25 ms of delay each way and random loss; feedback each 60 ms."""

    def __init__(self, *, loss: float = 0.0, seed: int = 1) -> None:
        self.free_at = 0.0
        self.loss = loss
        self.random = random.Random(seed)
        self.delivered = 0

    def send(self, now: float, capacity_bps: float) -> float | None:
        start = max(now, self.free_at)
        if start - now > 0.3 or self.random.random() < self.loss:
            return None
        self.free_at = start + 8 * PACKET / capacity_bps
        self.delivered += 1
        return self.free_at + 0.025


def run(estimator: SendSideEstimator, line: Bottleneck, capacity_bps: float, seconds: float, begin: float) -> float:
    """Send at the estimate; the share of the line used over the last half."""
    now, end, due = begin, begin + seconds, begin
    pending: deque[PacketResult] = deque()
    number, delivered_half = 0, 0
    while now < end:
        received = line.send(now, capacity_bps)
        pending.append(PacketResult(number & 0xFFFF, PACKET, now, received))
        number += 1
        if now >= begin + seconds / 2 and received is not None:
            delivered_half += PACKET
        if now >= due:
            ripe = [each for each in pending if (each.received_at or each.sent_at + 0.35) <= now]
            for each in ripe:
                pending.remove(each)
            estimator.on_feedback(ripe, now=now + 0.025)
            due = now + 0.06
        now += 8 * PACKET / max(estimator.target_bps, 50_000)
    return 8 * delivered_half / (seconds / 2) / capacity_bps


def fresh() -> SendSideEstimator:
    return SendSideEstimator(start_bps=1_500_000, min_bps=60_000, max_bps=5_000_000)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_uses_most_of_a_line_and_does_not_collapse_when_the_line_does(seed: int) -> None:
    estimator, line = fresh(), Bottleneck(seed=seed)
    assert run(estimator, line, 2_500_000, 30, 0) > 0.6
    assert run(estimator, line, 700_000, 30, 30) > 0.6
    assert estimator.target_bps < 1_000_000
    assert estimator.queue_s < 0.25
    assert run(estimator, line, 2_500_000, 40, 60) > 0.6


def test_random_loss_of_a_mountain_line_is_not_taken_for_congestion() -> None:
    estimator = fresh()
    assert run(estimator, Bottleneck(loss=0.05), 1_500_000, 40, 0) > 0.5
    estimator = fresh()
    assert run(estimator, Bottleneck(loss=0.10), 1_500_000, 40, 0) > 0.4


def test_hostile_feedback_gives_no_nonsense() -> None:
    source = random.Random(3)
    estimator = fresh()
    for step in range(2000):
        results = [
            PacketResult(
                source.randrange(65536),
                source.choice([0, 1, 1200, 65535]),
                source.uniform(-1e6, 1e6),
                source.choice([None, source.uniform(-1e6, 1e6), step * 0.05]),
                source.random() < 0.1,
            )
            for _ in range(source.randrange(30))
        ]
        estimator.on_feedback(results, now=step * 0.05)
        assert 60_000 <= estimator.target_bps <= 5_000_000
        assert 0 <= estimator.loss <= 1
