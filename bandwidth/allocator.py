"""Who gets which layer: weighted utility under every subscriber's own line and the line they all share.

Input: for each (subscriber, publication) the options, lowest first, each with its bit rate and value; a budget for
each subscriber; the site's budget. Output: for each demand the index of its option, or PAUSED. Audio is not here: the
caller takes it off the budgets first.

Algorithm: a greedy allocation by value per bit, with the linear relaxation's bound beside it (bandwidth/relaxation.py);
where the two are not close, a search among the few options that can be in a better one (bandwidth/core_search.py).
"""

from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bandwidth.core_search import CoreSearch
from bandwidth.demand import PAUSED, PRESENCE, Allocation, Demand, Key, LayerOption, utility
from bandwidth.relaxation import Relaxation, Way

__all__ = [
    "INERTIA",
    "PAUSED",
    "PRESENCE",
    "Allocation",
    "Demand",
    "Held",
    "Key",
    "LayerOption",
    "allocate",
    "sure_pictures",
    "utility",
    "worth",
]

INERTIA = 0.04  # of its value is added to what a picture has: a change must bring more
EASILY = 0.25  # of a line is enough for all pictures at their smallest: none of them is left out
STILL_EASILY = 0.3  # where none is left out now


class Held(NamedTuple):
    """What a picture has now (PAUSED or the index of its option), and up to which option it may go."""

    option: int
    highest: int


NOTHING_HELD: Mapping[Key, Held] = MappingProxyType({})


def allocate(
    demands: Sequence[Demand],
    budgets: Mapping[Hashable, int],
    site_bps: int,
    held: Mapping[Key, Held] = NOTHING_HELD,
) -> Allocation:
    """The allocation. No budget is ever exceeded; a subscriber without a budget gets nothing.

    held: of the pictures that are sent already, which are not changed for less than INERTIA of their value.
    """
    everything = _everything(demands, budgets, site_bps, held)
    if everything is not None:
        return everything
    lines = {demand.subscriber: budgets.get(demand.subscriber, 0) for demand in demands}
    sure = sure_pictures(demands, lines, site_bps, held)
    pictures = _pictures(demands, lines, site_bps, held, sure)
    for demand, is_sure in zip(demands, sure, strict=True):
        if is_sure:
            lines[demand.subscriber] -= demand.options[0].bitrate_bps
            site_bps -= demand.options[0].bitrate_bps
    relaxed = Relaxation(pictures, lines, site_bps)
    search = CoreSearch(pictures, lines, site_bps, relaxed)
    search.run()
    return {
        demand.key: way if is_sure else way - 1 for demand, way, is_sure in zip(demands, search.ways, sure, strict=True)
    }


def sure_pictures(
    demands: Sequence[Demand],
    budgets: Mapping[Hashable, int],
    site_bps: int,
    held: Mapping[Key, Held] = NOTHING_HELD,
) -> list[bool]:
    """Of each picture, whether nothing may push it out: all of a subscriber whose line carries them easily, if the
    site's line carries all such pictures easily too. Not those that may not be sent now."""
    smallest = dict.fromkeys(budgets, 0)
    shares = dict.fromkeys(budgets, STILL_EASILY)
    asked = []
    for demand in demands:
        subscriber = demand.subscriber
        option, highest = (held.get(demand.key) if held else None) or (PAUSED, len(demand.options) - 1)
        asked.append(highest != PAUSED and subscriber in smallest)
        if asked[-1]:
            smallest[subscriber] += demand.options[0].bitrate_bps
            if option == PAUSED:
                shares[subscriber] = EASILY
    easily = {each for each, bps in smallest.items() if bps <= shares[each] * budgets[each]}
    if sum(smallest[each] for each in easily) > min(shares.values(), default=EASILY) * site_bps:
        easily.clear()
    return [wanted and demand.subscriber in easily for demand, wanted in zip(demands, asked, strict=True)]


def worth(demands: Sequence[Demand], chosen: Mapping[Key, int], held: Mapping[Key, Held]) -> float:
    """The weighted value of an allocation, and INERTIA for what stays; what is not named is paused."""
    total = 0.0
    for demand in demands:
        index = chosen.get(demand.key, PAUSED)
        if index != PAUSED:
            value = demand.weight * demand.options[index].value
            holder = held.get(demand.key)
            total += value * (1 + INERTIA) if holder is not None and holder.option == index else value
    return total


def _pictures(
    demands: Sequence[Demand],
    lines: Mapping[Hashable, int],
    site_bps: int,
    held: Mapping[Key, Held],
    sure: Sequence[bool],
) -> list[tuple[Hashable, Sequence[Way]]]:
    """Each one's subscriber and ways: not to be sent, which is way 0, and the options that its line could carry alone.

    Way 0 of a sure picture is its smallest option, and the others are what they are more than that. Equal ways are one
    object.
    """
    known: dict[tuple[int, float, int, int, bool], list[Way]] = {}
    pictures: list[tuple[Hashable, Sequence[Way]]] = []
    for demand, is_sure in zip(demands, sure, strict=True):
        options, weight = demand.options, demand.weight
        option, highest = held.get(demand.key) or (PAUSED, len(options) - 1)
        limit, count = min(lines[demand.subscriber], site_bps), highest + 1
        while count and options[count - 1].bitrate_bps > limit:
            count -= 1
        key = (id(options), weight, count, option, is_sure)
        ways = known.get(key)
        if ways is None:
            ways = [(0, 0.0), *[(each.bitrate_bps, weight * each.value) for each in options[:count]]]
            if 0 <= option < count:
                rate, value = ways[option + 1]
                ways[option + 1] = (rate, value * (1 + INERTIA))
            if is_sure:
                _, (first_bps, first_value), *_ = ways
                ways = [(rate - first_bps, value - first_value) for rate, value in ways[1:]]
            known[key] = ways
        pictures.append((demand.subscriber, ways))
    return pictures


def _everything(
    demands: Sequence[Demand],
    budgets: Mapping[Hashable, int],
    site_bps: int,
    held: Mapping[Key, Held],
) -> Allocation | None:
    """The best of each, if there is room for all of it."""
    left = dict(budgets)
    best: Allocation = {}
    for demand in demands:
        _, highest = held.get(demand.key) or (PAUSED, len(demand.options) - 1)
        best[demand.key] = highest
        if highest != PAUSED:
            rate = demand.options[highest].bitrate_bps
            left[demand.subscriber] = left.get(demand.subscriber, 0) - rate
            site_bps -= rate
            if left[demand.subscriber] < 0 or site_bps < 0:
                return None
    return best
