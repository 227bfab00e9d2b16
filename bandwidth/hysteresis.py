"""Pictures that do not flap: a subscriber's pictures are shared out anew only for a reason.

The plain allocation says what fits. One made with MARGIN less room says what fits comfortably. What a subscriber has
stays as long as it fits, although another choice were a little better. It goes to the plain allocation at once when it
no longer fits, or when a picture is new; and to the comfortable one when that has been worth more for DWELL_S.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from bandwidth.allocator import PAUSED, Allocation, Demand, LayerOption, allocate

MARGIN = 0.04  # the estimate is steady: what varies is what the pictures take
DWELL_S = 1.0
GAIN = 1.005  # of the value: less is not worth a switch
Key = tuple[Hashable, Hashable]
Demands = Sequence[Demand]


class AllocationKeeper:
    """Remembers what each demand has and since when its subscriber could have better."""

    def __init__(self) -> None:
        self._current: dict[Key, LayerOption | None] = {}
        self._better_since: dict[Hashable, float] = {}

    def forget(self, key: Key) -> None:
        """A person wants something else of this demand now: it gets its share at once, as if it were new."""
        self._current.pop(key, None)

    def update(self, demands: Demands, budgets: Mapping[Hashable, int], site_bps: int, *, now: float) -> Allocation:
        """The allocation to use now. A demand not seen before gets its share at once."""
        plain = allocate(demands, budgets, site_bps)
        reduced = {subscriber: int(bps * (1 - MARGIN)) for subscriber, bps in budgets.items()}
        comfortable = allocate(demands, reduced, int(site_bps * (1 - MARGIN)))
        result: Allocation = {}
        for subscriber, theirs in _by_subscriber(demands).items():
            best = plain if self._must_change(theirs, budgets.get(subscriber, 0)) else None
            if best is None and self._may_rise(theirs, comfortable, now):
                best = comfortable
            if best is not None:
                self._better_since.pop(subscriber, None)
            result |= {each.key: self._index(each) if best is None else best[each.key] for each in theirs}
        if _rate(demands, result) > site_bps:
            result = plain
        self._remember(demands, result)
        return result

    def _remember(self, demands: Demands, result: Allocation) -> None:
        self._current = {
            each.key: None if result[each.key] == PAUSED else each.options[result[each.key]] for each in demands
        }
        present = {each.subscriber for each in demands}
        self._better_since = {who: since for who, since in self._better_since.items() if who in present}

    def _index(self, demand: Demand) -> int:
        return _index_of(self._current.get(demand.key), demand.options)

    def _must_change(self, theirs: Demands, budget_bps: int) -> bool:
        """A picture is new, or what they have does not fit any more."""
        if any(each.key not in self._current for each in theirs):
            return True
        return _rate(theirs, {each.key: self._index(each) for each in theirs}) > budget_bps

    def _may_rise(self, theirs: Demands, comfortable: Allocation, now: float) -> bool:
        subscriber = theirs[0].subscriber
        current = {each.key: self._index(each) for each in theirs}
        if _value(theirs, comfortable) <= GAIN * _value(theirs, current):
            self._better_since.pop(subscriber, None)
            return False
        since = self._better_since.setdefault(subscriber, now)
        appears = any(current[each.key] == PAUSED and comfortable[each.key] != PAUSED for each in theirs)
        return now - since >= (DWELL_S / 3 if appears else DWELL_S)


def _by_subscriber(demands: Demands) -> dict[Hashable, list[Demand]]:
    found: dict[Hashable, list[Demand]] = defaultdict(list)
    for each in demands:
        found[each.subscriber].append(each)
    return found


def _rate(demands: Demands, chosen: Allocation) -> int:
    return sum(each.options[chosen[each.key]].bitrate_bps for each in demands if chosen[each.key] != PAUSED)


def _value(demands: Demands, chosen: Allocation) -> float:
    return sum(each.weight * each.options[chosen[each.key]].value for each in demands if chosen[each.key] != PAUSED)


def _index_of(had: LayerOption | None, options: Sequence[LayerOption]) -> int:
    """Where what a demand had stands among its options now, which come and go with what is measured: the same layers,
    else the best of those below; PAUSED if it had nothing."""
    if had is None:
        return PAUSED
    found = PAUSED
    for index, option in enumerate(options):
        if (option.spatial, option.temporal) == (had.spatial, had.temporal):
            return index
        if option.spatial <= had.spatial:
            found = index
    return max(found, 0) if options else PAUSED
