"""The small machines of the estimator, each by itself."""

from itertools import pairwise

import pytest

from bandwidth.arrival_rate import ArrivalRate
from bandwidth.bottleneck import Bottleneck
from bandwidth.loss_part import Finding, LossPart
from bandwidth.pacer import FACTOR, MIN_FACTOR, PacingBudget, burst_bytes, pacing_factor
from bandwidth.probing import Prober
from bandwidth.queue_delay import QueueDelay, WindowedMinimum


def test_a_bottleneck_serves_at_its_rate_and_keeps_its_queue_when_that_changes() -> None:
    line: Bottleneck[int] = Bottleneck(800_000, queue_s=1.0, delay_s=0.01, random=lambda: 1.0)
    for number in range(3):
        assert line.offer(number, 1000, now=0.0)
    first = line.advance(now=0.015)  # 10 ms each
    assert [each.item for each in first] == [0]
    assert first[0].at == pytest.approx(0.02)
    assert line.queue_s == pytest.approx(0.015)
    line.capacity_bps = 80_000
    assert line.queue_s == pytest.approx(0.15)
    rest = line.advance(now=1.0)
    assert [each.queued_s for each in rest] == pytest.approx([0.065, 0.165])


def test_a_bottleneck_drops_what_would_wait_too_long_and_loses_at_random() -> None:
    line: Bottleneck[int] = Bottleneck(80_000, queue_s=0.1, delay_s=0.0, random=lambda: 0.4, loss=0.5)
    assert not line.offer(0, 1000, now=0.0)
    line.loss = 0.3
    assert [line.offer(1, 1000, now=0.0) for _ in range(3)] == [True, True, False]
    assert (line.lost_packets, line.overflowed_packets) == (1, 1)


def test_the_lowest_of_a_window() -> None:
    lowest = WindowedMinimum(1.0)
    given = ((0.0, 3.0), (0.5, 4.0), (1.2, 5.0), (3.0, 9.0))
    assert [lowest.add(value, at=at) for at, value in given] == [3, 3, 4, 9]


def test_a_burst_is_no_standing_queue() -> None:
    queue = QueueDelay()
    for step in range(40):
        burst = 0.03 if step % 8 == 0 else 0.0
        queue.add(step * 0.02, 100.0 + step * 0.02 + burst)
        assert queue.standing_s == pytest.approx(0.0, abs=1e-6)
    for step in range(40, 60):
        queue.add(step * 0.02, 100.0 + step * 0.02 + 0.03)
    assert queue.standing_s == pytest.approx(0.03)
    assert queue.queue_s == pytest.approx(0.03)


def report(rate: ArrivalRate, at: float, size_bytes: int) -> None:
    rate.add(size_bytes, [(at - 0.05, at, at + 9)], received_s=at + 9)


def test_the_recent_rate_follows_soon_and_is_not_misled_by_a_lost_report() -> None:
    rate = ArrivalRate()
    for step in range(20):
        report(rate, 1 + 0.05 * step, 5000)
    assert rate.recent_bps() == pytest.approx(800_000)
    for step in range(20, 24):
        report(rate, 1 + 0.05 * step, 1000)
    assert rate.recent_bps() == pytest.approx(160_000)
    report(rate, 1 + 0.05 * 26, 1000)  # two are lost
    assert rate.recent_bps() == rate.mean_bps


def test_a_late_report_counts_in_the_mean_alone() -> None:
    rate = ArrivalRate()
    for step in (0, 1, 2, 3, 4, 6, 5):
        report(rate, 1 + 0.05 * step, 1000)
    assert rate.mean_bps == pytest.approx(8 * 7000 / 0.5)


def trial(losses: LossPart, share: float, seconds: float, now: float) -> tuple[list[Finding], float]:
    found: list[Finding] = []
    end = now + seconds
    while now < end:
        now += 0.05
        finding = losses.update(20, round(20 * share), rtt_s=0.05, now=now)
        if finding is not Finding.NOTHING:
            found.append(finding)
    return found, now


def test_a_cut_that_does_not_help_shows_the_lines_own_loss() -> None:
    losses = LossPart()
    found, now = trial(losses, 0.1, 4, 0.0)
    assert found == [Finding.CUT, Finding.OWN]
    assert losses.own == pytest.approx(0.1)
    assert trial(losses, 0.1, 10, now)[0] == []


def test_a_cut_that_helps_was_for_congestion() -> None:
    losses = LossPart()
    found, now = trial(losses, 0.2, 0.2, 0.0)
    assert found == [Finding.CUT]
    assert losses.excess == pytest.approx(0.2)
    assert trial(losses, 0.0, 3, now)[0] == [Finding.CONGESTION]
    assert losses.own == 0


def test_a_line_that_loses_too_much_is_never_taken_as_it_is() -> None:
    losses = LossPart()
    assert set(trial(losses, 0.4, 8, 0.0)[0]) == {Finding.CUT, Finding.CONGESTION}
    assert losses.own < 0.05


def test_the_pacer_sends_less_the_longer_the_queue() -> None:
    factors = [pacing_factor(queue_s) for queue_s in (0.0, 0.01, 0.03, 0.06, 1.0)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == FACTOR
    assert factors[-1] == MIN_FACTOR
    budget = PacingBudget(8_000_000, now=0.0)
    assert budget.available_bytes(now=5.0) == burst_bytes(8_000_000) == 5000  # 5 ms


def test_a_probe_counts_by_its_second_half() -> None:
    prober = Prober()
    probe = prober.ask(wanted_bps=1e7, target_bps=1_000_000, searching=False, now=0.0)
    assert probe is not None
    packets = [(1.0, 300)] * 10 + [(1.0 + 0.001 * step, 300) for step in range(1, 16)]  # a bucket of tokens first
    supported = prober.judge(packets, own_loss=0.0)
    assert supported == pytest.approx(0.95 * 2_400_000, rel=0.1)


def test_a_probe_is_judged_when_all_of_it_is_there() -> None:
    prober = Prober()
    assert prober.ask(wanted_bps=1e7, target_bps=1_000_000, searching=False, now=0.0) is not None
    assert prober.judge([(1.0 + 0.001 * step, 300) for step in range(5)], own_loss=0.0) is None
    assert prober.waiting
    assert prober.judge([], own_loss=0.0) is not None
    assert not prober.waiting


def test_probes_that_find_nothing_become_rare() -> None:
    prober = Prober()
    times = [0.1 * step for step in range(400)]
    asked = [at for at in times if prober.ask(wanted_bps=1e7, target_bps=1_000_000, searching=False, now=at)]
    waits = [b - a for a, b in pairwise(asked)]
    assert [round(each) for each in waits] == sorted(round(each) for each in waits)
    assert waits[-1] == pytest.approx(8.0, abs=0.11)
