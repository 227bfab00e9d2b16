"""Why a picture is not sent at its best: which limit the next larger way to send it would break."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from enum import StrEnum

from bandwidth.allocator import PAUSED, Allocation, Demand
from bandwidth.steady_room import USUAL_MARGIN


class Limit(StrEnum):
    """NONE: it is at its best. WAITING: there is room; the picture grows when the room has lasted."""

    NONE = ""
    LINE = "line"
    PROFILE = "profile"
    SITE = "site"
    WAITING = "waiting"


def binding_limits(
    demands: Sequence[Demand],
    chosen: Allocation,
    budgets: Mapping[Hashable, int],
    site_bps: int,
    *,
    capped: Collection[Hashable],
    parts: Mapping[Hashable, int],
) -> dict[tuple[Hashable, Hashable], Limit]:
    """The limit of each demand, by its key. Rates and budgets in bits/s, as the allocation had them.

    parts: of the site's line, of those who may get no more than that. capped: subscribers whose budget is what the
    profile lets them have, and not what their line carries. A subscriber's own limit comes first: more of the site's
    line would not help it. Room is counted with the margin that a picture needs to grow.
    """
    spent: dict[Hashable, int] = {}
    for demand in demands:
        spent[demand.subscriber] = spent.get(demand.subscriber, 0) + _rate(demand, chosen[demand.key])
    site_left = (1 - USUAL_MARGIN) * site_bps - sum(spent.values())
    found = {}
    for demand in demands:
        index = chosen[demand.key]
        if index + 1 >= len(demand.options):
            found[demand.key] = Limit.NONE
            continue
        extra = _rate(demand, index + 1) - _rate(demand, index)
        own_left = (1 - USUAL_MARGIN) * budgets.get(demand.subscriber, 0) - spent[demand.subscriber]
        if extra > own_left:
            found[demand.key] = Limit.PROFILE if demand.subscriber in capped else Limit.LINE
        else:
            part_left = parts.get(demand.subscriber, site_bps) - spent[demand.subscriber]
            found[demand.key] = Limit.SITE if extra > min(site_left, part_left) else Limit.WAITING
    return found


def _rate(demand: Demand, index: int) -> int:
    return 0 if index == PAUSED else demand.options[index].bitrate_bps
