"""Random rooms for the allocator: what a server could be asked to share out, by its own options model.

A room is one run's input: demands of up to 11 endpoints that see each other, as `sfu.allocation` makes them from layers
that were measured or planned, and budgets from starving to plentiful, with audio taken off already.
"""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import dataclass

from bandwidth.allocator import Demand, LayerOption
from config.profile import LayerPlan, PicturePlan, Profile, load_profile, profile_names
from sfu.allocation import options_of
from sfu.description import CodecParameters, SendingSection
from sfu.publication import Publication
from sfu.types import EndpointId, Kind, Mid, PayloadType, PublicationId, Rid, Source

VP8 = CodecParameters(name="VP8", payload_type=PayloadType(96), clock_rate_hz=90_000)
MOST_ENDPOINTS = 11
NOW = 100.0
PAGES = tuple(  # pixels of the stage and of a thumbnail: a wall, a laptop, a small window, a telephone
    (width * height, thumbnail_width * thumbnail_height)
    for width, height, thumbnail_width, thumbnail_height in (
        (1536, 864, 368, 207),
        (1030, 579, 300, 169),
        (640, 360, 200, 113),
        (400, 225, 130, 73),
    )
)
TEMPORAL_SHARES = {1: (1.0,), 2: (0.6, 1.0), 3: (0.4, 0.6, 1.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRoom:
    """`budgets` of the subscribers and `site_bps` for pictures, bits/s."""

    demands: tuple[Demand, ...]
    budgets: dict[Hashable, int]
    site_bps: int


def random_room(seed: int, *, endpoints: int | None = None) -> AllocationRoom:
    """The room of this seed; `endpoints` (2 to 11) at random if not given."""
    dice = random.Random(seed)
    count = endpoints or dice.randint(2, MOST_ENDPOINTS)
    profile = load_profile(dice.choice(profile_names()))
    cameras = [_publication(dice, number, profile, Source.CAMERA) for number in range(count)]
    screen = _publication(dice, dice.randrange(count), profile, Source.SCREEN) if dice.random() < 0.3 else None
    speaker, stage = dice.randrange(count), dice.randrange(count)
    options: dict[tuple[int, int], tuple[LayerOption, ...]] = {}  # shared by who shows the same size, as in the server
    demands: list[Demand] = []
    for subscriber in range(count):
        shown = [each for each in cameras if each.endpoint_id != str(subscriber) and dice.random() > 0.1]
        if screen is not None and screen.endpoint_id != str(subscriber):
            shown.append(screen)
        grid = dice.random() < 0.2
        large, small = dice.choice(PAGES)
        for publication in shown:
            on_stage = publication is screen or (publication.endpoint_id == str(stage) and screen is None)
            weight = _weight(profile, publication, on_stage=on_stage and not grid, speaks=speaker)
            pixels = large if on_stage and not grid else small
            key = (publication.id, pixels)
            if key not in options:
                options[key] = options_of(publication, pixels, NOW)
            demands.append(
                Demand(subscriber=subscriber, publication=publication.id, weight=weight, options=options[key])
            )
    budgets = _budgets(dice, count, profile)
    return AllocationRoom(demands=tuple(demands), budgets=budgets, site_bps=_site(dice, demands, budgets))


def _weight(profile: Profile, publication: Publication, *, on_stage: bool, speaks: int) -> float:
    weights = profile.roles.delegate.weights
    if publication.source is Source.SCREEN:
        return weights.screen
    if on_stage:
        return weights.stage
    return weights.speaker if publication.endpoint_id == str(speaks) else weights.thumbnail


def _budgets(dice: random.Random, count: int, profile: Profile) -> dict[Hashable, int]:
    line = profile.roles.delegate.line_down_bps * profile.roles.delegate.media_share
    lowest, highest = dice.choice([(line, line), (30_000, 300_000), (100_000, line), (0.3 * line, line)])
    return {number: int(lowest * (highest / lowest) ** dice.random()) for number in range(count)}


def _site(dice: random.Random, demands: list[Demand], budgets: dict[Hashable, int]) -> int:
    """From a fifth of what the subscribers could take at the most to more than that."""
    could: dict[Hashable, int] = {}
    for demand in demands:
        could[demand.subscriber] = could.get(demand.subscriber, 0) + demand.options[-1].bitrate_bps
    most = sum(min(bps, budgets[subscriber]) for subscriber, bps in could.items())
    return int(most * dice.choice([1.1, 0.2 + 0.9 * dice.random(), 0.02 + 0.3 * dice.random()]))


def _publication(dice: random.Random, endpoint: int, profile: Profile, source: Source) -> Publication:
    role = profile.roles.delegate if endpoint else profile.roles.central
    plan = role.screen if source is Source.SCREEN else role.camera
    if source is Source.CAMERA and dice.random() < 0.4:
        plan = _ladder(dice)
    publication = Publication(
        identifier=PublicationId(endpoint + (MOST_ENDPOINTS if source is Source.SCREEN else 0)),
        endpoint_id=EndpointId(str(endpoint)),
        section=SendingSection(
            mid=Mid("0"),
            kind=Kind.VIDEO,
            source=source,
            codecs=(VP8,),
            extensions={},
            rids=tuple(Rid(layer.rid) for layer in plan.layers),
        ),
        plan=plan,
    )
    motion = dice.uniform(0.2, 1.0)
    temporal_layers = dice.choice((1, 3, 3, 3, 2))
    for layer in plan.layers:
        if layer is plan.layers[0] or dice.random() > 0.15:
            _measure(publication, layer, motion * dice.uniform(0.9, 1.1), TEMPORAL_SHARES[temporal_layers])
    return publication


def _ladder(dice: random.Random) -> PicturePlan:
    """Another profile's layers: one to three, each of a quarter to a half of the next one's rate."""
    count = dice.randint(1, 3)
    rate = dice.uniform(400_000, 3_000_000)
    layers = []
    for step in range(count):
        rid, scale = f"l{count - step}", 2.0**step
        layers.append(LayerPlan(rid=rid, scale_down_by=scale, max_bitrate_bps=int(rate), max_framerate=25))
        rate = max(30_000, rate * dice.uniform(0.25, 0.5))
    return PicturePlan(width=1280, height=720, framerate=25, layers=tuple(reversed(layers)))


def _measure(publication: Publication, layer: LayerPlan, motion: float, shares: tuple[float, ...]) -> None:
    """Let the layer have come for some seconds, at `motion` of its full rate."""
    stream = publication.add_stream(ssrc=1, rid=layer.rid)
    stream.last_arrival_s = NOW
    stream.rates.tick(now=0.0)
    for step in range(1, 9):
        before = 0.0
        for temporal, share in enumerate(shares):
            stream.rates.add(0, temporal, int(layer.max_bitrate_bps * motion * (share - before) * 0.4 / 8))
            before = share
        stream.rates.tick(now=step * 0.4)
