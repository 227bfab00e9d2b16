"""Who gets which layer: weighted utility under every subscriber's own line and the line they all share.

Input: for each (subscriber, publication) the options, lowest first, each with its bit rate and value; a budget for
each subscriber; the site's budget. Algorithm: greedy on marginal value per bit over the concave hull of each demand's
options (the fractional relaxation's optimum up to one step), then a fill step that spends what is left on whatever
still fits. Output: for each demand the index of its option, or PAUSED. Audio is not here: the caller takes it off the
budgets first.
"""

import heapq
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

PAUSED = -1
PRESENCE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerOption:
    """One way to send a publication. `bitrate_bps` all in all (a layer with those it needs), `value` unweighted."""

    spatial: int
    temporal: int | None
    bitrate_bps: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One subscriber's wish for one publication. `options` in rising order of bit rate and value."""

    subscriber: Hashable
    publication: Hashable
    weight: float
    options: tuple[LayerOption, ...]

    @property
    def key(self) -> tuple[Hashable, Hashable]:
        """What the allocation is told by."""
        return self.subscriber, self.publication


Allocation = dict[tuple[Hashable, Hashable], int]


def utility(pixels: int, wanted_pixels: int, framerate_share: float) -> float:
    """Value of a picture of `pixels` shown at `wanted_pixels`, with `framerate_share` (0 to 1) of its full motion.

    Square-rooted, since a picture of twice the bits does not look twice as good; more pixels than are shown are worth
    nothing more. To be seen at all is worth as much as all quality: nobody vanishes for another's sharpness.
    """
    if wanted_pixels <= 0:
        return 0.0
    shown = min(pixels / wanted_pixels, 1.0)
    return float(PRESENCE + shown**0.5 * (0.4 + 0.6 * framerate_share))


def allocate(demands: Sequence[Demand], budgets: Mapping[Hashable, int], site_bps: int) -> Allocation:
    """The allocation. No budget is ever exceeded; a subscriber without a budget gets nothing."""
    everything = _everything(demands, budgets, site_bps)
    if everything is not None:
        return everything
    work = _Work(demands, budgets, site_bps)
    work.greedy()
    work.fill()
    return {demand.key: index for demand, index in zip(demands, work.chosen, strict=True)}


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


class _Work:
    def __init__(self, demands: Sequence[Demand], budgets: Mapping[Hashable, int], site_bps: int) -> None:
        self._demands = demands
        self._left = dict(budgets)
        self._site = site_bps
        self.chosen = [PAUSED] * len(demands)
        hulls: dict[int, list[int]] = {}  # many demands share their options
        for demand in demands:
            if id(demand.options) not in hulls:
                hulls[id(demand.options)] = _hull(demand.options)
        self._hulls = [hulls[id(demand.options)] for demand in demands]

    def greedy(self) -> None:
        heap: list[tuple[float, int, int]] = []
        for index in range(len(self._demands)):
            self._push(heap, index, 0)
        while heap:
            _, index, step = heapq.heappop(heap)
            if self._take(index, self._hulls[index][step]):
                self._push(heap, index, step + 1)

    def fill(self) -> None:
        """Single steps up, the most valuable per bit first, until nothing fits."""
        improving = True
        while improving:
            improving = False
            order = sorted(range(len(self._demands)), key=self._next_gain, reverse=True)
            for index in order:
                options = self._demands[index].options
                for option in range(self.chosen[index] + 1, len(options)):
                    if self._gain(index, option) > 0 and self._take(index, option):
                        improving = True
                        break

    def _push(self, heap: list[tuple[float, int, int]], index: int, step: int) -> None:
        hull = self._hulls[index]
        if step < len(hull):
            gain = self._gain(index, hull[step])
            if gain > 0:
                heapq.heappush(heap, (-gain, index, step))

    def _next_gain(self, index: int) -> float:
        following = self.chosen[index] + 1
        return self._gain(index, following) if following < len(self._demands[index].options) else 0.0

    def _gain(self, index: int, option: int) -> float:
        """Weighted value per bit of going from what is chosen to `option`."""
        demand = self._demands[index]
        extra = demand.options[option].bitrate_bps - self._rate(index)
        value = demand.options[option].value - self._value(index)
        return demand.weight * value / max(extra, 1)

    def _rate(self, index: int) -> int:
        chosen = self.chosen[index]
        return 0 if chosen == PAUSED else self._demands[index].options[chosen].bitrate_bps

    def _value(self, index: int) -> float:
        chosen = self.chosen[index]
        return 0.0 if chosen == PAUSED else self._demands[index].options[chosen].value

    def _take(self, index: int, option: int) -> bool:
        demand = self._demands[index]
        extra = demand.options[option].bitrate_bps - self._rate(index)
        if extra > self._left.get(demand.subscriber, 0) or extra > self._site:
            return False
        self._left[demand.subscriber] -= extra
        self._site -= extra
        self.chosen[index] = option
        return True


def _hull(options: tuple[LayerOption, ...]) -> list[int]:
    """Indices of the options on the upper concave hull that starts at (0 bits, 0 value)."""
    hull: list[int] = []
    for index, option in enumerate(options):
        while hull:
            last = options[hull[-1]]
            before = options[hull[-2]] if len(hull) > 1 else None
            rate, value = (before.bitrate_bps, before.value) if before else (0, 0.0)
            gained = (last.value - value) * (option.bitrate_bps - rate)
            if gained > (option.value - value) * (last.bitrate_bps - rate) and option.value > last.value:
                break
            if option.value <= last.value:
                break
            hull.pop()
        if not hull or option.value > options[hull[-1]].value:
            hull.append(index)
    return hull
