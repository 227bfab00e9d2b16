"""Glue between the sessions and the allocator: what every subscriber could be sent, and what it is sent.

Inputs: measured rates of the layers that come in, the profile's plan for those that do not, each subscriber's estimate
and line, the site's line. Output: every video subscription's aim. Audio is taken off both budgets first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bandwidth.allocator import PAUSED, Allocation, Demand, LayerOption, utility
from bandwidth.fair_parts import Claim, FairParts
from bandwidth.hysteresis import AllocationKeeper
from bandwidth.limits import Limit, binding_limits
from bandwidth.options import full_voice_bps, heard_voice_bps, layer_option, rising
from bandwidth.site_budget import FULL_WITHIN_S, SiteBudget
from sfu.incoming import IncomingStream
from sfu.peer import Peer
from sfu.publication import Publication
from sfu.selector import ALL_TEMPORAL
from sfu.sender import Sender
from sfu.subscription import VideoSubscription
from sfu.types import Source

if TYPE_CHECKING:
    from sfu.session import MediaSession

FULL_PICTURE = 1280 * 720
UNREAD = 0.8  # more of a rate than this in its lower temporal layers: packets of a layer that nobody gets are not read
PLANNED_SHARES = (0.4, 0.6)  # of a layer's rate, up to its first and its second temporal layer: libvpx's plan
NO_PARTS: Mapping[Hashable, int] = MappingProxyType({})


class SiteAllocator:
    """One for the process: all its sessions share the site's line, or this process's part of it. Who is at the site
    (media.site_networks) gets what his own line carries.

    part_of: from the line's bits/s to what this process may use of them; set from outside where several share it.
    line_bps: the line as the profiles have it. limit_bps: what of it, or of the part, it was learnt to carry.
    audio_bps: for voices. demand_bps: for voices, and for pictures as far as subscribers could take them.
    """

    def __init__(self) -> None:
        self._keeper = AllocationKeeper()
        self._keeper_here = AllocationKeeper()
        self._budget = SiteBudget()
        self._parts = FairParts()
        self.used_bps = 0
        self.limit_bps = 0
        self.free_bps = 0  # of the line, beside what the media may take
        self.part_of: Callable[[int], int] = int
        self.line_bps = self.audio_bps = self.demand_bps = 0
        self.wanted_bps: dict[str, float] = {}

    def forget(self, peer_id: str, publication_id: int) -> None:
        """The page shows this picture otherwise now: no waiting for its new size."""
        self._keeper.forget((peer_id, publication_id))
        self._keeper_here.forget((peer_id, publication_id))

    def run(self, sessions: Iterable[MediaSession], *, now: float) -> None:
        """Allocate and aim. Called a few times a second, and at once when an estimate falls."""
        live = [session for session in sessions if session.peers]
        peers = [peer for session in live for peer in session.peers.values()]
        survey = Survey(now)
        beyond, here = _Asked(), _Asked()
        for peer in peers:
            (here if peer.at_site else beyond).add(peer, survey, now)
        self.line_bps = min((session.profile.site.send_limit_bps for session in live), default=0)
        self.limit_bps = site = self._learnt([each for each in peers if not each.at_site], now)
        self.free_bps = min((int(site / s.profile.site.media_share) - site for s in live), default=0)
        self.audio_bps = beyond.audio_bps
        room = max(0, site - beyond.audio_bps)
        parts = self._parts.limits(beyond.demands, beyond.budgets, room, beyond.claims)
        chosen = self._keeper.update(
            beyond.demands, beyond.budgets, room, caps=parts, reserved_bps=beyond.audio_bps, now=now
        )
        self._parts.note(beyond.demands, chosen)
        self.used_bps = beyond.audio_bps + beyond.aim(chosen, room, now, parts)
        ample = sum(here.budgets.values())
        here.aim(self._keeper_here.update(here.demands, here.budgets, ample, now=now), ample, now)
        self.demand_bps = beyond.audio_bps + beyond.wanted_bps()
        self.wanted_bps = {**beyond.wanted, **here.wanted}

    def _learnt(self, peers: list[Peer], now: float) -> int:
        """What of its part of the site's line this process may use now, by what its subscribers report."""
        served = [peer.estimator for peer in peers if peer.connected]
        return self._budget.update(
            self.part_of(self.line_bps),
            used_bps=self.used_bps,
            arriving_bps=sum(each.acknowledged_bps for each in served),
            full=sum(1 for each in served if now - each.full_at_s <= FULL_WITHIN_S),
            subscribers=len(served),
            now=now,
        )


class _Asked:
    """What subscribers who share a line, or none, ask for. Rates in bits/s; `wanted`: their pictures at their best."""

    def __init__(self) -> None:
        self.demands: list[Demand] = []
        self.budgets: dict[object, int] = {}
        self.claims: dict[object, Claim] = {}
        self.wanted: dict[str, float] = {}
        self.audio_bps = 0
        self._capped: set[object] = set()
        self._collapsed: set[object] = set()
        self._senders: dict[object, Sender] = {}
        self._subscriptions: dict[tuple[object, object], VideoSubscription] = {}

    def add(self, peer: Peer, survey: Survey, now: float) -> None:
        """A subscriber with all that it is shown."""
        audio = survey.audio_reserve_bps(peer)
        self.audio_bps += audio
        self.budgets[peer.id] = max(0, min(peer.estimator.target_bps, peer.plan.down_limit_bps) - audio)
        self.claims[peer.id] = Claim(
            floor_bps=max(0, peer.plan.minimum_bps - audio), weight=peer.plan.weights.stage, voices_bps=audio
        )
        if peer.estimator.target_bps >= peer.plan.down_limit_bps:
            self._capped.add(peer.id)
        if peer.take_collapse():
            self._collapsed.add(peer.id)
        self._senders[peer.id] = peer.sender
        for subscription in peer.receiving.videos:
            demand = survey.demand(peer, subscription)
            if demand is None:
                subscription.starved, subscription.limit = False, Limit.NONE
                subscription.waits_for_room = False
                subscription.aim(-1, spatial=0, temporal=0, now=now)
                continue
            self.demands.append(demand)
            self._subscriptions[demand.key] = subscription
            self.wanted[peer.id] = self.wanted.get(peer.id, 0.0) + demand.options[-1].bitrate_bps

    def wanted_bps(self) -> int:
        """What their own lines carry of it."""
        return sum(min(int(bps), self.budgets[peer_id]) for peer_id, bps in self.wanted.items())

    def aim(self, chosen: Allocation, room_bps: int, now: float, parts: Mapping[Hashable, int] = NO_PARTS) -> int:
        """Every subscription follows what was chosen for it; what that takes."""
        limits = binding_limits(self.demands, chosen, self.budgets, room_bps, capped=self._capped, parts=parts)
        for demand in self.demands:
            subscription = self._subscriptions[demand.key]
            subscription.note_limit(limits[demand.key])
            if demand.subscriber in self._collapsed or chosen[demand.key] == PAUSED:
                subscription.waits_for_room = True
            _aim(subscription, demand, chosen[demand.key], now)
            if subscription.selector.followed and not self._senders[demand.subscriber].held_up:
                subscription.waits_for_room = False
        found = ((demand, chosen[demand.key]) for demand in self.demands)
        return sum(demand.options[index].bitrate_bps for demand, index in found if index != PAUSED)


def _aim(subscription: VideoSubscription, demand: Demand, index: int, now: float) -> None:
    subscription.starved = index == PAUSED
    if index == PAUSED:
        subscription.aim(-1, spatial=0, temporal=0, now=now)
        return
    option = demand.options[index]
    temporal = ALL_TEMPORAL if option.temporal is None else option.temporal
    publication = subscription.publication
    if not publication.section.rids:
        subscription.wish = 0
        subscription.aim(0, spatial=option.spatial, temporal=temporal, now=now)
        return
    subscription.wish = option.spatial
    there = [stream.layer for stream in publication.streams if stream.alive(now=now)]
    layer = max((each for each in there if each <= option.spatial), default=min(there, default=option.spatial))
    if layer != option.spatial:
        temporal = ALL_TEMPORAL
    subscription.aim(layer, spatial=3, temporal=temporal, now=now)


class Survey:
    """What there is to share out in one run: facts of a publication are found once, whoever wants it."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._voices: dict[int, int] = {}
        self._alive: dict[int, bool] = {}
        self._options: dict[tuple[int, int], tuple[LayerOption, ...]] = {}

    def audio_reserve_bps(self, peer: Peer) -> int:
        """What the voices sent to this peer take, headers included.

        Nothing is kept for another to begin: the pacer sends it ahead of pictures, which go down at the next run.
        """
        publications = (each.publication for each in peer.receiving.subscriptions.values())
        return sum(self._voice_bps(each) for each in publications if each.sending and not each.video)

    def _voice_bps(self, publication: Publication) -> int:
        found = self._voices.get(publication.id)
        if found is None:
            measured = sum(stream.rates.peak_bps for stream in publication.streams)
            found = self._voices[publication.id] = heard_voice_bps(measured, full_voice_bps(publication.audio_bps))
        return found

    def demand(self, peer: Peer, subscription: VideoSubscription) -> Demand | None:
        """The wish for one picture; None where nothing is shown or nothing comes."""
        publication = subscription.publication
        pixels = subscription.wanted_pixels
        if not pixels or not publication.sending or not self._is_alive(publication):
            return None
        weights = peer.plan.weights
        weight = {"stage": weights.stage, "screen": weights.screen}.get(subscription.place, weights.thumbnail)
        if publication.source is Source.SCREEN:
            weight = max(weight, weights.screen)
        elif publication.endpoint_id == peer.session.speakers.dominant:
            weight = max(weight, weights.speaker)
        key = (publication.id, pixels)
        options = self._options.get(key)
        if options is None:
            options = self._options[key] = options_of(publication, pixels, self._now)
        if not options:
            return None
        return Demand(subscriber=peer.id, publication=publication.id, weight=weight, options=options)

    def _is_alive(self, publication: Publication) -> bool:
        found = self._alive.get(publication.id)
        if found is None:
            found = self._alive[publication.id] = publication.highest_alive(now=self._now) >= 0
        return found


def options_of(publication: Publication, wanted_pixels: int, now: float) -> tuple[LayerOption, ...]:
    """Every way to send the publication that is better than all cheaper ones."""
    found: list[LayerOption] = []
    if publication.section.rids:
        below_bps = 0
        for layer in range(publication.layers_planned):
            options = list(_simulcast_options(publication, layer, wanted_pixels, now))
            found += _dearer(options, below_bps)
            below_bps = max((option.bitrate_bps for option in found), default=0)
    else:
        for stream in publication.streams:
            found += _stream_options(publication, stream, wanted_pixels)
    return rising(found)


def _dearer(options: list[LayerOption], below_bps: int) -> list[LayerOption]:
    """A layer takes no less than the one below: one that seems to is being switched off, and its rate is fading."""
    full = max((option.bitrate_bps for option in options), default=0)
    if full >= below_bps:
        return options
    return [replace(option, bitrate_bps=option.bitrate_bps * below_bps // full) for option in options]


def _simulcast_options(publication: Publication, layer: int, wanted_pixels: int, now: float) -> Iterable[LayerOption]:
    stream = publication.stream_at(layer)
    pixels = _pixels(publication, layer, stream)
    if stream is None or not stream.alive(now=now):
        rate = _planned_bps(publication, layer)
        if rate:
            shares = PLANNED_SHARES if any(each.rates.highest_temporal for each in publication.streams) else ()
            for index, share in enumerate(shares):
                motion = 0.5 ** (len(shares) - index)
                yield layer_option(layer, index, int(share * rate), utility(pixels, wanted_pixels, motion))
            yield layer_option(layer, None, rate, utility(pixels, wanted_pixels, 1.0))
        return
    for temporal, share, rate in _temporal_rates(publication, stream, 3):
        yield layer_option(layer, temporal, rate, utility(pixels, wanted_pixels, share))


def _stream_options(publication: Publication, stream: IncomingStream, wanted_pixels: int) -> Iterable[LayerOption]:
    """Spatial and temporal layers inside one stream (SVC), or just the stream."""
    pixels = _pixels(publication, 0, stream)
    top = stream.rates.highest_spatial
    for spatial in range(top + 1):
        shown = pixels // 4 ** (top - spatial)
        for temporal, share, rate in _temporal_rates(publication, stream, spatial):
            yield layer_option(spatial, temporal, rate, utility(shown, wanted_pixels, share))


def _temporal_rates(
    publication: Publication, stream: IncomingStream, spatial: int
) -> Iterable[tuple[int | None, float, int]]:
    """(temporal layer, share of the motion, rate), steadied: a still picture counts for a share of what it may become,
    and a screen for all of its peak, so that nothing flaps with what is in the picture."""
    rates = stream.rates
    top = max(each.rates.highest_temporal for each in publication.streams)
    screen = publication.source is Source.SCREEN
    expected = max((1.0 if screen else 0.6) * rates.peak_bps, 0.35 * _planned_bps(publication, stream.layer))
    steady = max(1.0, expected / max(rates.total_bps, 1))
    full = rates.cumulative_bps(spatial, top)
    for temporal in range(top + 1):
        rate = rates.cumulative_bps(spatial, temporal)
        if temporal < top and rate > UNREAD * full:
            rate = int(PLANNED_SHARES[min(temporal + 2 - top, 1)] * full) if temporal + 2 >= top else rate
        yield (None if temporal == top else temporal), 0.5 ** (top - temporal), int(rate * steady)


def _pixels(publication: Publication, layer: int, stream: IncomingStream | None) -> int:
    if stream is not None and stream.width:
        return stream.width * stream.height
    plan = publication.plan
    if plan is None or layer >= len(plan.layers):
        return FULL_PICTURE
    return int(plan.width * plan.height / plan.layers[layer].scale_down_by ** 2)


def _planned_bps(publication: Publication, layer: int) -> int:
    """What a layer may become; 0 where it is not planned, and of a single stream, whose encoder has its own mind."""
    plan = publication.plan
    if plan is None or layer >= len(plan.layers) or not publication.section.rids:
        return 0
    return plan.layers[layer].max_bitrate_bps
