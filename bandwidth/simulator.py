"""What if? N delegates under a profile: what each endpoint sends and gets in the steady state, by the allocator.

First version: lines carry what the profile says (no loss, no cross traffic), every picture moves at its full rate,
three voices are heard at once, one delegate stands on everybody's stage, the others are thumbnails.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, dataclass
from typing import Any

from bandwidth.allocator import PAUSED, Demand, LayerOption, allocate, utility
from config.profile import Profile, RolePlan

OVERHEAD = 1.06
AUDIO_OVERHEAD_BPS = 28_800  # 50 packets/s of 72 header bytes
VOICES = 3  # speak at once; the others are silent, and silence costs next to nothing (DTX)
STAGE_PIXELS = 1280 * 720
THUMBNAIL_PIXELS = 320 * 180
MAX_DELEGATES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointForecast:
    """What one endpoint sends and gets, bits/s; `stage` and `thumbnails` are picture heights, 0 for none."""

    name: str
    role: str
    sends_bps: int
    gets_bps: int
    line_up_bps: int
    line_down_bps: int
    audio_bps: int
    stage: int
    thumbnails: int
    paused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The whole. `fits`: how many delegates still get every picture."""

    profile: str
    delegates: int
    site_bps: int
    site_media_bps: int
    site_used_bps: int
    fits: int
    cut_first: str
    endpoints: tuple[EndpointForecast, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def simulate(profile: Profile, *, delegates: int, site_bps: int | None = None) -> Forecast:
    """The forecast for one centre and `delegates` delegates; `site_bps` takes the place of the profile's site line."""
    site = site_bps or profile.site.up_bps
    media = int(site * profile.site.media_share)
    endpoints, used = _run(profile, delegates, media)
    fits = 0
    for count in range(1, MAX_DELEGATES + 1):
        if any(each.paused for each in _run(profile, count, media)[0]):
            break
        fits = count
    return Forecast(
        profile=profile.name,
        delegates=delegates,
        site_bps=site,
        site_media_bps=media,
        site_used_bps=used,
        fits=fits,
        cut_first=_cut_first(profile),
        endpoints=tuple(endpoints),
    )


def _cut_first(profile: Profile) -> str:
    weights = profile.roles.delegate.weights
    ranked = {
        "thumbnail": weights.thumbnail,
        "speaker": weights.speaker,
        "stage": weights.stage,
        "screen": weights.screen,
    }
    return min(ranked, key=lambda name: ranked[name])


def _run(profile: Profile, delegates: int, media_bps: int) -> tuple[list[EndpointForecast], int]:
    names = ["central", *(f"delegate {number}" for number in range(1, delegates + 1))]
    plans = {name: profile.roles.central if name == "central" else profile.roles.delegate for name in names}
    voices = {name: plan.audio_bitrate_bps * (2 if plan.audio_red else 1) for name, plan in plans.items()}
    audio = {
        name: sum(sorted(voices[other] + AUDIO_OVERHEAD_BPS for other in names if other != name)[-VOICES:])
        for name in names
    }
    speaker = names[1] if delegates else names[0]
    demands = [
        _demand(plans[subscriber], subscriber, publisher, plans[publisher], speaker)
        for subscriber in names
        for publisher in names
        if subscriber != publisher
    ]
    budgets: dict[Hashable, int] = {name: max(0, plan.down_limit_bps - audio[name]) for name, plan in plans.items()}
    chosen = allocate(demands, budgets, max(0, media_bps - sum(audio.values())))
    used = sum(audio.values())
    forecasts = []
    for name in names:
        mine = [(demand, chosen[demand.key]) for demand in demands if demand.subscriber == name]
        pictures = sum(demand.options[index].bitrate_bps for demand, index in mine if index != PAUSED)
        used += pictures
        forecasts.append(_forecast(name, plans, mine, pictures, audio[name], speaker))
    return forecasts, used


def _demand(viewer: RolePlan, subscriber: str, publisher: str, plan: RolePlan, speaker: str) -> Demand:
    stage = publisher == speaker or (subscriber == speaker and publisher == "central")
    wanted = STAGE_PIXELS if stage else THUMBNAIL_PIXELS
    options: list[LayerOption] = []
    for index, layer in enumerate(plan.camera.layers):
        pixels = int(plan.camera.width * plan.camera.height / layer.scale_down_by**2)
        value = utility(pixels, wanted, 1.0)
        if not options or value > options[-1].value:
            rate = int(layer.max_bitrate_bps * OVERHEAD)
            options.append(LayerOption(spatial=index, temporal=None, bitrate_bps=rate, value=value))
    weight = viewer.weights.stage if stage else viewer.weights.thumbnail
    return Demand(subscriber=subscriber, publication=publisher, weight=weight, options=tuple(options))


def _forecast(
    name: str,
    plans: dict[str, RolePlan],
    mine: list[tuple[Demand, int]],
    pictures: int,
    audio: int,
    speaker: str,
) -> EndpointForecast:
    plan = plans[name]
    heights = {
        str(demand.publication): 0 if index == PAUSED else _height(plans[str(demand.publication)], demand, index)
        for demand, index in mine
    }
    stage = "central" if name == speaker else speaker
    others = [height for publisher, height in heights.items() if publisher != stage]
    sends = sum(int(layer.max_bitrate_bps * OVERHEAD) for layer in plan.camera.layers)
    return EndpointForecast(
        name=name,
        role="central" if name == "central" else "delegate",
        sends_bps=sends + plan.audio_bitrate_bps * (2 if plan.audio_red else 1) + AUDIO_OVERHEAD_BPS,
        gets_bps=pictures + audio,
        line_up_bps=plan.line_up_bps,
        line_down_bps=plan.line_down_bps,
        audio_bps=audio,
        stage=heights.get(stage, 0),
        thumbnails=min((height for height in others if height), default=0),
        paused=sum(1 for height in heights.values() if not height),
    )


def _height(plan: RolePlan, demand: Demand, index: int) -> int:
    layer = plan.camera.layers[demand.options[index].spatial]
    return int(plan.camera.height / layer.scale_down_by)
