"""Everybody's minimum before anybody's more, on a line that all share.

The allocator weighs pictures against each other; weights that differ much would leave who weighs little with nothing.
Input: what the allocator is asked, and a floor in bits/s for each subscriber. Output: the same question, asked so that
whoever would be left below his floor comes first up to it, and gets no more than it. While the shared line is wide, or
nobody is left below, it is the question as it was.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from bandwidth.allocator import PAUSED, Allocation, Demand, allocate

FIRST = 10_000.0  # weighs more than anything a profile may say: 100 times 100, and a picture's value is at most 2
Question = tuple[Sequence[Demand], Mapping[Hashable, int]]


class Minima:
    """Asks anew only when somebody was left below his floor the time before, or would be: it costs two allocations."""

    def __init__(self) -> None:
        self._got: dict[Hashable, int] = {}
        self._changed = False

    def ask(
        self, demands: Sequence[Demand], budgets: Mapping[Hashable, int], site_bps: int, floors: Mapping[Hashable, int]
    ) -> Question:
        """The demands to allocate by, and how much each subscriber may get at most."""
        could = _could_take(demands, budgets)
        below = any(self._got.get(each, 0) < min(bps, floors.get(each, 0)) for each, bps in could.items())
        if sum(could.values()) <= site_bps or not (below or self._changed):
            self._changed = False
            return demands, budgets
        question = floors_first(demands, budgets, site_bps, floors)
        self._changed = question[1] is not budgets
        return question

    def note(self, demands: Sequence[Demand], chosen: Allocation) -> None:
        """What came of it."""
        self._got = dict.fromkeys((demand.subscriber for demand in demands), 0)
        for demand in demands:
            if chosen[demand.key] != PAUSED:
                self._got[demand.subscriber] += demand.options[chosen[demand.key]].bitrate_bps


def floors_first(
    demands: Sequence[Demand], budgets: Mapping[Hashable, int], site_bps: int, floors: Mapping[Hashable, int]
) -> Question:
    """The demands and budgets to allocate by, on a line that is too short for all that is asked."""
    lowered = {subscriber: min(bps, floors.get(subscriber, 0)) for subscriber, bps in budgets.items()}
    due = _values(demands, allocate(demands, lowered, sum(lowered.values())))
    asked, lines, below = demands, budgets, set[Hashable]()
    while True:
        found = _values(demands, allocate(asked, lines, site_bps))
        left_out = {subscriber for subscriber, value in due.items() if found[subscriber] < value - 1e-9} - below
        if not left_out:
            return asked, lines
        below |= left_out
        asked = [replace(each, weight=FIRST * each.weight) if each.subscriber in below else each for each in demands]
        lines = {subscriber: lowered[subscriber] if subscriber in below else bps for subscriber, bps in budgets.items()}


def _could_take(demands: Sequence[Demand], budgets: Mapping[Hashable, int]) -> dict[Hashable, int]:
    """What each subscriber's own line carries of what he asks."""
    asked: dict[Hashable, int] = {}
    for demand in demands:
        best = demand.options[-1].bitrate_bps if demand.options else 0
        asked[demand.subscriber] = asked.get(demand.subscriber, 0) + best
    return {subscriber: min(bps, budgets.get(subscriber, 0)) for subscriber, bps in asked.items()}


def _values(demands: Sequence[Demand], chosen: Allocation) -> dict[Hashable, float]:
    """What each subscriber's pictures are worth to him."""
    values: dict[Hashable, float] = {}
    for demand in demands:
        index = chosen[demand.key]
        value = 0.0 if index == PAUSED else demand.weight * demand.options[index].value
        values[demand.subscriber] = values.get(demand.subscriber, 0.0) + value
    return values
