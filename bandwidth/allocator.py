"""Who gets which layer: weighted utility under every subscriber's own line and the line they all share.

Input: for each (subscriber, publication) the options, lowest first, each with its bit rate and value; a budget for
each subscriber; the site's budget. Output: for each demand the index of its option, or PAUSED. Audio is not here: the
caller takes it off the budgets first.

Algorithm: a greedy allocation by value per bit, with the linear relaxation's bound beside it (bandwidth/relaxation.py);
where the two are not close, a search among the few options that can be in a better one (bandwidth/core_search.py).
"""

from collections.abc import Hashable, Mapping, Sequence

from bandwidth.core_search import CoreSearch
from bandwidth.demand import PAUSED, PRESENCE, Allocation, Demand, LayerOption, utility
from bandwidth.relaxation import Relaxation, Way

__all__ = ["PAUSED", "PRESENCE", "Allocation", "Demand", "LayerOption", "allocate", "utility"]


def allocate(demands: Sequence[Demand], budgets: Mapping[Hashable, int], site_bps: int) -> Allocation:
    """The allocation. No budget is ever exceeded; a subscriber without a budget gets nothing."""
    everything = _everything(demands, budgets, site_bps)
    if everything is not None:
        return everything
    lines = {demand.subscriber: budgets.get(demand.subscriber, 0) for demand in demands}
    pictures = _pictures(demands, lines, site_bps)
    relaxed = Relaxation(pictures, lines, site_bps)
    search = CoreSearch(pictures, lines, site_bps, relaxed)
    search.run()
    return {demand.key: way - 1 for demand, way in zip(demands, search.ways, strict=True)}


def _pictures(
    demands: Sequence[Demand], lines: Mapping[Hashable, int], site_bps: int
) -> list[tuple[Hashable, Sequence[Way]]]:
    """Each one's subscriber and ways: not to be sent, which is way 0, and the options that its line could carry alone.

    Equal ways are one object.
    """
    known: dict[tuple[int, float, int], list[Way]] = {}
    pictures: list[tuple[Hashable, Sequence[Way]]] = []
    for demand in demands:
        options, weight = demand.options, demand.weight
        limit, count = min(lines[demand.subscriber], site_bps), len(options)
        while count and options[count - 1].bitrate_bps > limit:
            count -= 1
        key = (id(options), weight, count)
        ways = known.get(key)
        if ways is None:
            ways = [(0, 0.0), *[(option.bitrate_bps, weight * option.value) for option in options[:count]]]
            known[key] = ways
        pictures.append((demand.subscriber, ways))
    return pictures


def _everything(demands: Sequence[Demand], budgets: Mapping[Hashable, int], site_bps: int) -> Allocation | None:
    """The best of each, if there is room for all of it."""
    left = dict(budgets)
    for demand in demands:
        best = demand.options[-1].bitrate_bps if demand.options else 0
        left[demand.subscriber] = left.get(demand.subscriber, 0) - best
        site_bps -= best
        if left[demand.subscriber] < 0 or site_bps < 0:
            return None
    return {demand.key: len(demand.options) - 1 for demand in demands}
