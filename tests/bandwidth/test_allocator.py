import random
from itertools import pairwise

from bandwidth.allocator import PAUSED, Demand, LayerOption, allocate, utility
from bandwidth.hysteresis import AllocationKeeper


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


def used(asked: list[Demand], chosen: dict[object, int], subscriber: int | None = None) -> int:
    return sum(
        each.options[chosen[each.key]].bitrate_bps
        for each in asked
        if chosen[each.key] != PAUSED and subscriber in (None, each.subscriber)
    )


def test_no_budget_is_ever_exceeded() -> None:
    for seed in range(200):
        source = random.Random(seed)
        asked = demands(source.randint(2, 11))
        budgets = {each.subscriber: source.randint(0, 5_000_000) for each in asked}
        site = source.randint(0, 30_000_000)
        chosen = allocate(asked, budgets, site)
        assert used(asked, chosen) <= site
        for subscriber, budget in budgets.items():
            assert used(asked, chosen, subscriber) <= budget


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
