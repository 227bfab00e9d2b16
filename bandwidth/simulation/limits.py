"""What the allocator gives up first as a line shrinks, and how many delegates fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from bandwidth.allocator import LayerOption
from bandwidth.simulation.camera import picture_height
from bandwidth.simulation.case import MAX_DELEGATES, SITE, SimulationCase, plan_of
from bandwidth.simulation.result import Cut, CutList, Level, Limit
from bandwidth.simulation.steady import Steady, SteadyLines, lines_at_start, steady
from config.profile import Profile

STEP = 0.95  # of a line, from one look to the next
SMALLEST_BPS = 64_000
MUCH = 100.0  # times a line: no limit any more
NOTHING = Level(height=0, motion=0.0)
Kind = Literal["stage", "others"]
Rank = tuple[float, Level]  # value to the one who looks, and what it is


def cut_lists(case: SimulationCase, profile: Profile) -> tuple[CutList, ...]:
    """As the site's line shrinks, and as one delegate's does. `profile` as the case has changed it."""
    lines = lines_at_start(case, profile)
    one = case.names[-1]

    def site(bps: float) -> SteadyLines:
        return replace(lines, site_up_bps=bps, site_down_bps=bps)

    def delegate(bps: float) -> SteadyLines:
        return replace(lines, endpoints={**lines.endpoints, one: (lines.endpoints[one][0], bps)})

    return (
        _cuts(case, profile, "site", lines.site_up_bps, site, case.names),
        _cuts(case, profile, "delegate", lines.endpoints[one][1], delegate, [one]),
    )


def _cuts(
    case: SimulationCase,
    profile: Profile,
    line: Literal["site", "delegate"],
    whole_bps: float,
    lines_with: Callable[[float], SteadyLines],
    rooms: list[str],
) -> CutList:
    """Look at the line in steps, from whole to nothing, and note each time that the worst room gets less."""
    view = _View(case, profile, rooms)
    result = steady(case, profile, lines_with(whole_bps))
    first = {kind: view.worst(result, kind) for kind in _KINDS}
    worst = dict(first)
    cuts: list[Cut] = []
    above, bps = whole_bps, STEP * whole_bps
    while bps > SMALLEST_BPS:
        result = steady(case, profile, lines_with(bps))
        for kind in _KINDS:
            now = view.worst(result, kind)
            if now[0] < worst[kind][0] - 1e-9:
                count = view.rooms_at(result, kind, now[0])
                cuts.append(Cut(at_bps=int(above), what=kind, before=worst[kind][1], after=now[1], rooms=count))
                worst[kind] = now
        if result.lacking & {SITE, *rooms}:
            cuts.append(Cut(at_bps=int(above), what="voices", before=NOTHING, after=NOTHING, rooms=len(rooms)))
            break
        above, bps = bps, STEP * bps
    return CutList(line=line, from_bps=int(whole_bps), stage=first["stage"][1], others=first["others"][1], cuts=cuts)


_KINDS: tuple[Kind, ...] = ("others", "stage")


@dataclass(frozen=True, slots=True)
class _View:
    """What some rooms see."""

    case: SimulationCase
    profile: Profile
    rooms: list[str]

    def worst(self, result: Steady, kind: Kind) -> Rank:
        """The worst picture of a kind in any of the rooms; with one delegate nobody has small ones beside the stage."""
        return min((self._of(result, kind, room) for room in self.rooms), key=lambda rank: rank[0])

    def rooms_at(self, result: Steady, kind: Kind, value: float) -> int:
        """How many rooms have nothing better."""
        return sum(self._of(result, kind, room)[0] <= value + 1e-9 for room in self.rooms)

    def _of(self, result: Steady, kind: Kind, room: str) -> Rank:
        stage = self.case.stage_of(room)
        shown = [
            (publisher, option)
            for (subscriber, publisher), option in result.pictures.items()
            if subscriber == room and (publisher == stage) == (kind == "stage")
        ]
        ranks = [(option.value if option else 0.0, self._level(publisher, option)) for publisher, option in shown]
        return min(ranks, key=lambda rank: rank[0], default=(0.0, NOTHING))

    def _level(self, publisher: str, option: LayerOption | None) -> Level:
        if option is None:
            return NOTHING
        top = self.case.temporal_layers - 1
        motion = 1.0 if option.temporal is None else 0.5 ** (top - option.temporal)
        return Level(height=picture_height(plan_of(self.profile, publisher).camera, option.spatial), motion=motion)


def how_many_fit(case: SimulationCase, profile: Profile) -> tuple[int, int, Limit]:
    """(delegates that get every picture, delegates that get the stage, what refuses the next one every picture).

    Voices are there in both. Looks at every number up to MAX_DELEGATES, with the lines of the case's beginning.
    """
    every = stage = 0
    for count in range(1, MAX_DELEGATES + 1):
        asked = with_delegates(case, count)
        result = steady(asked, profile, lines_at_start(asked, profile))
        if result.has_everything() and every == count - 1:
            every = count
        if not result.has_stage(asked):
            break
        stage = count
    return every, stage, "none" if every == MAX_DELEGATES else _limit(with_delegates(case, every + 1), profile)


def with_delegates(case: SimulationCase, count: int) -> SimulationCase:
    """The same question for another number of delegates; changes of those who are not there are left out."""
    changes = tuple(each for each in case.changes if _number(each.who) <= count)
    return case.model_copy(update={"delegates": count, "changes": changes})


def _number(who: str) -> int:
    digits = who.removeprefix("delegate-")
    return int(digits) if digits.isdigit() else 0


def _limit(case: SimulationCase, profile: Profile) -> Limit:
    """Which line, made much wider, would let everybody have everything; `several` if no single one does."""
    lines, site = lines_at_start(case, profile), profile.site
    wide_site = profile.model_copy(update={"site": site.model_copy(update={"up_bps": int(MUCH * site.up_bps)})})
    roles = profile.roles
    wide = {key: int(MUCH * getattr(roles.delegate, key)) for key in ("line_down_bps", "cap_down_bps")}
    delegate = roles.delegate.model_copy(update=wide)
    wide_delegates = profile.model_copy(update={"roles": roles.model_copy(update={"delegate": delegate})})
    ups = {name: (MUCH * up, down) for name, (up, down) in lines.endpoints.items()}
    downs = {name: (up, MUCH * down) for name, (up, down) in lines.endpoints.items()}
    ways: tuple[tuple[Limit, Profile, SteadyLines], ...] = (
        ("site_up", wide_site, replace(lines, site_up_bps=MUCH * lines.site_up_bps)),
        ("site_down", profile, replace(lines, site_down_bps=MUCH * lines.site_down_bps)),
        ("delegate_down", wide_delegates, replace(lines, endpoints=downs)),
        ("delegate_up", profile, replace(lines, endpoints=ups)),
    )
    for limit, widened, wider in ways:
        if steady(case, widened, wider).has_everything():
            return limit
    return "several"
