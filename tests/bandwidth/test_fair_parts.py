"""On a short line every room gets the same, and nobody less than his minimum."""

import random
from collections.abc import Hashable

from bandwidth.allocator import PAUSED, Allocation, Demand, LayerOption, allocate
from bandwidth.fair_parts import SPARE, Claim, FairParts, fair_parts
from tests.bandwidth.asked import demands


def spent(asked: list[Demand], chosen: Allocation, subscriber: int | None = None) -> int:
    return sum(
        each.options[chosen[each.key]].bitrate_bps
        for each in asked
        if chosen[each.key] != PAUSED and subscriber in (None, each.subscriber)
    )


def same(value: int, count: int) -> dict[Hashable, int]:
    return dict.fromkeys(range(count), value)


def claims(floor_bps: int, count: int, *, weight: float = 20.0) -> dict[Hashable, Claim]:
    return dict.fromkeys(range(count), Claim(floor_bps, weight))


def everybody(asked: list[Demand], chosen: Allocation, count: int) -> list[int]:
    return [spent(asked, chosen, subscriber) for subscriber in range(count)]


def test_on_a_short_line_rooms_that_ask_the_same_get_the_same() -> None:
    asked, budgets, site = demands(10), same(4_000_000, 10), 21_000_000
    without = everybody(asked, allocate(asked, budgets, site), 10)
    assert min(without[1:]) < 0.7 * max(without), "the sum alone is blind to who gets what"
    limits = FairParts().limits(asked, budgets, site, claims(0, 10))
    got = everybody(asked, allocate(asked, {**budgets, **limits}, site), 10)
    assert len(set(got[1:])) == 1, got  # who is on the stage sees no stage
    assert sum(got) <= site


def test_nobody_is_limited_while_there_is_room_for_all() -> None:
    asked, budgets = demands(10), same(4_000_000, 10)
    assert FairParts().limits(asked, budgets, 100_000_000, claims(600_000, 10)) == {}


def test_what_one_cannot_take_is_the_others() -> None:
    assert fair_parts({"a": 200, "b": 5_000, "c": 5_000}, 6_200, _claims("abc")) == {"a": 200, "b": 3_000, "c": 3_000}


def test_a_part_is_by_weight() -> None:
    given = {"a": Claim(0, 3.0), "b": Claim(0, 1.0)}
    assert fair_parts({"a": 9_000, "b": 9_000}, 4_000, given) == {"a": 3_000, "b": 1_000}
    assert fair_parts({"a": 9_000, "b": 9_000}, 4_000, {"a": Claim(0, 3.0), "b": Claim(0, 0.0)})["a"] >= 3_999


def test_who_does_not_get_his_own_voice_gets_as_much_more_of_pictures() -> None:
    given = {"speaker": Claim(0, 1.0, voices_bps=100), "a": Claim(0, 1.0, voices_bps=300)}
    assert fair_parts({"speaker": 9_000, "a": 9_000}, 4_000, given) == {"speaker": 2_100, "a": 1_900}
    given["a"] = Claim(2_500, 1.0, voices_bps=300)
    assert fair_parts({"speaker": 9_000, "a": 9_000}, 4_000, given) == {"speaker": 1_500, "a": 2_500}


def test_a_floor_comes_before_the_parts_of_all_others() -> None:
    given = {"a": Claim(2_000, 1.0), "b": Claim(0, 1.0), "c": Claim(0, 1.0)}
    assert fair_parts({"a": 9_000, "b": 9_000, "c": 9_000}, 4_000, given) == {"a": 2_000, "b": 1_000, "c": 1_000}
    assert fair_parts({"a": 500, "b": 9_000, "c": 9_000}, 4_000, given)["a"] == 500  # no more than he can take


def test_a_line_too_short_for_all_floors_is_shared_and_never_exceeded() -> None:
    assert fair_parts({"a": 9_000, "b": 9_000}, 1_000, {"a": Claim(2_000, 1.0), "b": Claim(600, 1.0)}) == {
        "a": 500,
        "b": 500,
    }


def test_equal_parts_leave_nobody_without_pictures_that_there_is_room_for() -> None:
    coarse = (LayerOption(spatial=0, temporal=None, bitrate_bps=280_000, value=1.0),)
    fine = tuple(
        LayerOption(spatial=each, temporal=None, bitrate_bps=100_000 * (each + 1), value=each) for each in (0, 3)
    )
    asked = [
        Demand(subscriber="a", publication="x", weight=1.0, options=fine),
        Demand(subscriber="b", publication="y", weight=1.0, options=coarse),
    ]
    limits = FairParts().limits(asked, {"a": 900_000, "b": 900_000}, 500_000, _claims("ab"))
    assert limits["b"] >= 280_000
    assert limits["a"] >= 100_000


def rooms_with(*rates_bps: int) -> list[Demand]:
    """Ten that are shown one picture each."""
    options = tuple(
        LayerOption(spatial=0, temporal=place, bitrate_bps=rate, value=place + 1)
        for place, rate in enumerate(rates_bps)
    )
    return [Demand(subscriber=each, publication="x", weight=1.0, options=options) for each in range(10)]


def test_a_part_that_was_used_up_is_kept_and_else_a_little_is_spared() -> None:
    asked, budgets = rooms_with(100_000, 2_000_000), same(4_000_000, 10)
    parts = FairParts()
    assert set(parts.limits(asked, budgets, 15_000_000, claims(0, 10)).values()) == {int((1 - SPARE) * 1_500_000)}
    had = rooms_with(1_490_000)
    parts.note(had, {each.key: 0 for each in had})
    assert set(parts.limits(asked, budgets, 15_000_000, claims(0, 10)).values()) == {1_490_000}
    assert set(parts.limits(asked, budgets, 14_000_000, claims(0, 10)).values()) == {1_400_000}


def test_whatever_the_lines_are_parts_fit_and_keep_every_floor_that_can_be_kept() -> None:
    for seed in range(300):
        source = random.Random(seed)
        count = source.randint(1, 12)
        could = {number: source.randint(0, 5_000_000) for number in range(count)}
        given = {
            number: Claim(
                source.randint(0, 1_000_000), source.choice([0.0, 1.0, 20.0]), voices_bps=source.randint(0, 200_000)
            )
            for number in could
        }
        site = source.randint(0, sum(could.values()))
        parts = fair_parts(could, site, given)
        assert sum(parts.values()) <= site
        assert all(0 <= part <= could[each] for each, part in parts.items())
        floors = {each: min(could[each], given[each].floor_bps) for each in could}
        if sum(floors.values()) <= site:
            assert all(parts[each] >= floors[each] - 1 for each in could)


def _claims(names: str) -> dict[Hashable, Claim]:
    return dict.fromkeys(names, Claim(0, 1.0))
