import random
from itertools import pairwise

from hypothesis import given

from bandwidth.allocator import PAUSED, Demand, LayerOption, allocate, utility
from bandwidth.hysteresis import AllocationKeeper
from tests.bandwidth.asked import SUBSCRIBERS, assert_within, budgets, rooms, site_lines


def demands(count: int, *, stage: int = 0) -> list[Demand]:
    found = []
    for subscriber in range(count):
        for publication in range(count):
            if subscriber == publication:
                continue
            wanted = 1280 * 720 if publication == stage else 320 * 180
            options: list[LayerOption] = []
            for index, (rate, pixels) in enumerate(((120_000, 57_600), (450_000, 230_400), (1_500_000, 921_600))):
                value = utility(pixels, wanted, 1.0)
                if not options or value > options[-1].value:
                    options.append(LayerOption(spatial=index, temporal=None, bitrate_bps=rate, value=value))
            weight = 20.0 if publication == stage else 1.0
            found.append(Demand(subscriber=subscriber, publication=publication, weight=weight, options=tuple(options)))
    return found


@given(rooms(), budgets, site_lines)
def test_no_budget_is_ever_exceeded(demands: list[Demand], lines: dict[str, int], site_bps: int) -> None:
    assert_within(demands, allocate(demands, lines, site_bps), lines, site_bps)


@given(rooms(), site_lines)
def test_a_subscriber_without_a_budget_gets_nothing(demands: list[Demand], site_bps: int) -> None:
    lines = {"a": 1_000_000}
    assert_within(demands, allocate(demands, lines, site_bps), lines, site_bps)


@given(rooms())
def test_where_there_is_room_for_all_everybody_gets_the_best(demands: list[Demand]) -> None:
    chosen = allocate(demands, dict.fromkeys(SUBSCRIBERS, 10**9), 10**9)
    assert all(chosen[each.key] == len(each.options) - 1 for each in demands)


@given(rooms(), budgets, site_lines)
def test_it_is_as_good_as_the_best_single_picture(demands: list[Demand], lines: dict[str, int], site_bps: int) -> None:
    """However small the room is: it is not left empty, nor given to trifles."""
    chosen = allocate(demands, lines, site_bps)
    singles = [
        each.weight * option.value
        for each in demands
        for option in each.options
        if option.bitrate_bps <= min(lines[str(each.subscriber)], site_bps)
    ]
    got = sum(each.weight * each.options[chosen[each.key]].value for each in demands if chosen[each.key] != PAUSED)
    assert got >= 0.98 * max(singles, default=0.0)


def test_the_plans_stress_case_shows_everybody_to_everybody() -> None:
    asked = demands(11)
    chosen = allocate(asked, dict.fromkeys(range(11), 4_000_000), 24_000_000)
    assert PAUSED not in chosen.values()
    assert sum(1 for each in asked if each.publication == 0 and chosen[each.key] >= 1) == 10


def test_a_picture_goes_down_at_once_and_up_only_when_room_lasts() -> None:
    keeper = AllocationKeeper()
    asked = demands(2)
    key = (1, 0)
    history = []
    for step in range(60):
        budget = 2_000_000 if step < 10 or step >= 20 else 500_000
        history.append(keeper.update(asked, {0: 4_000_000, 1: budget}, 30_000_000, now=step * 0.2)[key])
    assert history[:10] == [2] * 10
    assert history[10:20] == [1] * 10
    assert history[20:26] == [1] * 6
    assert history[-1] == 2


def test_an_estimate_that_swings_around_a_step_does_not_flap() -> None:
    keeper = AllocationKeeper()
    asked = demands(2)
    source = random.Random(1)
    history = [
        keeper.update(
            asked, {0: 4_000_000, 1: int(1_500_000 * source.uniform(0.93, 1.07))}, 30_000_000, now=step * 0.2
        )[1, 0]
        for step in range(600)
    ]
    changes = sum(1 for before, after in pairwise(history) if before != after)
    assert changes <= 4, changes
