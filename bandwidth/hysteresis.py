"""Pictures that do not flap: down at once, up only into room that lasts, and no change for next to nothing.

What is had is kept while it fits. A subscriber that has more than its line carries now goes down at once, and none of
its pictures goes up in the place of others at that moment. Else pictures go up into what may be counted on
(bandwidth/steady_room.py), each at most once in DWELL_S, and one that is seen not for PATIENCE_S after it had to go
down on a line that was known and is still the same; an allocation that changes pictures must be better by what the
allocator counts for each change (INERTIA).
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from bandwidth.allocator import PAUSED, Allocation, Demand, Held, Key, LayerOption, allocate, sure_pictures, worth
from bandwidth.steady_room import DWELL_S, SteadyRoom

PATIENCE_S = 30.0
KNOWN_S = 10.0  # after which a line's dips are known
TOO_OFTEN, OFTEN_S = 3, 120.0  # falls, each with a way up after the one before: wait though the line is another one
FAR_MORE = 3.0  # times what the subscriber's line carried when a picture fell: nothing is to be waited for


class _Fall(NamedTuple):
    """A picture had to go down, as it did `times` times of late, when its subscriber's line carried `line_bps`.

    known: the line was known then.
    """

    at_s: float
    times: int
    known: bool
    line_bps: int


class AllocationKeeper:
    """Remembers what each demand has and since when, and how each line has been."""

    def __init__(self) -> None:
        self._current: dict[Key, LayerOption | None] = {}
        self._changed_s: dict[Key, float] = {}
        self._falls: dict[Key, _Fall] = {}
        self._lines: dict[Hashable, SteadyRoom] = {}
        self._site = SteadyRoom()

    def forget(self, key: Key) -> None:
        """A person wants something else of this demand now: it gets its share at once, as if it were new."""
        for memory in (self._current, self._changed_s, self._falls):
            memory.pop(key, None)

    def update(
        self,
        demands: Sequence[Demand],
        budgets: Mapping[Hashable, int],
        site_bps: int,
        *,
        now: float,
        caps: Mapping[Hashable, int] | None = None,
        reserved_bps: int = 0,
    ) -> Allocation:
        """The allocation to use now. A demand not seen before gets its share at once.

        caps: no more than that for a subscriber now, whatever its line carries (bits/s); to go down for one is no fall.
        reserved_bps: what voices take of the site's line beside site_bps; they come and go, which is no swing of it.
        """
        lines = {**dict.fromkeys((demand.subscriber for demand in demands), 0), **budgets}
        had = {
            demand.key: _index_of(self._current[demand.key], demand.options)
            for demand in demands
            if demand.key in self._current
        }
        limits = _Limits(demands, had, lines, site_bps, caps or {})
        self._lines = {subscriber: self._lines.get(subscriber) or SteadyRoom() for subscriber in lines}
        counted = {subscriber: line.update(lines[subscriber], now=now) for subscriber, line in self._lines.items()}
        limits.lower(counted, self._site.update(site_bps + reserved_bps, now=now) - reserved_bps)
        held = {
            demand.key: Held(had[demand.key], self._highest(demand, had[demand.key], limits, now))
            for demand in demands
            if demand.key in had
        }
        result = allocate(demands, limits.lines, limits.site_bps, held)
        stay = {demand.key: had.get(demand.key, PAUSED) for demand in demands}
        if result != stay and not limits.too_much and self._may_stay(demands, stay, result, held, limits):
            result = stay
        self._remember(demands, had, result, limits, now)
        return result

    def _may_stay(
        self,
        demands: Sequence[Demand],
        stay: Allocation,
        result: Allocation,
        held: Mapping[Key, Held],
        limits: "_Limits",
    ) -> bool:
        """Whether what is had is as good, and leaves out no picture that must be there."""
        if worth(demands, stay, held) < worth(demands, result, held):
            return False
        sure = sure_pictures(demands, limits.lines, limits.site_bps, held)
        return all(stay[demand.key] != PAUSED for demand, is_sure in zip(demands, sure, strict=True) if is_sure)

    def _highest(self, demand: Demand, had: int, limits: "_Limits", now: float) -> int:
        """Up to which option a picture may go now."""
        key = demand.key
        if demand.subscriber in limits.too_much or now - self._changed_s[key] < DWELL_S:
            return had
        fall = self._falls.get(key)
        line_bps = limits.lines[demand.subscriber]
        if fall is not None and now - fall.at_s < PATIENCE_S and line_bps < FAR_MORE * fall.line_bps:
            same_line = self._another_line_s(demand) <= fall.at_s
            if fall.times >= TOO_OFTEN or (had != PAUSED and fall.known and same_line):
                return had
        return len(demand.options) - 1

    def _another_line_s(self, demand: Demand) -> float:
        """Since when the subscriber's line and the site's have been what they are."""
        return max(self._lines[demand.subscriber].since_s, self._site.since_s)

    def _remember(
        self, demands: Sequence[Demand], had: Allocation, result: Allocation, limits: "_Limits", now: float
    ) -> None:
        changed_s, falls = self._changed_s, self._falls
        self._current, self._changed_s, self._falls = {}, {}, {}
        for demand in demands:
            key, index = demand.key, result[demand.key]
            fall = falls.get(key)
            if demand.subscriber in limits.squeezed and index < had.get(key, PAUSED):
                times = 1
                if fall is not None and now - fall.at_s < OFTEN_S:
                    times = fall.times + (fall.at_s < changed_s[key])
                known = now - self._another_line_s(demand) >= KNOWN_S
                fall = _Fall(now, times, known, limits.lines[demand.subscriber])
            if fall is not None:
                self._falls[key] = fall
            self._current[key] = None if index == PAUSED else demand.options[index]
            self._changed_s[key] = changed_s.get(key, now) if had.get(key) == index else now


class _Limits:
    """What the lines carry at this moment. squeezed: who has more than that; everybody, if all have more than the
    site's line carries. too_much: they, and who has more than its cap."""

    def __init__(
        self,
        demands: Sequence[Demand],
        had: Allocation,
        lines: dict[Hashable, int],
        site_bps: int,
        caps: Mapping[Hashable, int],
    ) -> None:
        self.lines, self.site_bps, self._caps = dict(lines), site_bps, caps
        self._used = dict.fromkeys(lines, 0)
        for demand in demands:
            index = had.get(demand.key, PAUSED)
            if index != PAUSED:
                self._used[demand.subscriber] += demand.options[index].bitrate_bps
        self._site_used = sum(self._used.values())
        over = self._site_used > site_bps
        self.squeezed = {subscriber for subscriber, used in self._used.items() if over or used > lines[subscriber]}
        self.too_much = self.squeezed | {each for each, used in self._used.items() if used > caps.get(each, used)}

    def lower(self, lines: Mapping[Hashable, int], site_bps: int) -> None:
        """To what may be counted on, but not below what is had where that fits."""
        for subscriber, bps in lines.items():
            if subscriber not in self.squeezed:
                self.lines[subscriber] = max(bps, self._used[subscriber])
        for subscriber, cap_bps in self._caps.items():
            self.lines[subscriber] = min(self.lines.get(subscriber, cap_bps), cap_bps)
        if self._site_used <= self.site_bps:
            self.site_bps = max(site_bps, self._site_used)


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
