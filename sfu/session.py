"""A session's media: its peers, who subscribes to whom, the tap, and what the operator decided."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Protocol

from bandwidth.estimator import SendSideEstimator
from sfu.description import RemoteDescription, SendingSection
from sfu.incoming import IncomingStream
from sfu.layer_demand import LayerDemand
from sfu.peer import Peer, PeerEvents
from sfu.plans import EndpointRule, Plans
from sfu.publication import Publication
from sfu.publishing import fit_publications
from sfu.receiving import ViewWant
from sfu.rtp.rtcp import SenderReport
from sfu.slots import SlotMap
from sfu.speakers import SpeakerDetector
from sfu.statistics import EndpointStats
from sfu.tap import Tap
from sfu.tap_track import TapTrack
from sfu.transport.addresses import is_within
from sfu.transport.transport import TransportState
from sfu.types import EndpointId, PublicationId, Role, SessionId, Source, owner_of

if TYPE_CHECKING:
    from config.models import MediaSettings
    from config.profile import Profile
    from sfu.server import MediaServer

_publication_ids = count(1)


class SessionEvents(Protocol):
    """Who hears of a session as a whole."""

    def on_speaker(self, session: MediaSession, endpoint_id: EndpointId | None) -> None:
        """Another endpoint has the floor."""


class MediaSession:
    """One session. `profile` may be changed while live; nothing is renegotiated."""

    def __init__(
        self,
        identifier: SessionId,
        *,
        profile: Profile,
        server: MediaServer,
        settings: MediaSettings,
        events: SessionEvents | None = None,
        keyframe_interval_s: float = 10.0,
    ) -> None:
        self.id = identifier
        self.plans = Plans(profile)
        self.layers = LayerDemand()
        self.peers: dict[EndpointId, Peer] = {}
        self.speakers = SpeakerDetector()
        self.paused = False
        self._server = server
        self._settings = settings
        self._events = events
        self._keyframe_interval_s = keyframe_interval_s
        self._tap: Tap | None = None
        self._tracks: dict[PublicationId, TapTrack] = {}
        self._blocked: set[tuple[EndpointId, Source]] = set()
        self._enabled: dict[tuple[EndpointId, Source], bool] = {}
        self._screen: Publication | None = None
        self._wide: set[EndpointId] = set()
        self._maps: dict[str, SlotMap] = {}

    @property
    def profile(self) -> Profile:
        """The one in force."""
        return self.plans.profile

    def now(self) -> float:
        """The media clock."""
        return self._server.now()

    def change_profile(self, profile: Profile) -> None:
        """Another profile from now on: new lines and plans, nothing renegotiated."""
        self.plans.profile = profile
        self._plan_anew()

    def set_rule(self, endpoint_id: EndpointId, rule: EndpointRule) -> bool:
        """A profile of its own, or caps, for one endpoint from now on; whether that is new. Outlives reconnections."""
        changed = self.plans.set_rule(endpoint_id, rule)
        if changed:
            self._plan_anew()
        return changed

    def _plan_anew(self) -> None:
        now = self._server.now()
        for peer in self.peers.values():
            peer.plan = self.plans.of(owner_of(peer.endpoint_id), peer.role)
            peer.estimator.set_max(peer.plan.down_limit_bps)
            peer.sender.update_rates(now=now)
            fit_publications(peer)
        self._server.publishing.stale = True
        self._server.reallocate()

    @property
    def publications(self) -> list[Publication]:
        """Of all peers."""
        return [publication for peer in self.peers.values() for publication in peer.publications]

    # --- coming and going ---

    def add_peer(
        self,
        *,
        endpoint_id: EndpointId,
        role: Role,
        remote: RemoteDescription,
        events: PeerEvents,
        only: EndpointId | None = None,
        key: EndpointId | None = None,
    ) -> Peer:
        """A peer for an endpoint. An older one of the same endpoint is closed; the slot at the others stays.

        only: watch this endpoint alone (WHEP). key: another name for a second connection of the same endpoint.
        """
        now = self._server.now()
        place = key or endpoint_id
        plan = self.plans.of(endpoint_id, role)
        publications = [
            self._publication(endpoint_id, section) for section in remote.sending if role is not Role.OBSERVER
        ]
        peer = Peer(
            session=self,
            endpoint_id=place,
            role=role,
            remote=remote,
            plan=plan,
            events=events,
            ports=self._server.ports,
            publications=publications,
            estimator=SendSideEstimator(
                start_bps=self._settings.start_bps,
                min_bps=self._settings.min_bps,
                max_bps=plan.down_limit_bps,
            ),
            wall_offset_s=self._server.wall_offset_s,
            now=now,
            on_ready=self._server.ready.append,
            on_attention=lambda peer: self._server.attention.add(peer),
            fast_path=self._server.fast_path,
        )
        fit_publications(peer)
        peer.receiving.only = only
        older = self.peers.get(place)
        self.peers[place] = peer
        if older is not None:
            self._leave(older, now)
        for publication in publications:
            self._open_track(publication, now)
        self._connect_all()
        return peer

    def is_at_site(self, address: str) -> bool:
        """Whether an address is on a network of the server's own site, apart from the site's line."""
        return is_within(address, self._settings.site_networks)

    def _publication(self, endpoint_id: EndpointId, section: SendingSection) -> Publication:
        publication = Publication(
            identifier=PublicationId(next(_publication_ids)),
            endpoint_id=endpoint_id,
            section=section,
            fast_path=self._server.fast_path,
        )
        publication.blocked = (endpoint_id, section.source) in self._blocked
        publication.enabled = self._enabled.get((endpoint_id, section.source), section.source is not Source.SCREEN)
        return publication

    def remove_peer(self, peer: Peer) -> None:
        """The peer leaves; if it is the endpoint's present one, the endpoint is gone from everybody's slots."""
        now = self._server.now()
        if self.peers.get(peer.endpoint_id) is peer:
            del self.peers[peer.endpoint_id]
            self.speakers.forget(peer.endpoint_id)
        self._leave(peer, now)
        self._connect_all()

    def _leave(self, peer: Peer, now: float) -> None:
        for publication in peer.publications:
            track = self._tracks.pop(publication.id, None)
            if track is not None:
                track.tap.on_publication_ended(publication.id, now=now)
            if self._screen is publication:
                self._screen = None
        peer.close()
        self._maps.pop(peer.id, None)

    def close(self) -> None:
        """The end: every peer leaves."""
        for peer in list(self.peers.values()):
            self.remove_peer(peer)
        self.detach_tap()

    def _connect_all(self) -> None:
        present = list(dict.fromkeys(owner_of(place) for place, peer in self.peers.items() if peer.publications))
        publications = [each for each in self.publications if self._is_shown(each)]
        for peer in self.peers.values():
            if peer.receiving.connect(publications, present, self._screen):
                for subscription in peer.receiving.subscriptions.values():
                    subscription.pause(self.paused)
        self._server.publishing.stale = True
        self._server.reallocate()  # who is where is told with it

    def _is_shown(self, publication: Publication) -> bool:
        """Of two cameras one is shown. Both are recorded."""
        if publication.source not in (Source.CAMERA, Source.CAMERA2):
            return True
        wide = publication.endpoint_id in self._wide and any(
            each.endpoint_id == publication.endpoint_id and each.source is Source.CAMERA2 and each.sending
            for each in self.publications
        )
        return wide is (publication.source is Source.CAMERA2)

    # --- what people decided ---

    def show_wide(self, endpoint_id: EndpointId, wide: bool) -> None:
        """Show an endpoint's second camera in place of its first, where it sends one."""
        if wide != (endpoint_id in self._wide):
            (self._wide.add if wide else self._wide.discard)(endpoint_id)
            self._connect_all()

    def set_view(self, endpoint_id: EndpointId, wants: Sequence[ViewWant]) -> None:
        """What an endpoint's page shows now."""
        peer = self.peers.get(endpoint_id)
        if peer is not None:
            for publication_id in peer.receiving.set_view(wants):
                self._server.allocator.forget(peer.id, publication_id)
            self._server.reallocate()

    def set_blocked(self, endpoint_id: EndpointId, source: Source, blocked: bool) -> None:
        """The operator's mute: what comes of this source goes nowhere. Outlives reconnections."""
        key = (endpoint_id, source)
        (self._blocked.add if blocked else self._blocked.discard)(key)
        self._update_source(endpoint_id, source)

    def set_enabled(self, endpoint_id: EndpointId, source: Source, enabled: bool) -> None:
        """The endpoint switched a source on or off."""
        self._enabled[endpoint_id, source] = enabled
        self._update_source(endpoint_id, source)

    def _update_source(self, endpoint_id: EndpointId, source: Source) -> None:
        now = self._server.now()
        for publication in self.publications:
            if publication.endpoint_id == endpoint_id and publication.source is source:
                publication.blocked = (endpoint_id, source) in self._blocked
                publication.enabled = self._enabled.get((endpoint_id, source), True)
                publication.regroup()
                if source is Source.SCREEN:
                    self._choose_screen(publication)
                if publication.sending and publication.video:
                    for stream in publication.streams:
                        publication.want_keyframe(stream.layer, now=now)
        if source is Source.MICROPHONE:
            self.speakers.forget(endpoint_id)
        peer = self.peers.get(endpoint_id)
        if peer is not None:
            fit_publications(peer)
        self._connect_all()

    def _choose_screen(self, publication: Publication) -> None:
        if publication.sending:
            self._screen = publication
        elif self._screen is publication:
            others = [each for each in self.publications if each.source is Source.SCREEN and each.sending]
            self._screen = others[0] if others else None

    def set_paused(self, paused: bool) -> None:
        """While paused nothing is forwarded to endpoints; the tap goes on hearing."""
        self.paused = paused
        for peer in self.peers.values():
            for subscription in peer.receiving.subscriptions.values():
                subscription.pause(paused)
        self._server.reallocate()

    # --- the tap ---

    def attach_tap(self, tap: Tap) -> None:
        """From now on the tap hears every publication."""
        self._tap = tap
        for publication in self.publications:
            self._open_track(publication, self._server.now())

    def detach_tap(self) -> None:
        """The tap hears nothing more."""
        now = self._server.now()
        for track in self._tracks.values():
            track.publication.unsubscribe(track)
            track.tap.on_publication_ended(track.publication.id, now=now)
        self._tracks.clear()
        self._tap = None

    def _open_track(self, publication: Publication, now: float) -> None:
        if self._tap is None:
            return
        track = TapTrack(publication, self._tap, keyframe_interval_s=self._keyframe_interval_s)
        self._tracks[publication.id] = track
        publication.subscribe(track)
        self._tap.on_publication(publication.facts, now=now)

    # --- what peers tell ---

    def on_peer_state(self, peer: Peer, state: TransportState, *, now: float) -> None:
        """A transport changed state: who is connected gets its pictures."""
        if state is TransportState.CONNECTED:
            self._server.reallocate()

    def on_level(self, publication: Publication, level_dbov: int, now: float) -> None:
        """An audio level, once per packet."""
        if publication.sending:
            self.speakers.on_level(publication.endpoint_id, level_dbov, now=now)

    def on_stream(self, publication: Publication, stream: IncomingStream) -> None:
        """A stream was learnt."""
        self._server.reallocate()

    def on_sender_report(self, publication: Publication, report: SenderReport, now: float) -> None:
        """For the tap's timeline."""
        track = self._tracks.get(publication.id)
        if track is not None:
            track.tap.on_sender_report(
                publication.id, ssrc=report.ssrc, ntp=report.ntp, rtp_timestamp=report.rtp_timestamp, arrival_s=now
            )

    def on_given_up(self, publication: Publication, stream: IncomingStream, numbers: list[int], now: float) -> None:
        """Packets that will not come any more."""
        track = self._tracks.get(publication.id)
        if track is not None:
            track.on_given_up(stream, numbers, now=now)

    def on_estimate_fell(self) -> None:
        """A line got worse: down at once."""
        self._server.reallocate()

    # --- timers ---

    def tick(self, *, now: float) -> None:
        """A few times a second, before the lines are shared out: rates, speaker, tap."""
        for publication in self.publications:
            for stream in publication.streams:
                stream.rates.tick(now=now)
        for track in self._tracks.values():
            track.update(now=now)
        if self.speakers.update(now=now) and self._events is not None:
            self._events.on_speaker(self, self.speakers.dominant)

    def tell(self, *, now: float) -> None:
        """Right after it: who sends, layers that nobody needs or that somebody needs again, slot maps."""
        for peer in self.peers.values():
            peer.update_flowing(now=now)
            for source, rids in self.layers.update(peer.publications, now=now):
                peer.events.on_layers(peer, source, rids)
                self._server.publishing.stale = True
        self.publish_slots(now=now)

    def publish_slots(self, *, now: float) -> None:
        """Tell each peer whose slot map changed."""
        for peer in self.peers.values():
            current = peer.receiving.slot_map(now=now)
            if self._maps.get(peer.id) != current:
                self._maps[peer.id] = current
                peer.events.on_slots(peer)

    # --- what others ask ---

    def slot_map(self, endpoint_id: EndpointId) -> SlotMap | None:
        """The slot map of an endpoint, None if it is not here."""
        peer = self.peers.get(endpoint_id)
        return peer.receiving.slot_map(now=self._server.now()) if peer else None

    def layers_told(self, peer: Peer) -> list[tuple[Source, list[str]]]:
        """The encodings that the peer was told to send last, of each picture."""
        return [(each.source, self.layers.told(each)) for each in peer.publications if each.section.rids]

    def needs_reoffer(self, endpoint_id: EndpointId) -> bool:
        """Whether there are more endpoints than this one offered slots for."""
        peer = self.peers.get(endpoint_id)
        return peer is not None and peer.receiving.slots.short

    def speaking(self, endpoint_id: EndpointId) -> bool:
        """Whether the endpoint is heard now."""
        return self.speakers.speaking(endpoint_id, now=self._server.now())

    def endpoint_stats(self, endpoint_id: EndpointId) -> EndpointStats | None:
        """The endpoint's numbers, None if it is not here."""
        peer = self.peers.get(endpoint_id)
        return peer.stats(now=self._server.now()) if peer else None
