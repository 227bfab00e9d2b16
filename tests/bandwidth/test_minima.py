"""Nobody is left below his minimum on a short line while others have more than theirs."""

import random
from collections.abc import Hashable
from dataclasses import replace

from bandwidth.allocator import PAUSED, Allocation, Demand, LayerOption, allocate, utility
from bandwidth.minima import Minima, floors_first


def demands(count: int, *, stage: int = 0) -> list[Demand]:
    """Everybody sees everybody; one is on the stage."""
    found = []
    for subscriber in range(count):
        for publication in set(range(count)) - {subscriber}:
            wanted = 1280 * 720 if publication == stage else 320 * 180
            options: list[LayerOption] = []
            for index, (rate, pixels) in enumerate(((120_000, 57_600), (450_000, 230_400), (1_500_000, 921_600))):
                value = utility(pixels, wanted, 1.0)
                if not options or value > options[-1].value:
                    options.append(LayerOption(spatial=index, temporal=None, bitrate_bps=rate, value=value))
            weight = 20.0 if publication == stage else 1.0
            found.append(Demand(subscriber=subscriber, publication=publication, weight=weight, options=tuple(options)))
    return found


def spent(asked: list[Demand], chosen: Allocation, subscriber: int | None = None) -> int:
    return sum(
        each.options[chosen[each.key]].bitrate_bps
        for each in asked
        if chosen[each.key] != PAUSED and subscriber in (None, each.subscriber)
    )


def same(value: int, count: int) -> dict[Hashable, int]:
    return dict.fromkeys(range(count), value)


def unequal() -> list[Demand]:
    """Subscribers 0 to 4 weigh a hundred times what 5 to 9 do, and could take the whole line."""
    return [replace(each, weight=each.weight * (100 if int(str(each.subscriber)) < 5 else 1)) for each in demands(10)]


def test_weights_leave_nobody_below_his_floor_and_count_above_it() -> None:
    asked, budgets, site = unequal(), same(4_000_000, 10), 9_000_000
    without = allocate(asked, budgets, site)
    assert min(spent(asked, without, subscriber) for subscriber in range(5, 10)) < 450_000
    chosen = allocate(*floors_first(asked, budgets, site, same(600_000, 10)), site)
    assert all(450_000 <= spent(asked, chosen, subscriber) <= 600_000 for subscriber in range(5, 10))
    assert all(spent(asked, chosen, subscriber) > 1_000_000 for subscriber in range(5))
    assert spent(asked, chosen) <= site


def test_a_line_too_short_for_all_floors_is_shared_by_weight_and_never_exceeded() -> None:
    asked, budgets, site = unequal(), same(4_000_000, 10), 2_000_000
    chosen = allocate(*floors_first(asked, budgets, site, same(600_000, 10)), site)
    assert spent(asked, chosen) <= site


def test_the_question_stays_as_it_was_where_nobody_is_left_below() -> None:
    asked, budgets = demands(10), same(4_000_000, 10)
    assert floors_first(asked, budgets, 24_000_000, same(600_000, 10)) == (asked, budgets)  # everybody has more
    assert floors_first(asked, budgets, 3_000_000, {}) == (asked, budgets)  # there are no floors
    assert Minima().ask(asked, budgets, 100_000_000, same(600_000, 10)) == (asked, budgets)  # the line is wide


def test_minima_are_found_out_by_what_came_of_it_and_then_kept_to() -> None:
    asked, budgets, floors, site = unequal(), same(4_000_000, 10), same(600_000, 10), 9_000_000
    minima = Minima()
    minima.note(asked, allocate(asked, budgets, 60_000_000))  # all was well: nobody looks
    assert minima.ask(asked, budgets, site, floors) == (asked, budgets)
    minima.note(asked, allocate(asked, budgets, site))
    poor = []
    for _ in range(5):
        chosen = allocate(*minima.ask(asked, budgets, site, floors), site)
        minima.note(asked, chosen)
        poor.append(min(spent(asked, chosen, subscriber) for subscriber in range(5, 10)))
    assert min(poor) >= 450_000
    assert minima.ask(asked, budgets, 60_000_000, floors) == (asked, budgets)


def test_whatever_the_lines_are_nobody_below_his_floor_pays_for_who_is_above() -> None:
    for seed in range(150):
        source = random.Random(seed)
        count = source.randint(2, 11)
        asked = [replace(each, weight=each.weight * source.choice([0.1, 1, 100])) for each in demands(count)]
        budgets: dict[Hashable, int] = {number: source.randint(0, 5_000_000) for number in range(count)}
        floors: dict[Hashable, int] = {number: source.randint(0, 1_000_000) for number in range(count)}
        site = source.randint(sum(min(floors[each], budgets[each]) for each in floors), 30_000_000)
        chosen = allocate(*floors_first(asked, budgets, site, floors), site)
        assert spent(asked, chosen) <= site
        alone = allocate(asked, {each: min(floors[each], budgets[each]) for each in floors}, 10**9)
        for subscriber in range(count):
            assert spent(asked, chosen, subscriber) <= budgets[subscriber]
            mine = [each for each in asked if each.subscriber == subscriber]
            assert worth(mine, chosen) >= worth(mine, alone) - 1e-9


def worth(mine: list[Demand], chosen: Allocation) -> float:
    found = ((each, chosen[each.key]) for each in mine)
    return sum(each.weight * each.options[index].value for each, index in found if index != PAUSED)
