"""From an allocation that is good to one that is nearly the best: a search among what is still in question.

Every allocation's value is the relaxation's bound minus its deficits (bandwidth/relaxation.py), and no deficit is below
0. So a way of one picture whose deficit alone is more than all deficits of the allocation at hand can be in no better
one; what is left, the core, is small (Pisinger, "A minimal algorithm for the multiple-choice knapsack problem", 1995).
The core's combinations are built for each subscriber, then the subscribers are put together under the site's line.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from bandwidth.combinations import Combination, added_in, combine, deficit_of, rate_of
from bandwidth.relaxation import Relaxation, Way

CLOSE = 0.002  # of the value may be missing: better is not searched for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """worth_it: share of the value that must be missing, as far as is known. work: combinations looked at, about, each
    for the subscribers and for the site's line: bounds the time. exchange: share of what other subscribers lack that a
    subscriber may lack more for their sake."""

    worth_it: float
    work: int
    exchange: float


ROUNDS = (_Round(worth_it=0.003, work=1000, exchange=0.1), _Round(worth_it=0.015, work=1500, exchange=1.0))
FEWEST = 6  # combinations kept, however many parts there are


class CoreSearch:
    """`pictures`, `budgets` and `site_bps` as for the relaxation, `relaxed` theirs.

    ways: each picture's in the best allocation found. deficit: what its value is below the bound.
    """

    def __init__(
        self,
        pictures: Sequence[tuple[Hashable, Sequence[Way]]],
        budgets: Mapping[Hashable, int],
        site_bps: int,
        relaxed: Relaxation,
    ) -> None:
        self.ways = relaxed.ways
        self._site_bps, self._site_price = site_bps, relaxed.site_price
        lines: dict[Hashable, _Line] = {}
        worths: dict[tuple[int, float], list[float]] = {}  # many pictures share their ways
        value = 0.0
        for index, (subscriber, ways) in enumerate(pictures):
            line = lines.get(subscriber)
            if line is None:
                line = lines[subscriber] = _Line(budgets[subscriber], relaxed.price(subscriber), relaxed.site_price)
            key = (id(ways), line.price)
            found = worths.get(key)
            if found is None:
                found = worths[key] = [value - line.price * rate for rate, value in ways]
            line.pictures.append((index, ways, found, max(found)))
            value += ways[self.ways[index]][1]
        self._lines = list(lines.values())
        self._value = value
        self._settle()

    def run(self) -> None:
        """Look for better allocations, as far as it is worth the time."""
        for effort in ROUNDS:
            if self.deficit > effort.worth_it * self._value and self._improve(effort):
                self._settle()

    def _settle(self) -> None:
        """Find the deficits of `ways`."""
        used = sum(line.settle(self.ways) for line in self._lines)
        self._lost_at_site = self._site_price * (self._site_bps - used)
        self.deficit = self._lost_at_site + sum(line.deficit for line in self._lines)

    def _improve(self, effort: _Round) -> bool:
        """Whether a better allocation was found; `ways` is it then."""
        price = self._site_price
        frontiers = self._frontiers(effort)
        found = combine(
            frontiers,
            self._site_bps,
            price=price,
            waste=price,
            worst=self.deficit - CLOSE * self._value,
            most=_most(effort.work, frontiers),
        )
        best = min(found, key=lambda each: each[1] - price * each[0], default=None)
        if best is None or best[1] + price * (self._site_bps - best[0]) >= self.deficit:
            return False
        self.ways = list(self.ways)
        for line_chain in added_in(best[2]):
            for index, way in added_in(line_chain):
                self.ways[index] = way
        return True

    def _frontiers(self, effort: _Round) -> list[list[Combination]]:
        """What each subscriber could be sent: what it has, and what may be in a better allocation."""
        worst = [self._worst(line, effort.exchange) for line in self._lines]
        cores = [line.cores(limit) for line, limit in zip(self._lines, worst, strict=True)]
        most = _most(effort.work, [core for each in cores for core in each])
        return [
            self._frontier(line, core, limit, most) if core else [line.as_it_is]
            for line, core, limit in zip(self._lines, cores, worst, strict=True)
        ]

    def _worst(self, line: "_Line", exchange: float) -> float:
        """How much may be missing at a subscriber in a better allocation."""
        worst = line.deficit - CLOSE * self._value / len(self._lines)
        if self._site_price:
            worst += self._lost_at_site + exchange * (self.deficit - self._lost_at_site - line.deficit)
        return worst

    def _frontier(
        self, line: "_Line", cores: Sequence[Sequence[Combination]], worst: float, most: int
    ) -> list[Combination]:
        limit = min(line.budget_bps, self._site_bps)
        found = combine(cores, limit, price=line.price, waste=line.own_price, worst=worst, most=most)
        whole = [(rate, lost + line.own_price * (line.budget_bps - rate), chain) for rate, lost, chain in found]
        whole.append(line.as_it_is)
        return sorted(whole, key=rate_of) if self._site_price else [min(whole, key=deficit_of)]


class _Line:
    """A subscriber's pictures at the prices: `price` per bit, of which `own_price` for its own line alone.

    rate_bps, deficit: of the allocation at hand.
    """

    def __init__(self, budget_bps: int, price: float, site_price: float) -> None:
        self.budget_bps, self.price, self.own_price = budget_bps, price, price - site_price
        self.rate_bps, self.deficit = 0, 0.0
        self.pictures: list[tuple[int, Sequence[Way], list[float], float]] = []

    def settle(self, chosen: Sequence[int]) -> int:
        """Find rate and deficit with these ways; the rate."""
        rate, deficit = 0, 0.0
        for index, ways, worths, best in self.pictures:
            way = chosen[index]
            rate += ways[way][0]
            deficit += best - worths[way]
        self.rate_bps, self.deficit = rate, deficit + self.own_price * (self.budget_bps - rate)
        return rate

    @property
    def as_it_is(self) -> Combination:
        """No change."""
        return self.rate_bps, self.deficit, None

    def cores(self, worst: float) -> list[list[Combination]]:
        """Of each picture the ways that may be in a better allocation, by rising rate; none if there is none."""
        if worst < 0:
            return []
        return [
            [(ways[way][0], best - worth, (index, way)) for way, worth in enumerate(worths) if best - worth <= worst]
            for index, ways, worths, best in self.pictures
        ]


def _most(work: int, parts: Sequence[Sequence[Combination]]) -> int:
    """How many combinations to keep after each part."""
    return max(FEWEST, work // max(1, sum(len(part) for part in parts if len(part) > 1)))
