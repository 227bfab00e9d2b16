"""What came through, and who is asked for how much of a line."""

from __future__ import annotations

import pytest

from signalling.joint_test import JointTest, SiteLines, joint_view
from signalling.line_meter import BestWindow, Lateness, SumOfMany, fair_shares, percent_lost
from signalling.line_test import LinePlan


def test_the_best_two_seconds_count() -> None:
    window = BestWindow()
    total = 0.0
    for tick in range(100):
        rate_bps = 8e6 if 30 <= tick < 55 else 2e6
        total += rate_bps / 8 / 10
        window.add(total, now=tick / 10)
    assert window.best_bps == pytest.approx(8e6, rel=0.02)


def test_less_than_two_seconds_tell_nothing() -> None:
    window = BestWindow()
    for tick in range(15):
        window.add(tick * 1e6, now=tick / 10)
    assert window.best_bps == 0


def test_counters_of_several_grow_as_one() -> None:
    together = SumOfMany()
    assert together.add("a", 1000) == 0  # what was before it joined does not count
    assert together.add("b", 50) == 0
    assert together.add("a", 1500) == 500
    assert together.add("b", 150) == 600
    assert together.add("a", 1500) == 600


@pytest.mark.parametrize(
    ("line", "wanted", "shares"),
    [
        (30, {"a": 5, "b": 5}, {"a": 5, "b": 5}),
        (30, {"a": 30, "b": 5, "c": 5}, {"a": 20, "b": 5, "c": 5}),
        (30, {str(each): 5 for each in range(10)}, {str(each): 3 for each in range(10)}),
        (6, {"a": 1, "b": 9, "c": 9}, {"a": 1, "b": 2, "c": 3}),
        (5, {}, {}),
    ],
)
def test_a_line_is_shared_and_never_exceeded(line: int, wanted: dict[str, int], shares: dict[str, int]) -> None:
    assert fair_shares(line, wanted) == shares
    assert sum(shares.values()) <= line


@pytest.mark.parametrize(("lost", "sent", "percent"), [(0, 0, 0), (5, 100, 5), (-2, 100, 0), (1, 3, 33.33)])
def test_loss_in_percent(lost: int, sent: int, percent: float) -> None:
    assert percent_lost(lost, sent) == percent


def joint() -> JointTest:
    wanted = {"one": LinePlan(down_bps=5_000_000, up_bps=5_000_000), "two": LinePlan(down_bps=5_000_000, up_bps=0)}
    return JointTest("s", SiteLines(down_bps=8_000_000, up_bps=30_000_000), wanted, now=100.0)


def test_a_joint_test_tells_each_endpoint_and_the_site() -> None:
    test = joint()
    assert test.phase(100.0) == "waiting"
    assert [test.plans[name].down_bps for name in ("one", "two")] == [4_000_000, 4_000_000]
    test.states["one"] = "running"
    assert test.phase(109.0) == "running"
    for tick in range(40):
        now = 110 + tick / 10
        test.add_down("p1", tick * 4e6 / 80, now=now)
        test.add_up("p1", tick * 2e6 / 80, now=now)
    kept = test.finish("one", {"network.down_mbps": 4.0, "network.up_mbps": 2.5, "network.rtt_ms": 10.0})
    assert kept == {"network.joint_percent": 50.0}
    assert test.phase(115.0) == "done"
    view = joint_view(test, now=115.0)
    assert (view.down_percent, view.up_percent) == (pytest.approx(100, abs=1), pytest.approx(40, abs=1))
    assert [(each.endpoint_id, each.state) for each in view.endpoints] == [("one", "done"), ("two", "waiting")]
    assert [each.endpoint_id for each in joint_view(test, now=115.0, only="two").endpoints] == ["two"]


def test_a_joint_test_that_nobody_comes_to_ends() -> None:
    assert joint().phase(109.0) == "done"


def test_a_joint_test_whose_endpoints_hang_ends() -> None:
    test = joint()
    test.states["one"] = "running"
    assert test.phase(200.0) == "done"


def test_a_process_that_wakes_late_was_busy() -> None:
    calm, busy = Lateness(), Lateness()
    for number in range(100):
        calm.add(0.004, 0.006)
        busy.add(0.004, 0.064 if number % 4 == 0 else 0.004)
    assert not calm.busy
    assert busy.busy
    assert not Lateness().busy
