"""What publishers may send: layers fitted under a limit, and the site's line on the way in divided among all.

The way in binds as the way out does: ten delegates of 5 Mb/s are more than a line of 30. Input: for each publisher what
it must be let send (voice and lowest layer) and what its layers in use take. Output: its part, max-min fair: nobody is
made smaller for another who has more. A part goes down at once and up when the room has lasted.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from bandwidth.site_division import fill
from config.costs import PICTURE_OVERHEAD
from config.profile import PicturePlan

LEAST = 0.5  # of its rate: with less a layer looks no better than the one below it
STEP = 1.3  # a layer is worth sending from this times the rate of the one below
DWELL_S = 2.0
GRAIN_BPS = 20_000  # parts are told in steps of this: smaller changes are worth no message


def fit_layers(rates_bps: Sequence[int], budget_bps: int) -> list[int]:
    """The encoder's rate of each layer, lowest first, when all of them may take `budget_bps` of the line; 0: not sent.

    Lower layers come first. The first that does not fit whole is made smaller if that is still worth while; those above
    it are not sent.
    """
    left = int(budget_bps / PICTURE_OVERHEAD)
    found: list[int] = []
    below = 0
    for rate in rates_bps:
        given = min(rate, left)
        if given < rate and given < max(LEAST * rate, STEP * below):
            break
        found.append(given)
        left -= given
        below = given
    return found + [0] * (len(rates_bps) - len(found))


def fit_picture(plan: PicturePlan, budget_bps: int) -> PicturePlan:
    """The plan with the layers that fit, and their rates; with none if not even the lowest does."""
    rates = fit_layers([layer.max_bitrate_bps for layer in plan.layers], budget_bps)
    layers = tuple(
        layer if rate == layer.max_bitrate_bps else layer.model_copy(update={"max_bitrate_bps": rate})
        for layer, rate in zip(plan.layers, rates, strict=True)
        if rate
    )
    return plan.model_copy(update={"layers": layers})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherNeed:
    """What one publisher sends: at least, by all that is wanted, and at most by its profile; bits/s on the line."""

    least_bps: int
    wanted_bps: int
    most_bps: int


def divide(limit_bps: int, needs: Sequence[PublisherNeed]) -> list[int]:
    """Each publisher's part. Everybody has his most while all that is wanted fits; else the parts sum to the limit."""
    if sum(each.wanted_bps for each in needs) <= limit_bps:
        return [each.most_bps for each in needs]
    least = [float(min(each.least_bps, each.wanted_bps)) for each in needs]
    ones = [1] * len(needs)
    parts = fill([0.0] * len(needs), least, ones, limit_bps)
    parts = fill(parts, [float(each.wanted_bps) for each in needs], ones, limit_bps - sum(parts))
    return [int(part) // GRAIN_BPS * GRAIN_BPS for part in parts]


class PublishingKeeper:
    """Remembers whose part was made smaller, since when it could be larger again, and how much at least."""

    def __init__(self) -> None:
        self._reduced: dict[Hashable, int] = {}
        self._rising: dict[Hashable, tuple[float, int]] = {}

    @property
    def short(self) -> bool:
        """Whether anybody's part is smaller than his most."""
        return bool(self._reduced)

    def update(self, needs: Mapping[Hashable, PublisherNeed], limit_bps: int, *, now: float) -> dict[Hashable, int]:
        """The parts from now on; who is new, or was not made smaller, has his at once."""
        fair = dict(zip(needs, divide(limit_bps, list(needs.values())), strict=True))
        parts = {key: self._choose(key, part, now) for key, part in fair.items()}
        self._reduced = {key: part for key, part in parts.items() if part < needs[key].most_bps}
        self._rising = {key: each for key, each in self._rising.items() if key in self._reduced}
        return parts

    def _choose(self, key: Hashable, part: int, now: float) -> int:
        before = self._reduced.get(key, part)
        if part <= before:
            self._rising.pop(key, None)
            return part
        since, lowest = self._rising.get(key, (now, part))
        self._rising[key] = since, min(lowest, part)
        if now - since < DWELL_S:
            return before
        return self._rising.pop(key)[1]
