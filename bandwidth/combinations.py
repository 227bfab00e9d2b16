"""Choosing one of each part under a limit: dynamic programming over combinations that no other beats.

Combinations are compared by rate and by deficit (bandwidth/relaxation.py). Where too many remain they are thinned to
the best of each stretch of rates; only there the optimum can be missed.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

Combination = tuple[int, float, Any]  # bits/s, deficits so far, and how it came: (how it came before, what was added)
rate_of = itemgetter(0)
deficit_of = itemgetter(1)


def combine(
    parts: Sequence[Sequence[Combination]], limit: int, *, price: float, waste: float, worst: float, most: int
) -> list[Combination]:
    """One of each part (in rising order of rates): those within `limit` bits/s with no more than `worst` deficits.

    price: value per bit, by which deficits were found. waste: value per bit of `limit` that stays unused. most: how
    many combinations are kept after each part.
    """
    parts = sorted(parts, key=len)
    least = sum(part[0][0] for part in parts)
    greatest = sum(part[-1][0] for part in parts)
    found: list[Combination] = [(0, 0.0, None)]
    for part in parts:
        least -= part[0][0]
        greatest -= part[-1][0]
        highest, full = limit - least, limit - greatest
        grown: list[Combination] = []
        for rate, lost, chain in found:
            for more, lost_more, added in part:
                total, deficit = rate + more, lost + lost_more
                if total <= highest and deficit + (waste * (full - total) if total < full else 0.0) <= worst:
                    grown.append((total, deficit, (chain, added)))
        found = thinned(unbeaten(grown, price), most) if len(part) > 1 else grown
    return found


def unbeaten(found: list[Combination], price: float) -> list[Combination]:
    """Those that no cheaper one matches in value, by rising rate."""
    found.sort(key=rate_of)
    kept: list[Combination] = []
    highest = float("-inf")
    for each in found:
        value = price * each[0] - each[1]
        if value > highest:
            highest = value
            kept.append(each)
    return kept


def thinned(found: list[Combination], most: int) -> list[Combination]:
    """At most `most` of them, which stand by rising rate: those with the least deficits in each stretch of rates."""
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


def added_in(chain: Any) -> list[Any]:
    """What a combination was made of, the last first."""
    added = []
    while chain is not None:
        chain, last = chain
        added.append(last)
    return added
