"""Equal parts of a line that all share: what each subscriber may get while there is not enough for everybody's best.

The allocator looks at the sum. On a short line that would leave one room with a small picture beside four with a large
one, for no reason that anybody could give; all rooms of a reception count the same. Input: what each subscriber could
take, and what he may claim. Output: how much he may get at most: max-min fair by weight (Bertsekas and Gallager, Data
Networks, §6.5.2), and at least his floor and every picture at its smallest, as far as all of that fits. The parts
sum to the line, so who gets what depends on nobody else's pictures, and nothing flaps between rooms.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from bandwidth.allocator import PAUSED, Allocation, Demand
from bandwidth.site_division import fill

SPARE = 0.03  # of a part is left when pictures go up into it: parts swing with voices and lines
LEAST_WEIGHT = 1e-6  # a profile may say 0
Rates = Mapping[Hashable, int]


class Claim(NamedTuple):
    """What is a subscriber's before others get more: `floor_bps`, and a part of the line by `weight`.

    voices_bps: what he gets beside the pictures; who speaks does not get his own, and more of the pictures instead.
    """

    floor_bps: int
    weight: float
    voices_bps: int = 0


class FairParts:
    """Remembers what everybody got: who has all of his part keeps it."""

    def __init__(self) -> None:
        self._got: dict[Hashable, int] = {}

    def limits(
        self, demands: Sequence[Demand], budgets: Rates, site_bps: int, claims: Mapping[Hashable, Claim]
    ) -> dict[Hashable, int]:
        """How much each subscriber may get at most; nobody is limited while there is room for all that is asked."""
        could = _could_take(demands, budgets)
        if sum(could.values()) <= site_bps:
            return {}
        claims = _with_every_picture(demands, claims)
        return {
            each: min(part, max(int((1 - SPARE) * part), self._got.get(each, 0), claims[each].floor_bps))
            for each, part in fair_parts(could, site_bps, claims).items()
        }

    def note(self, demands: Sequence[Demand], chosen: Allocation) -> None:
        """What came of it."""
        self._got = dict.fromkeys((demand.subscriber for demand in demands), 0)
        for demand in demands:
            if chosen[demand.key] != PAUSED:
                self._got[demand.subscriber] += demand.options[chosen[demand.key]].bitrate_bps


def fair_parts(could: Rates, site_bps: int, claims: Mapping[Hashable, Claim]) -> dict[Hashable, int]:
    """Each subscriber's part of a line that is too short for all that they could take. The sum is never above it."""
    floors = {each: min(bps, claims[each].floor_bps) for each, bps in could.items()}
    if sum(floors.values()) >= site_bps:
        return _filled(floors, site_bps, claims)
    voices = {each: claims[each].voices_bps for each in could}
    left_bps = site_bps + sum(voices.values())
    fixed: dict[Hashable, int] = {}
    while True:
        others = {each: bps + voices[each] for each, bps in could.items() if each not in fixed}
        parts = {each: part - voices[each] for each, part in _filled(others, left_bps, claims).items()}
        below = {each: floors[each] for each, part in parts.items() if part < floors[each]}
        if not below:
            return parts | fixed
        fixed |= below
        left_bps -= sum(bps + voices[each] for each, bps in below.items())


def _filled(wants: Rates, left_bps: int, claims: Mapping[Hashable, Claim]) -> dict[Hashable, int]:
    weights = [claims[each].weight or LEAST_WEIGHT for each in wants]
    parts = fill([0.0] * len(wants), [float(bps) for bps in wants.values()], weights, left_bps)
    return {each: int(part) for each, part in zip(wants, parts, strict=True)}


def _with_every_picture(demands: Sequence[Demand], claims: Mapping[Hashable, Claim]) -> dict[Hashable, Claim]:
    """The claims, with a floor of every picture at its smallest: pictures come in steps, and equal parts must not leave
    a room without any while there is room."""
    smallest = dict.fromkeys(claims, 0)
    for demand in demands:
        if demand.options:
            smallest[demand.subscriber] += demand.options[0].bitrate_bps
    return {each: claim._replace(floor_bps=max(claim.floor_bps, smallest[each])) for each, claim in claims.items()}


def _could_take(demands: Sequence[Demand], budgets: Rates) -> dict[Hashable, int]:
    """What each subscriber's own line carries of what he asks."""
    asked: dict[Hashable, int] = {}
    for demand in demands:
        best = demand.options[-1].bitrate_bps if demand.options else 0
        asked[demand.subscriber] = asked.get(demand.subscriber, 0) + best
    return {subscriber: min(bps, budgets.get(subscriber, 0)) for subscriber, bps in asked.items()}
