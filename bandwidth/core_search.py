"""From an allocation that is good to one that is nearly the best: dynamic programming over what is still in question.

Every allocation's value is the relaxation's bound minus its deficits (bandwidth/relaxation.py), and no deficit is below
0. So a way of one picture whose deficit alone is more than all deficits of the allocation at hand can be in no better
one; what is left, the core, is small (Pisinger, "A minimal algorithm for the multiple-choice knapsack problem", 1995).
For each subscriber the core's combinations are built picture by picture, then the subscribers are put together under
the site's line; each time only those are kept that no other beats in rate and value at once. Where too many remain
they are thinned to the best of each stretch of rates: only there the optimum can be missed.
"""

from collections.abc import Hashable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from bandwidth.relaxation import Relaxation, Way

LINE_WORK, SITE_WORK = 120, 180  # combinations kept, times what is still to be combined: bounds the time
LINE_LEAST, SITE_LEAST = 8, 16
EXCHANGE = 0.3  # of what other subscribers lack, a subscriber may lack more for their sake
ROUNDING = 1e-9

Combination = tuple[int, float, Any]  # bits/s, deficits so far, and the chain (chain before, what was added)
_rate = itemgetter(0)
_deficit = itemgetter(1)


class CoreSearch:
    """`pictures` as for the relaxation, `relaxed` theirs."""

    def __init__(
        self,
        pictures: Sequence[tuple[Hashable, Sequence[Way]]],
        budgets: Mapping[Hashable, int],
        site_bps: int,
        relaxed: Relaxation,
    ) -> None:
        self._site_bps, self._relaxed = site_bps, relaxed
        self._lines: dict[Hashable, _Line] = {}
        for index, (subscriber, ways) in enumerate(pictures):
            line = self._lines.get(subscriber)
            if line is None:
                line = _Line(budgets[subscriber], relaxed.price(subscriber), relaxed.site_price)
                self._lines[subscriber] = line
            line.add(index, ways, relaxed.ways[index])
        self._lost_at_site = relaxed.site_price * relaxed.site_left
        self.deficit = self._lost_at_site + sum(line.deficit for line in self._lines.values())

    def improve(self) -> list[int] | None:
        """Each picture's way in an allocation that is better than the relaxation's, None if none was found."""
        frontiers = [self._frontier(line) for line in self._lines.values()]
        most = max(SITE_LEAST, SITE_WORK // len(frontiers))
        price = self._relaxed.site_price
        found = combine(frontiers, self._site_bps, price=price, waste=price, worst=self.deficit, most=most)
        best = min(found, key=lambda each: each[1] + price * (self._site_bps - each[0]), default=None)
        if best is None or best[1] + price * (self._site_bps - best[0]) >= self.deficit:
            return None
        ways = list(self._relaxed.ways)
        for line_chain in _unwound(best[2]):
            for index, way in _unwound(line_chain):
                ways[index] = way
        return ways

    def _frontier(self, line: "_Line") -> list[Combination]:
        """What this subscriber could be sent, with its deficits and what it leaves of its line."""
        site_price = self._relaxed.site_price
        worst = line.deficit + ROUNDING
        if site_price:
            worst += self._lost_at_site + EXCHANGE * (self.deficit - self._lost_at_site - line.deficit)
        found = combine(
            [line.core(index, worst) for index in range(len(line.pictures))],
            min(line.budget_bps, self._site_bps),
            price=line.price,
            waste=line.price - site_price,
            worst=worst,
            most=max(LINE_LEAST, LINE_WORK // len(line.pictures)),
        )
        unused = line.price - site_price
        whole = [(rate, lost + unused * (line.budget_bps - rate), chain) for rate, lost, chain in found]
        whole.append((line.rate_bps, line.deficit, None))
        return whole if site_price else [min(whole, key=_deficit)]


class _Line:
    """A subscriber's pictures at the prices. rate_bps, deficit: of the allocation at hand."""

    def __init__(self, budget_bps: int, price: float, site_price: float) -> None:
        self.budget_bps, self.price = budget_bps, price
        self.pictures: list[tuple[int, Sequence[Way], float]] = []
        self.rate_bps = 0
        self.deficit = (price - site_price) * budget_bps
        self._own_price = price - site_price

    def add(self, index: int, ways: Sequence[Way], chosen: int) -> None:
        price = self.price
        best = max([value - price * rate for rate, value in ways])
        self.pictures.append((index, ways, best))
        rate, value = ways[chosen]
        self.rate_bps += rate
        self.deficit += best - (value - price * rate) - self._own_price * rate

    def core(self, number: int, worst: float) -> list[Combination]:
        """The ways of a picture that a better allocation may have."""
        index, ways, best = self.pictures[number]
        price = self.price
        found = [
            (rate, best - value + price * rate, (index, way))
            for way, (rate, value) in enumerate(ways)
            if best - value + price * rate <= worst
        ]
        return found


def combine(
    parts: Sequence[Sequence[Combination]], limit: int, *, price: float, waste: float, worst: float, most: int
) -> list[Combination]:
    """One of each part: those within `limit` bits/s that may have no more than `worst` deficits.

    price: value per bit, by which deficits were found. waste: value per bit of `limit` that stays unused. most: how
    many combinations are kept after each part.
    """
    parts = sorted(parts, key=len)
    least = sum(min(part, key=_rate)[0] for part in parts)
    greatest = sum(max(part, key=_rate)[0] for part in parts)
    found: list[Combination] = [(0, 0.0, None)]
    for part in parts:
        least -= min(part, key=_rate)[0]
        greatest -= max(part, key=_rate)[0]
        highest, full = limit - least, limit - greatest
        grown: list[Combination] = []
        for rate, lost, chain in found:
            for more, lost_more, added in part:
                total, deficit = rate + more, lost + lost_more
                if total <= highest and deficit + (waste * (full - total) if total < full else 0.0) <= worst:
                    grown.append((total, deficit, (chain, added)))
        found = thinned(unbeaten(grown, price), most)
    return found


def unbeaten(found: list[Combination], price: float) -> list[Combination]:
    """Those that no cheaper one matches in value, by rising rate."""
    found.sort(key=_rate)
    kept: list[Combination] = []
    highest = float("-inf")
    for each in found:
        value = price * each[0] - each[1]
        if value > highest:
            highest = value
            kept.append(each)
    return kept


def thinned(found: list[Combination], most: int) -> list[Combination]:
    """At most `most` of them: those with the least deficits in each stretch of rates."""
    if len(found) <= most:
        return found
    first = found[0][0]
    width = (found[-1][0] - first) / most + 1
    best: dict[int, Combination] = {}
    for each in found:
        stretch = int((each[0] - first) / width)
        other = best.get(stretch)
        if other is None or each[1] < other[1]:
            best[stretch] = each
    return list(best.values())


def _unwound(chain: Any) -> list[Any]:
    """What was added, the last first."""
    added = []
    while chain is not None:
        chain, last = chain
        added.append(last)
    return added
