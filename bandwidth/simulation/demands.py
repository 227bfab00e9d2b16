"""What the allocator is asked in a simulated session: the same questions as the server asks (sfu/allocation.py)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from bandwidth.allocator import Demand
from bandwidth.fair_parts import Claim
from bandwidth.options import full_voice_bps, heard_voice_bps
from bandwidth.simulation.camera import RTP_BYTES, picture_options
from bandwidth.simulation.case import SimulationCase, plan_of
from config.profile import Profile, RolePlan

STAGE_PIXELS = 1280 * 720
THUMBNAIL_PIXELS = 320 * 180
VOICES_PER_S = 50


def voice_payload_bps(plan: RolePlan) -> int:
    """What a voice's encoder makes, the repetition included."""
    return plan.audio_bitrate_bps * (2 if plan.audio_red else 1)


def wanted_pixels(case: SimulationCase, subscriber: str, publisher: str) -> int:
    """How large the page shows a picture."""
    return STAGE_PIXELS if publisher == case.stage_of(subscriber) else THUMBNAIL_PIXELS


def weight(case: SimulationCase, profile: Profile, subscriber: str, publisher: str) -> float:
    """What a picture is worth where it stands."""
    weights = plan_of(profile, subscriber).weights
    base = weights.stage if publisher == case.stage_of(subscriber) else weights.thumbnail
    return max(base, weights.speaker) if publisher == case.speaker else base


def audio_reserves(case: SimulationCase, profile: Profile) -> dict[str, int]:
    """What the voices that speak take on the way to each endpoint, bits/s."""
    heard = {}
    for name in case.speaking():
        payload = voice_payload_bps(plan_of(profile, name))
        heard[name] = heard_voice_bps(payload + 8 * RTP_BYTES * VOICES_PER_S, full_voice_bps(payload))
    return {name: sum(bps for other, bps in heard.items() if other != name) for name in case.names}


def demands_of(case: SimulationCase, profile: Profile, rates_bps: Mapping[str, Sequence[float]]) -> list[Demand]:
    """Every picture that every page wants. `rates_bps`: of each publisher's layers; see picture_options."""
    options = {
        (publisher, pixels): picture_options(plan_of(profile, publisher).camera, rates, pixels, case.temporal_layers)
        for publisher, rates in rates_bps.items()
        if any(rates)
        for pixels in (STAGE_PIXELS, THUMBNAIL_PIXELS)
    }
    return [
        Demand(
            subscriber=subscriber,
            publication=publisher,
            weight=weight(case, profile, subscriber, publisher),
            options=options[publisher, wanted_pixels(case, subscriber, publisher)],
        )
        for subscriber in case.names
        for publisher in case.names
        if subscriber != publisher and (publisher, STAGE_PIXELS) in options
    ]


def claims(profile: Profile, reserves: Mapping[str, int]) -> dict[Hashable, Claim]:
    """What of each endpoint's minimum is left for pictures, and its weight on the site's line."""
    found: dict[Hashable, Claim] = {}
    for name, voices in reserves.items():
        plan = plan_of(profile, name)
        found[name] = Claim(floor_bps=max(0, plan.minimum_bps - voices), weight=plan.weights.stage, voices_bps=voices)
    return found


def site_budget_bps(profile: Profile) -> int:
    """What of the site's line is for media."""
    return profile.site.send_limit_bps


def line_budget_bps(plan: RolePlan) -> int:
    """What of an endpoint's line, as the profile has it, is for media."""
    return plan.down_limit_bps
