"""From an allocation that is good to one that is nearly the best: a search among what is still in question.

Every allocation's value is the relaxation's bound minus its deficits (bandwidth/relaxation.py), and no deficit is below
0. So a way of one picture whose deficit alone is more than all deficits of the allocation at hand can be in no better
one; what is left, the core, is small (Pisinger, "A minimal algorithm for the multiple-choice knapsack problem", 1995).
The core's combinations are built for each subscriber, then the subscribers are put together under the site's line.
"""

from collections.abc import Hashable, Mapping, Sequence

from bandwidth.combinations import Combination, added_in, combine, deficit_of, rate_of
from bandwidth.relaxation import Relaxation, Way

CLOSE = 0.002  # of the value may be missing: better is not searched for
LINE_WORK, SITE_WORK = 2000, 2000  # combinations looked at, about: bounds the time
FEWEST = 6  # kept, however many there are to combine
EXCHANGE = 0.1  # of what other subscribers lack, a subscriber may lack more for their sake


class CoreSearch:
    """`pictures`, `budgets` and `site_bps` as for the relaxation, `relaxed` theirs. deficit: of its allocation."""

    def __init__(
        self,
        pictures: Sequence[tuple[Hashable, Sequence[Way]]],
        budgets: Mapping[Hashable, int],
        site_bps: int,
        relaxed: Relaxation,
    ) -> None:
        self._site_bps, self._site_price, self._ways = site_bps, relaxed.site_price, relaxed.ways
        lines: dict[Hashable, _Line] = {}
        value = 0.0
        for index, (subscriber, ways) in enumerate(pictures):
            line = lines.get(subscriber)
            if line is None:
                line = lines[subscriber] = _Line(budgets[subscriber], relaxed.price(subscriber), relaxed.site_price)
            line.add(index, ways, relaxed.ways[index])
            value += ways[relaxed.ways[index]][1]
        self._lines = list(lines.values())
        self._lost_at_site = relaxed.site_price * relaxed.site_left
        self.deficit = self._lost_at_site + sum(line.deficit for line in self._lines)
        self._gain = CLOSE * value  # by less, no other allocation is better

    def improve(self) -> list[int] | None:
        """Each picture's way in an allocation that is better than the relaxation's, None if none was found."""
        if self.deficit <= self._gain:
            return None
        frontiers = self._frontiers()
        price = self._site_price
        found = combine(
            frontiers,
            self._site_bps,
            price=price,
            waste=price,
            worst=self.deficit - self._gain,
            most=_most(SITE_WORK, frontiers),
        )
        best = min(found, key=lambda each: each[1] + price * (self._site_bps - each[0]), default=None)
        if best is None or best[1] + price * (self._site_bps - best[0]) >= self.deficit:
            return None
        ways = list(self._ways)
        for line_chain in added_in(best[2]):
            for index, way in added_in(line_chain):
                ways[index] = way
        return ways

    def _frontiers(self) -> list[list[Combination]]:
        """What each subscriber could be sent: what it has, and what may be in a better allocation."""
        cores = [line.cores(self._worst(line)) for line in self._lines]
        most = _most(LINE_WORK, [core for each in cores for core in each])
        return [
            self._frontier(line, core, most) if core else [line.as_it_is]
            for line, core in zip(self._lines, cores, strict=True)
        ]

    def _worst(self, line: "_Line") -> float:
        """How much may be missing at a subscriber in a better allocation."""
        worst = line.deficit - self._gain / len(self._lines)
        if self._site_price:
            worst += self._lost_at_site + EXCHANGE * (self.deficit - self._lost_at_site - line.deficit)
        return worst

    def _frontier(self, line: "_Line", cores: Sequence[Sequence[Combination]], most: int) -> list[Combination]:
        price = line.own_price
        limit = min(line.budget_bps, self._site_bps)
        found = combine(cores, limit, price=line.price, waste=price, worst=self._worst(line), most=most)
        whole = [(rate, lost + price * (line.budget_bps - rate), chain) for rate, lost, chain in found]
        whole.append(line.as_it_is)
        return sorted(whole, key=rate_of) if self._site_price else [min(whole, key=deficit_of)]


class _Line:
    """A subscriber's pictures at the prices. rate_bps, deficit: of the allocation at hand."""

    def __init__(self, budget_bps: int, price: float, site_price: float) -> None:
        self.budget_bps, self.price, self.own_price = budget_bps, price, price - site_price
        self.rate_bps = 0
        self.deficit = self.own_price * budget_bps
        self._pictures: list[tuple[int, Sequence[Way], list[float]]] = []

    @property
    def as_it_is(self) -> Combination:
        """No change."""
        return self.rate_bps, self.deficit, None

    def add(self, index: int, ways: Sequence[Way], chosen: int) -> None:
        """A picture of this subscriber."""
        price = self.price
        worths = [value - price * rate for rate, value in ways]
        self._pictures.append((index, ways, worths))
        rate = ways[chosen][0]
        self.rate_bps += rate
        self.deficit += max(worths) - worths[chosen] - self.own_price * rate

    def cores(self, worst: float) -> list[list[Combination]]:
        """Of each picture the ways that may be in a better allocation, by rising rate; none if there is none."""
        if worst < 0:
            return []
        cores = []
        for index, ways, worths in self._pictures:
            best = max(worths)
            least = best - worst
            cores.append(
                [(ways[way][0], best - worth, (index, way)) for way, worth in enumerate(worths) if worth >= least]
            )
        return cores


def _most(work: int, parts: Sequence[Sequence[Combination]]) -> int:
    """How many combinations to keep after each part."""
    return max(FEWEST, work // max(1, sum(len(part) for part in parts if len(part) > 1)))
