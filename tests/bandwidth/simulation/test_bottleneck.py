"""A line in virtual time: exact by tables, and never more than its rate whatever is sent."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandwidth.simulation.bottleneck import BURST_BYTES, ETHERNET_BYTES, Bottleneck, LineState

MBPS = 1e6
SIZE = 1250 - ETHERNET_BYTES  # 10 ms at 1 Mb/s


def line(*states: LineState, seed: int = 1) -> Bottleneck:
    return Bottleneck(states, random.Random(seed).random)


def test_a_packet_takes_its_time_and_the_delay() -> None:
    it = line(LineState(since_s=0, rate_bps=MBPS, delay_s=0.03))
    assert it.send(SIZE, at=1.0) == pytest.approx(1.04)
    assert it.send(SIZE, at=1.0) == pytest.approx(1.05)
    assert it.send(SIZE, at=2.0) == pytest.approx(2.04)


def test_what_waits_when_the_rate_changes_goes_on_at_the_new_rate() -> None:
    it = line(LineState(since_s=0, rate_bps=MBPS), LineState(since_s=1.005, rate_bps=MBPS / 2))
    assert it.send(SIZE, at=1.0) == pytest.approx(1.005 + 0.01)  # half of it at half the rate
    assert it.send(SIZE, at=1.0) == pytest.approx(1.035)
    assert it.send(SIZE, at=1.5) == pytest.approx(1.52)


def test_several_changes_while_one_packet_waits() -> None:
    states = [LineState(since_s=step * 0.002, rate_bps=MBPS / (step + 1)) for step in range(5)]
    served = sum(0.002 * MBPS / (step + 1) for step in range(4))
    left = 8 * (SIZE + ETHERNET_BYTES) - served
    assert line(*states).send(SIZE, at=0.0) == pytest.approx(0.008 + left / (MBPS / 5))


def test_a_full_queue_drops_and_says_how_long_one_waits() -> None:
    it = line(LineState(since_s=0, rate_bps=MBPS, queue_s=0.1))
    arrived = [it.send(SIZE, at=0.0) for _ in range(50)]
    room = int((MBPS * 0.1 + 8 * BURST_BYTES) // (8 * (SIZE + ETHERNET_BYTES)))
    assert [at is not None for at in arrived] == [True] * room + [False] * (50 - room)
    assert it.dropped == 50 - room
    assert it.waiting_s(0.0) == pytest.approx(0.01 * room)
    assert it.waiting_s(0.05) == pytest.approx(0.01 * room - 0.05)
    assert it.waiting_s(9.0) == 0


def test_random_loss_takes_its_place_on_the_line() -> None:
    it = line(LineState(since_s=0, rate_bps=100 * MBPS, loss=0.1), LineState(since_s=1000, rate_bps=100 * MBPS))
    lost = sum(it.send(SIZE, at=step * 0.01) is None for step in range(10_000))
    assert 900 < lost < 1100
    assert lost == it.lost
    assert it.send(SIZE, at=1001) is not None


def test_a_delay_that_shrinks_lets_nobody_overtake() -> None:
    it = line(LineState(since_s=0, rate_bps=MBPS, delay_s=0.5), LineState(since_s=1, rate_bps=MBPS, delay_s=0.0))
    assert it.send(SIZE, at=0.99) == pytest.approx(1.5)
    assert it.send(SIZE, at=1.01) == pytest.approx(1.5)


packets = st.lists(st.tuples(st.floats(0, 0.05), st.integers(40, 1500)), min_size=1, max_size=200)
rates = st.lists(st.tuples(st.floats(0.01, 1), st.floats(64_000, 10_000_000)), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(packets=packets, rates=rates, queue_s=st.floats(0.02, 0.5))
def test_order_is_kept_and_the_line_is_never_overdriven(
    packets: list[tuple[float, int]], rates: list[tuple[float, float]], queue_s: float
) -> None:
    begins, at = [], 0.0
    for wait, rate in rates:
        begins.append(LineState(since_s=at, rate_bps=rate, queue_s=queue_s))
        at += wait
    it = line(*begins)

    def carried(begin: float, end: float) -> float:
        total = 0.0
        for state, following in zip(begins, [*begins[1:], None], strict=True):
            until = end if following is None else min(end, following.since_s)
            total += max(0.0, until - max(begin, state.since_s)) * state.rate_bps
        return total

    now, arrivals = 0.0, []
    for wait, size in packets:
        now += wait
        arrival = it.send(size, at=now)
        if arrival is not None:
            assert arrival > now
            arrivals.append((now, arrival, 8 * (size + ETHERNET_BYTES)))
    assert all(before[1] <= after[1] + 1e-9 for before, after in pairwise(arrivals))
    if arrivals:
        bits = sum(each[2] for each in arrivals)
        assert bits <= carried(arrivals[0][0], arrivals[-1][1]) * (1 + 1e-6) + 1
