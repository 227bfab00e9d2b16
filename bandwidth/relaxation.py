"""The allocation with fractions allowed: what a bit is worth on every line, and a bound that nothing can exceed.

Each picture's ways to be sent are reduced to their upper concave hull; its steps, the most valuable per bit first, fill
the lines (each subscriber's, and the site's around them). Since the lines are nested, that is the optimum of the linear
relaxation (Sinha and Zoltners, "The Multiple-Choice Knapsack Problem", 1979; Zemel 1980). The step at which a line is
full is its price. By weak duality any allocation's value is the bound minus its deficits, all of which are at least 0:
for each picture what its way is worse than the best at these prices, for each line what it leaves free at its price.
"""

from collections.abc import Hashable, Mapping, Sequence

Way = tuple[int, float]  # bits/s and weighted value; the first of a picture's ways is not to be sent: (0, 0.0)
_Step = tuple[float, int, int, int]  # minus the value per bit, picture, bits/s more, its way then


class Relaxation:
    """`pictures`: each one's subscriber and ways, in rising order of both. Rates and lines in bits/s.

    price, site_price: value per bit of a subscriber's line (with the site's; the site's alone where it is not full)
    and of the site's. ways: an allocation that fits, by the same order of steps.
    """

    def __init__(
        self, pictures: Sequence[tuple[Hashable, Sequence[Way]]], budgets: Mapping[Hashable, int], site_bps: int
    ) -> None:
        self._owners = [owner for owner, _ in pictures]
        hulls: dict[int, list[tuple[float, int, int]]] = {}  # many pictures share their ways
        steps: list[_Step] = []
        for index, (_, ways) in enumerate(pictures):
            hull = hulls.get(id(ways))
            if hull is None:
                hull = hulls[id(ways)] = _hull(ways)
            steps += [(worth, index, more, way) for worth, more, way in hull]
        steps.sort()
        self.ways = [0] * len(pictures)
        self.left = dict(budgets)
        self.site_left = site_bps
        self._full: dict[Hashable, float] = {}
        self.site_price = 0.0
        self._round_down(steps, site_bps)
        self._fill(steps)

    def price(self, subscriber: Hashable) -> float:
        """Of a bit to this subscriber."""
        return self._full.get(subscriber, self.site_price)

    def _round_down(self, steps: Sequence[_Step], fractional_left: int) -> None:
        """Take whole steps until the relaxation has filled the site's line; find the prices on the way."""
        for step in steps:
            minus_worth, index, more, _ = step
            owner = self._owners[index]
            if owner in self._full:
                continue
            left = self.left[owner]
            if more > fractional_left and left > fractional_left:
                self.site_price = -minus_worth
                return
            if more > left:
                self._full[owner] = -minus_worth
                fractional_left -= left
                continue
            self._take(step)
            fractional_left -= more

    def _fill(self, steps: Sequence[_Step]) -> None:
        """Spend what the fractions left on whatever still fits; a picture that cannot take a step takes no later one
        of them, since that stands on it."""
        stuck = set()
        for step in steps:
            _, index, more, way = step
            if way <= self.ways[index] or index in stuck:
                continue
            if more <= self.left[self._owners[index]] and more <= self.site_left:
                self._take(step)
            else:
                stuck.add(index)

    def _take(self, step: _Step) -> None:
        _, index, more, way = step
        self.ways[index] = way
        self.left[self._owners[index]] -= more
        self.site_left -= more


def _hull(ways: Sequence[Way]) -> list[tuple[float, int, int]]:
    """The steps of the upper concave hull: (minus the value per bit, bits/s more, the way then), each worth less per
    bit than the one before."""
    steps: list[tuple[float, int, int]] = []
    corners = [ways[0]]
    for way in range(1, len(ways)):
        rate, value = ways[way]
        if value <= corners[-1][1]:
            continue
        while True:
            last_rate, last_value = corners[-1]
            worth = (last_value - value) / max(rate - last_rate, 1)
            if not steps or worth > steps[-1][0]:
                break
            steps.pop()
            corners.pop()
        steps.append((worth, rate - last_rate, way))
        corners.append((rate, value))
    return steps
