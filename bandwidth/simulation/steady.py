"""The allocator alone, where every estimate has found its line: what everybody gets then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bandwidth.allocator import PAUSED, LayerOption, allocate
from bandwidth.fair_parts import FairParts
from bandwidth.options import full_voice_bps
from bandwidth.simulation import demands as d
from bandwidth.simulation.camera import ON_THE_WIRE, STAY_ON_SHARE, spread
from bandwidth.simulation.case import SITE, SimulationCase, plan_of
from bandwidth.simulation.lines import line_states
from config.profile import PicturePlan, Profile

USABLE = 0.9  # of a line: what an estimate finds


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyLines:
    """Lines that do not change, bits/s: the site's, and by endpoint (up, down)."""

    site_up_bps: float
    site_down_bps: float
    endpoints: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """pictures: (subscriber, publisher) → the option, None: no room. lacking: whose line does not even carry the voices
    to it, or its own voice and smallest picture from it; "site" among them."""

    pictures: Mapping[tuple[str, str], LayerOption | None]
    lacking: frozenset[str]

    def has_stage(self, case: SimulationCase) -> bool:
        """Whether everybody has all voices and the large picture."""
        return not self.lacking and all(self.pictures[name, case.stage_of(name)] for name in case.names)

    def has_everything(self) -> bool:
        """Whether everybody has all voices and every picture."""
        return not self.lacking and all(self.pictures.values())


def lines_at_start(case: SimulationCase, profile: Profile) -> SteadyLines:
    """The lines of a case at its beginning. `profile` as the case has changed it."""

    def rate(name: str, *, up: bool) -> float:
        return line_states(case, profile, name, up=up)[0].rate_bps

    return SteadyLines(
        site_up_bps=rate(SITE, up=True),
        site_down_bps=rate(SITE, up=False),
        endpoints={name: (rate(name, up=True), rate(name, up=False)) for name in case.names},
    )


def steady(case: SimulationCase, profile: Profile, lines: SteadyLines) -> Steady:
    """What everybody gets. `profile` as the case has changed it; lines below its own have been found out."""
    reserves = d.audio_reserves(case, profile)
    lacking = set()
    budgets: dict[object, int] = {}
    for name in case.names:
        left = min(USABLE * lines.endpoints[name][1], d.line_budget_bps(plan_of(profile, name))) - reserves[name]
        budgets[name] = max(0, int(left))
        if left < 0:
            lacking.add(name)
    site = min(USABLE * lines.site_up_bps, d.site_budget_bps(profile)) - sum(reserves.values())
    if site < 0:
        lacking.add(SITE)
    rooms = upward_rooms(case, profile, lines)
    cameras = {name: plan_of(profile, name).camera for name in case.names}
    lacking |= {name for name in case.names if rooms[name] < STAY_ON_SHARE * cameras[name].layers[0].max_bitrate_bps}
    rates = {name: _sent(camera, rooms[name]) for name, camera in cameras.items()}
    asked = d.demands_of(case, profile, rates)
    room = max(0, int(site))
    parts = FairParts().limits(asked, budgets, room, d.claims(profile, reserves))
    chosen = allocate(asked, {**budgets, **parts}, room)
    pictures = {
        (str(demand.subscriber), str(demand.publication)): (
            None if chosen[demand.key] == PAUSED else demand.options[chosen[demand.key]]
        )
        for demand in asked
    }
    return Steady(pictures=pictures, lacking=frozenset(lacking))


def _sent(camera: PicturePlan, room_bps: float) -> list[float]:
    """Layers switched on from nothing, all of them wanted."""
    count = len(camera.layers)
    return spread(camera, room_bps, [False] * count, [True] * count)


def upward_rooms(case: SimulationCase, profile: Profile, lines: SteadyLines) -> dict[str, float]:
    """What each line and an equal share of the site's leave for the encoder of an endpoint's pictures, bits/s."""
    share = USABLE * lines.site_down_bps / len(case.names)
    rooms = {}
    for name in case.names:
        voice = full_voice_bps(d.voice_payload_bps(plan_of(profile, name))) if name in case.speaking() else 0
        rooms[name] = (min(USABLE * lines.endpoints[name][0], share) - voice) / ON_THE_WIRE
    return rooms
