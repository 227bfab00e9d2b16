from hypothesis import given

from bandwidth.allocator import PAUSED, Demand, allocate
from tests.bandwidth.asked import SUBSCRIBERS, assert_within, budgets, demands, rooms, site_lines


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
