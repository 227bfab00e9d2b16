"""Glue between the sessions and what publishers may send: the profile's plan, under each endpoint's limit and under
what the site's line takes in. Nothing is renegotiated: endpoints are told, and set their encoders (on_sending).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING

from bandwidth.publishing import PublisherNeed, PublishingKeeper, fit_layers, fit_picture
from config.costs import picture_bps, voice_bps
from config.profile import LayerPlan, PicturePlan, RolePlan
from sfu.sending_limits import SendingLimits, keep_running, picture_limits
from sfu.tap_track import TapTrack
from sfu.types import Source

if TYPE_CHECKING:
    from sfu.peer import Peer
    from sfu.publication import Publication
    from sfu.session import MediaSession

AGAIN_S = 0.3  # while somebody's part may rise or an encoding is to stop
LEAVE_S = 1.0  # a lower layer is there before that: it is asked for a key frame at once
ORDER = (Source.MICROPHONE, Source.SCREEN, Source.CAMERA, Source.CAMERA2)  # who has his part first


def fit_publications(peer: Peer) -> None:
    """Put the peer's plan into force: what each publication may send when all that are switched on share its limit."""
    plan = peer.plan
    if not isinstance(plan, RolePlan):
        return
    left = plan.up_limit_bps
    for publication in sorted(peer.publications, key=lambda each: ORDER.index(each.source)):
        if not publication.video:
            red = publication.section.codecs[0].name == "red"
            publication.audio_bps = plan.audio_bitrate_bps * (2 if red else 1)
            left -= voice_bps(plan.audio_bitrate_bps, red=red)
            continue
        publication.plan = fit_picture(picture_of(plan, publication), left)
        if publication.sending:
            left -= picture_bps(sum(layer.max_bitrate_bps for layer in publication.plan.layers))


def picture_of(plan: RolePlan, publication: Publication) -> PicturePlan:
    """The profile's part for a picture: of its layers the largest, where the publisher offered fewer encodings."""
    picture = plan.screen if publication.source is Source.SCREEN else plan.camera
    offered = max(1, len(publication.section.rids))
    if offered >= len(picture.layers):
        return picture
    return picture.model_copy(update={"layers": picture.layers[-offered:]})


class Publishing:
    """One for the process: all its sessions share the site's line on the way in, or this process's part of it.

    part_of: from the line's bits/s to what this process may use of them. limit_bps: what all publishers may send.
    stale: what is to be divided has changed: endpoints, their plans and sources, or the layers in use.
    """

    def __init__(self) -> None:
        self._keeper = PublishingKeeper()
        self._leaving: dict[str, float] = {}
        self.part_of: Callable[[int], int] = int
        self.limit_bps = 0
        self.stale = False
        self._divided_s = 0.0

    def run(self, sessions: Iterable[MediaSession], *, now: float) -> None:
        """Divide, and tell whose limits changed. Called a few times a second, after the layers in use are known."""
        live = [session for session in sessions if session.peers]
        limit = self.part_of(min((each.profile.site.publish_limit_bps for each in live), default=0))
        waiting = (self._leaving or self._keeper.short) and now - self._divided_s >= AGAIN_S
        if limit == self.limit_bps and not self.stale and not waiting:
            return
        self.limit_bps, self.stale, self._divided_s = limit, False, now
        peers = [
            (peer, session, peer.plan)
            for session in live
            for peer in session.peers.values()
            if peer.publications and isinstance(peer.plan, RolePlan)
        ]
        needs: dict[Hashable, PublisherNeed] = {
            peer.id: _need(peer, session, plan) for peer, session, plan in peers if not peer.at_site
        }
        parts: dict[Hashable, int] = {peer.id: plan.up_limit_bps for peer, _, plan in peers}
        parts |= self._keeper.update(needs, self.limit_bps, now=now)
        for peer, session, plan in peers:
            limits = self._without_haste(peer, _limits(peer, session, plan, parts[peer.id]), now)
            if limits != peer.told:
                peer.told = limits
                peer.events.on_sending(peer, limits)
        self._leaving = {peer.id: self._leaving[peer.id] for peer, _, _ in peers if peer.id in self._leaving}

    def _without_haste(self, peer: Peer, limits: SendingLimits, now: float) -> SendingLimits:
        """The limits, but for encodings that somebody still follows: they stop when he has another or after LEAVE_S."""
        followed = _followed(peer)
        kept = keep_running(limits, peer.told, followed) if peer.told is not None else limits
        if kept == limits:
            self._leaving.pop(peer.id, None)
            return limits
        return kept if now - self._leaving.setdefault(peer.id, now) < LEAVE_S else limits


def _in_use(session: MediaSession, publication: Publication) -> list[bool]:
    """Of each layer that may be sent, whether anybody needs it."""
    wanted = session.layers.told(publication)
    rids = publication.section.rids
    assert publication.plan is not None
    return [not rids or rids[index] in wanted for index in range(len(publication.plan.layers))]


def _followed(peer: Peer) -> set[tuple[Source, str]]:
    """The encodings that somebody is shown now."""
    return {
        (publication.source, str(publication.section.rids[subscriber.selector.current]))
        for publication in peer.publications
        if publication.section.rids
        for subscriber in publication.subscribers
        if subscriber.selector.current >= 0
    }


def _shown_layers(publication: Publication) -> set[int]:
    """Those that viewers need, and the lowest as what to fall back to."""
    viewers = (each for each in publication.subscribers if not isinstance(each, TapTrack))
    return {0}.union(*(each.wished_layers() for each in viewers))


def _voice_bps(plan: RolePlan, publications: Iterable[Publication]) -> int:
    red = any(not each.video and each.section.codecs[0].name == "red" for each in publications)
    return voice_bps(plan.audio_bitrate_bps, red=red)


def _need(peer: Peer, session: MediaSession, plan: RolePlan) -> PublisherNeed:
    """Least is what people are shown; the recorder would have the largest of all, and has it where there is room."""
    voice = _voice_bps(plan, peer.publications)
    least = wanted = 0
    for publication in peer.publications:
        if publication.plan is None or not publication.sending:
            continue
        shown = _shown_layers(publication)
        for index, used in enumerate(_in_use(session, publication)):
            rate = publication.plan.layers[index].max_bitrate_bps
            least += rate if index in shown else 0
            wanted += rate if used else 0
    return PublisherNeed(
        least_bps=voice + picture_bps(least), wanted_bps=voice + picture_bps(wanted), most_bps=plan.up_limit_bps
    )


def _limits(peer: Peer, session: MediaSession, plan: RolePlan, part_bps: int) -> SendingLimits:
    left = part_bps - _voice_bps(plan, peer.publications)
    pictures = []
    for publication in sorted(peer.publications, key=lambda each: ORDER.index(each.source)):
        if publication.plan is None:
            continue
        layers: list[LayerPlan | None] = list(publication.plan.layers)
        if part_bps < plan.up_limit_bps and publication.sending:
            layers, taken = _under(publication.plan, _in_use(session, publication), left)
            left -= taken
        rids = publication.section.rids
        pictures.append(picture_limits(publication.source, picture_of(plan, publication), layers, rids))
    return SendingLimits(cap_bps=part_bps, audio_bps=plan.audio_bitrate_bps, pictures=tuple(pictures))


def _under(plan: PicturePlan, used: list[bool], left_bps: int) -> tuple[list[LayerPlan | None], int]:
    """(the layers when those in use may take so much, what these take). A layer that nobody needs takes nothing."""
    places = [index for index, needed in enumerate(used) if needed]
    rates = fit_layers([plan.layers[index].max_bitrate_bps for index in places], left_bps)
    layers: list[LayerPlan | None] = list(plan.layers)
    for index, rate in zip(places, rates, strict=True):
        layers[index] = plan.layers[index].model_copy(update={"max_bitrate_bps": rate}) if rate else None
    return layers, picture_bps(sum(rates))
