"""Pictures that do not flap: down at once, up only with room to spare that lasts.

The plain allocation says what fits. One made with MARGIN less room says what fits comfortably. A demand goes down to
the first at once; it goes up to the second when that has stood above what it has for DWELL_S. Every choice is at most
the plain allocation's, so no budget is exceeded.
"""

from collections.abc import Hashable, Mapping, Sequence

from bandwidth.allocator import PAUSED, Allocation, Demand, LayerOption, allocate

MARGIN = 0.1
DWELL_S = 1.5
Key = tuple[Hashable, Hashable]


class AllocationKeeper:
    """Remembers what each demand has and since when it could have more."""

    def __init__(self) -> None:
        self._current: dict[Key, LayerOption | None] = {}
        self._could_rise_since: dict[Key, float] = {}

    def forget(self, key: Key) -> None:
        """A person wants something else of this demand now: it gets its share at once, as if it were new."""
        self._current.pop(key, None)
        self._could_rise_since.pop(key, None)

    def update(
        self, demands: Sequence[Demand], budgets: Mapping[Hashable, int], site_bps: int, *, now: float
    ) -> Allocation:
        """The allocation to use now. A demand not seen before gets its share at once."""
        plain = allocate(demands, budgets, site_bps)
        reduced = {subscriber: int(bps * (1 - MARGIN)) for subscriber, bps in budgets.items()}
        comfortable = allocate(demands, reduced, int(site_bps * (1 - MARGIN)))
        result = {
            demand.key: self._choose(demand, plain[demand.key], min(plain[demand.key], comfortable[demand.key]), now)
            for demand in demands
        }
        self._current = {
            demand.key: None if result[demand.key] == PAUSED else demand.options[result[demand.key]]
            for demand in demands
        }
        self._could_rise_since = {key: at for key, at in self._could_rise_since.items() if key in result}
        return result

    def _choose(self, demand: Demand, plain: int, comfortable: int, now: float) -> int:
        key = demand.key
        if key not in self._current:
            return plain
        current = _index_of(self._current[key], demand.options)
        if plain < current or comfortable <= current:
            self._could_rise_since.pop(key, None)
            return min(plain, current)
        since = self._could_rise_since.setdefault(key, now)
        wait = DWELL_S / 3 if current == PAUSED else DWELL_S
        if now - since < wait:
            return current
        del self._could_rise_since[key]
        return comfortable


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
