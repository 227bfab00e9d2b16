"""What publishers may send: layers under a limit, and the way in divided among all."""

import random
from collections.abc import Hashable
from itertools import pairwise

import pytest

from bandwidth.publishing import DWELL_S, PublisherNeed, PublishingKeeper, divide, fit_layers, fit_picture
from config.costs import PICTURE_OVERHEAD, picture_bps
from config.profile import load_profile

CAMERA = load_profile("30-5").roles.delegate.camera
RATES = [120_000, 450_000, 1_500_000]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (10_000_000, RATES),
        (picture_bps(sum(RATES)) + 1, RATES),
        (1_800_000, [120_000, 450_000, 1_128_113]),  # the largest is made smaller
        (1_000_000, [120_000, 450_000, 0]),  # less than half of the largest: it looks no better
        (500_000, [120_000, 351_698, 0]),
        (300_000, [120_000, 0, 0]),
        (130_000, [120_000, 0, 0]),
        (100_000, [94_339, 0, 0]),
        (60_000, [0, 0, 0]),  # not even the smallest
        (0, [0, 0, 0]),
        (-5, [0, 0, 0]),
    ],
)
def test_layers_fit_from_the_lowest(budget: int, expected: list[int]) -> None:
    assert fit_layers(RATES, budget) == expected


def test_what_fits_never_takes_more_than_the_budget_and_always_rises() -> None:
    for seed in range(500):
        source = random.Random(seed)
        rates = sorted(source.sample(range(20_000, 5_000_000), source.randint(1, 3)))
        budget = source.randint(0, 8_000_000)
        found = fit_layers(rates, budget)
        sent = [rate for rate in found if rate]
        assert sum(found) * PICTURE_OVERHEAD <= budget
        assert sent == sorted(set(sent)) == found[: len(sent)]
        assert all(rate <= most for rate, most in zip(found, rates, strict=True))


def test_a_plan_loses_its_upper_layers_and_keeps_sizes_and_names() -> None:
    plan = fit_picture(CAMERA, 1_000_000)
    assert [layer.rid for layer in plan.layers] == ["q", "h"]
    assert (plan.width, plan.height) == (CAMERA.width, CAMERA.height)
    assert fit_picture(CAMERA, 0).layers == ()
    assert fit_picture(CAMERA, 10_000_000) == CAMERA


def need(wanted: int, *, least: int = 200_000, most: int = 2_400_000) -> PublisherNeed:
    return PublisherNeed(least_bps=least, wanted_bps=wanted, most_bps=most)


def test_while_all_fits_everybody_has_his_most() -> None:
    assert divide(28_500_000, [need(700_000)] * 22) == [2_400_000] * 22


def test_a_short_line_makes_the_large_smaller_and_leaves_the_small_alone() -> None:
    parts = divide(10_000_000, [need(700_000)] * 5 + [need(2_300_000)] * 5)
    assert parts[:5] == [700_000] * 5
    assert parts[5:] == [1_300_000] * 5


def test_parts_never_sum_to_more_than_the_line() -> None:
    for seed in range(300):
        source = random.Random(seed)
        needs = []
        for _ in range(source.randint(1, 22)):
            least = source.randint(60_000, 400_000)
            wanted = source.randint(least, 4_000_000)
            needs.append(PublisherNeed(least_bps=least, wanted_bps=wanted, most_bps=wanted + source.randint(0, 10**6)))
        limit = source.randint(100_000, 30_000_000)
        parts = divide(limit, needs)
        if sum(each.wanted_bps for each in needs) > limit:
            assert sum(parts) <= limit
            assert all(part <= each.wanted_bps for part, each in zip(parts, needs, strict=True))
        else:
            assert parts == [each.most_bps for each in needs]


def test_a_part_falls_at_once_and_rises_when_the_room_has_lasted() -> None:
    keeper = PublishingKeeper()
    calm: dict[Hashable, PublisherNeed] = {"a": need(700_000), "b": need(700_000)}
    busy: dict[Hashable, PublisherNeed] = {"a": need(2_300_000), "b": need(2_300_000)}
    assert keeper.update(calm, 3_000_000, now=0.0) == {"a": 2_400_000, "b": 2_400_000}
    assert keeper.update(busy, 3_000_000, now=0.4) == {"a": 1_500_000, "b": 1_500_000}
    assert keeper.update(calm, 3_000_000, now=0.8) == {"a": 1_500_000, "b": 1_500_000}
    assert keeper.update(calm, 3_000_000, now=0.8 + DWELL_S - 0.5)["a"] == 1_500_000
    assert keeper.update(calm, 3_000_000, now=0.9 + DWELL_S) == {"a": 2_400_000, "b": 2_400_000}


def test_a_cap_that_is_lifted_counts_at_once_where_the_line_is_not_short() -> None:
    keeper = PublishingKeeper()
    assert keeper.update({"a": need(700_000, most=1_000_000)}, 28_500_000, now=0.0) == {"a": 1_000_000}
    assert keeper.update({"a": need(700_000)}, 28_500_000, now=0.1) == {"a": 2_400_000}


def test_a_want_that_wavers_changes_nobodys_part_often() -> None:
    keeper = PublishingKeeper()
    source = random.Random(3)
    history = []
    for step in range(300):
        needs: dict[Hashable, PublisherNeed] = {
            number: need(int(2_000_000 * source.uniform(0.9, 1.1))) for number in range(5)
        }
        needs["other"] = need(source.choice([0, 1_500_000]), least=0)
        history.append(keeper.update(needs, 9_000_000, now=0.4 * step)[0])
    changes = sum(1 for before, after in pairwise(history) if after != before)
    assert changes <= 10, changes
