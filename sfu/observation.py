"""What the media plane knows of one endpoint, second by second: for the operator, and for whose line it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandwidth.attribution_facts import BrowserFacts, Contact, EndpointFacts
from bandwidth.limits import Limit
from sfu.drops import DropReason
from sfu.peer import Peer
from sfu.publication import Publication
from sfu.receiving import picture_state
from sfu.sending_limits import EncodingLimit
from sfu.slots import SlotState
from sfu.subscription import VideoSubscription
from sfu.types import EndpointId, Source

if TYPE_CHECKING:
    from sfu.session import MediaSession
    from sfu.statistics import EndpointStats

SETTLING_S = 10.0  # a line that is still being measured is not called weak


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """One picture at one endpoint: whose, which layer, and why no larger one.

    layer: index of the simulcast or spatial layer, −1 for none; rid: its name. width, height: 0 until known.
    wanted_pixels: as large as the page shows it. why: a Limit, or "measuring" (its line is not known yet), "source"
    (what the allocation chose does not come from its sender), "" where nothing is held back.
    """

    endpoint_id: EndpointId
    source: Source
    place: str
    state: SlotState
    layer: int
    rid: str
    width: int
    height: int
    wanted_pixels: int
    why: str


class PeerObserver:
    """Remembers a peer's counters, and says each time what happened since the last."""

    def __init__(self, session: MediaSession, peer: Peer, *, now: float) -> None:
        self.peer = peer
        self._session = session
        self._connected_since_s = now
        self._expected, self._received = self._up_counts()
        self._failures = self._send_failures()

    def connected_s(self, *, now: float) -> float:
        """For how long the peer has been connected."""
        return now - self._connected_since_s

    def look(
        self, stats: EndpointStats, *, wanted_bps: float, browser: BrowserFacts | None, now: float
    ) -> EndpointFacts:
        """The facts since the last call. stats: the peer's now. wanted_bps: see EndpointFacts."""
        peer = self.peer
        expected, received = self._up_counts()
        failures = self._send_failures()
        lost = (expected - self._expected) - (received - self._received)
        cameras = [each for each in peer.publications if each.source is Source.CAMERA and each.sending]
        asked = {each.id: {encoding.rid for encoding in self.asked(each)} for each in cameras}
        facts = EndpointFacts(
            contact=Contact.HERE,
            connected_s=self.connected_s(now=now),
            loss_up=max(0, lost) / max(1, expected - self._expected),
            loss_down=stats.loss_down,
            queue_s=peer.sender.take_queue_peak_s(),
            rtt_s=stats.rtt_s,
            estimate_bps=stats.estimate_bps,
            line_bps=peer.plan.down_limit_bps,
            wanted_bps=int(wanted_bps),
            up_bps=stats.up_bps,
            down_bps=stats.down_bps,
            asked_up_bps=self._asked_bps(),
            layers_asked=sum(len(rids) for rids in asked.values()),
            layers_sent=sum(
                stream.alive(now=now) for each in cameras for stream in each.streams if stream.rid in asked[each.id]
            ),
            paused_for_line=self._paused_for(Limit.LINE),
            paused_for_site=self._paused_for(Limit.SITE),
            send_failures=failures - self._failures,
            browser=browser,
        )
        self._expected, self._received, self._failures = expected, received, failures
        return facts

    def asked(self, publication: Publication) -> list[EncodingLimit]:
        """The encodings that the publisher is to send of a picture now: those that it may and somebody needs."""
        told, needed = self.peer.told, self._session.layers.told(publication)
        if told is None or not publication.sending:
            return []
        return [
            encoding
            for picture in told.pictures
            if picture.source is publication.source
            for encoding in picture.encodings
            if encoding.active and (not publication.section.rids or encoding.rid in needed)
        ]

    def _asked_bps(self) -> int:
        voice = self.peer.told.audio_bps if self.peer.told is not None else 0
        return voice + sum(e.max_bitrate_bps for each in self.peer.publications for e in self.asked(each))

    def planned_fps(self) -> int:
        """Pictures a second that its camera is to give, 0 if it is to give none."""
        pictures = self.peer.told.pictures if self.peer.told is not None else ()
        cameras = [each for each in self.peer.publications if each.source is Source.CAMERA and self.asked(each)]
        return max((each.framerate for each in pictures if each.source is Source.CAMERA), default=0) if cameras else 0

    def pictures(self, *, now: float) -> list[PictureFacts]:
        """Every picture that the endpoint shows."""
        shown = [each for each in self.peer.receiving.videos if each.wanted_pixels and each.publication.sending]
        return [self._picture(each, now) for each in shown]

    def _picture(self, subscription: VideoSubscription, now: float) -> PictureFacts:
        publication, stream = subscription.publication, subscription.stream
        state = picture_state(subscription, now)
        if state is not SlotState.FLOWING:
            stream = None
        layer = -1
        if stream is not None:
            layer = stream.layer if publication.section.rids else subscription.selector.spatial
        return PictureFacts(
            endpoint_id=publication.endpoint_id,
            source=publication.source,
            place=subscription.place,
            state=state,
            layer=layer,
            rid=stream.rid if stream else "",
            width=stream.width if stream else 0,
            height=stream.height if stream else 0,
            wanted_pixels=subscription.wanted_pixels,
            why=self._why(subscription, now),
        )

    def _why(self, subscription: VideoSubscription, now: float) -> str:
        if subscription.limit is Limit.LINE and self.connected_s(now=now) < SETTLING_S:
            return "measuring"
        wished = subscription.publication.stream_at(subscription.wish)
        if not subscription.starved and (wished is None or not wished.alive(now=now)):
            return "source"
        return str(subscription.limit)

    def _paused_for(self, limit: Limit) -> int:
        return sum(each.starved and each.limit is limit for each in self.peer.receiving.videos)

    def _up_counts(self) -> tuple[int, int]:
        """(expected, received) packets from the endpoint; before repair where it numbers them for the whole path."""
        ingress = self.peer.ingress
        if ingress.transport_cc:
            return ingress.arrivals.expected, ingress.arrivals.received
        counted = [stream.statistics for each in self.peer.publications for stream in each.streams]
        received = sum(each.received for each in counted)
        return received + sum(max(0, each.lost) for each in counted), received

    def _send_failures(self) -> int:
        return self.peer.transport.drops[DropReason.SEND_FAILED]
