"""The allocator against the exact optimum, on random rooms from starving to plentiful."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean

import pytest

from bandwidth.allocator import Allocation, allocate
from bandwidth.core_search import CoreSearch
from bandwidth.relaxation import Relaxation, Way
from benchmarks.optimum import optimum, value_of
from benchmarks.rooms import AllocationRoom, random_room

ON_AVERAGE, AT_WORST = 0.005, 0.02


@dataclass(frozen=True)
class Solved:
    room: AllocationRoom
    optimum: float

    def gap(self, allocation: Allocation) -> float:
        """Share of the optimum that is missing."""
        return 1 - value_of(self.room.demands, allocation) / self.optimum if self.optimum else 0.0


@pytest.fixture(scope="module")
def solved() -> list[Solved]:
    rooms = [random_room(seed) for seed in range(40)]
    rooms += [random_room(seed, endpoints=11) for seed in range(12)]
    return [Solved(room, optimum(room)) for room in rooms]


def search(room: AllocationRoom) -> tuple[Relaxation, CoreSearch]:
    pictures: list[tuple[object, list[Way]]] = [
        (each.subscriber, [(0, 0.0), *[(way.bitrate_bps, each.weight * way.value) for way in each.options]])
        for each in room.demands
    ]
    relaxed = Relaxation(pictures, room.budgets, room.site_bps)
    return relaxed, CoreSearch(pictures, room.budgets, room.site_bps, relaxed)


def allocation(room: AllocationRoom, ways: list[int]) -> Allocation:
    return {each.key: way - 1 for each, way in zip(room.demands, ways, strict=True)}


def test_it_is_near_the_optimum_on_average_and_at_worst(solved: list[Solved]) -> None:
    gaps = [each.gap(allocate(each.room.demands, each.room.budgets, each.room.site_bps)) for each in solved]
    assert min(gaps) > -2e-4, "better than the best: the measure is wrong"
    assert mean(gaps) <= ON_AVERAGE
    assert max(gaps) <= AT_WORST


def test_the_greedy_allocation_alone_would_not_be(solved: list[Solved]) -> None:
    """The measure can tell: these rooms are no easy ones."""
    gaps = [each.gap(allocation(each.room, search(each.room)[0].ways)) for each in solved]
    assert max(gaps) > AT_WORST


def test_no_allocation_is_better_than_value_and_deficit(solved: list[Solved]) -> None:
    """The bound that the search goes by, before and after it."""
    for each in solved:
        _, core = search(each.room)
        before = value_of(each.room.demands, allocation(each.room, core.ways)) + core.deficit
        core.run()
        after = value_of(each.room.demands, allocation(each.room, core.ways)) + core.deficit
        assert before == pytest.approx(after)
        assert before >= each.optimum * (1 - 2e-4)
