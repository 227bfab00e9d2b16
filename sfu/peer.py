"""One connected endpoint: its transport, what it publishes, what it receives, and its RTCP."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from bandwidth.estimator import SendSideEstimator
from bandwidth.pacer import COLLAPSED
from sfu.description import IceCredentials, RemoteDescription
from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.incoming import IncomingStream
from sfu.ingress import Ingress
from sfu.peer_statistics import FLOWING_S, endpoint_stats
from sfu.publication import Publication
from sfu.receiving import ReceivingSide
from sfu.reports import Reports
from sfu.rtp.rtcp import Bye, Fir, Nack, Pli, ReceiverReport, Remb, ReportBlock, SenderReport
from sfu.rtp.rtcp_parse import FeedbackBody, split_compound_untrusted
from sfu.sender import Sender
from sfu.sending_limits import SendingLimits
from sfu.statistics import EndpointStats, RateMeter
from sfu.subscription import VideoSubscription
from sfu.transport.ports import Ports, new_credentials
from sfu.transport.transport import TransportState
from sfu.types import EndpointId, Role, Source

if TYPE_CHECKING:
    from config.profile import WatchingPlan
    from sfu.native.forwarding import FastPath
    from sfu.session import MediaSession
    from sfu.transport.links import Path

DEFAULT_RTT_S = 0.05
PADDING_BYTES = 255


class PeerEvents(Protocol):
    """Who hears of a peer: plain calls that return at once."""

    def on_state(self, peer: Peer, state: TransportState) -> None:
        """The transport's state changed."""

    def on_slots(self, peer: Peer) -> None:
        """The peer's slot map changed."""

    def on_layers(self, peer: Peer, source: Source, rids: list[str]) -> None:
        """The encodings of a source that anybody needs changed."""

    def on_sending(self, peer: Peer, limits: SendingLimits) -> None:
        """What this peer may send changed; also once at its beginning."""

    def on_flowing(self, peer: Peer, flowing: bool) -> None:
        """Media from this peer began or ceased to arrive."""


class Peer:
    """Implements TransportHandler: room 2 hands decrypted packets to it."""

    def __init__(
        self,
        *,
        session: MediaSession,
        endpoint_id: EndpointId,
        role: Role,
        remote: RemoteDescription,
        plan: WatchingPlan,
        events: PeerEvents,
        ports: Ports,
        publications: list[Publication],
        estimator: SendSideEstimator,
        wall_offset_s: float,
        now: float,
        on_ready: Callable[[Peer], None],
        on_attention: Callable[[Peer], None],
        fast_path: FastPath | None,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.session = session
        self.endpoint_id = endpoint_id
        self.role = role
        self.remote = remote
        self.plan = plan
        self.told: SendingLimits | None = None  # what it may send, as it was told last
        self.events = events
        self.publications = publications
        for publication in publications:
            publication.on_attention = lambda: on_attention(self)
        self.drops = Drops()
        self.flowing = False
        self.at_site = False  # beside the server: what it sends and gets does not use the site's line
        self.disconnected_since: float | None = None
        self.transport = ports.create_transport(remote=remote, handler=self, label=f"{session.id}/{endpoint_id}")
        self.sender = Sender(
            self.transport, estimator, self.drops, now=now, on_ready=lambda: on_ready(self), fast_path=fast_path
        )
        self._estimated_path: Path | None = None
        self.transport.on_egress = self._use_egress
        self.receiving = ReceivingSide(endpoint_id, remote, self.sender, self.drops, fast_path)
        self.ingress = self._open_ingress()
        self._rtcp_ssrc = 1 + secrets.randbelow(0xFFFFFFFE)
        self._reports = Reports(ssrc=self._rtcp_ssrc, cname=remote.cname, wall_offset_s=wall_offset_s)
        self._up = RateMeter()
        self._down = RateMeter()
        self._fir_count: dict[int, int] = {}
        self._collapsed = False
        self._handlers: dict[type, Callable[[Any, float], None]] = {
            SenderReport: self._on_sender_report,
            ReceiverReport: self._on_receiver_report,
            Nack: self._on_nack,
            Pli: self._on_pli,
            Fir: self._on_fir,
            Remb: self._on_remb,
            FeedbackBody: self._on_transport_feedback,
            Bye: self._on_bye,
        }

    def _open_ingress(self) -> Ingress:
        inbound, session = self.transport.inbound, self.session
        if inbound is not None:
            inbound.set_line(self.sender.line)
        return Ingress(
            self.remote,
            self.publications,
            self.drops,
            on_level=session.on_level,
            on_stream=session.on_stream,
            inbound=inbound,
        )

    @property
    def estimator(self) -> SendSideEstimator:
        """Of the line to this peer."""
        return self.sender.estimator

    @property
    def rtt_s(self) -> float:
        """The best round-trip time known."""
        return self.estimator.rtt_s or self._reports.rtt_s or DEFAULT_RTT_S

    @property
    def up_bps(self) -> int:
        """What comes from this peer."""
        return self._up.bps

    @property
    def connected(self) -> bool:
        """Whether media can be sent."""
        return self.transport.state is TransportState.CONNECTED

    def restart_ice(self, remote: IceCredentials) -> IceCredentials:
        """The changed network's credentials; ours for it. Everything else stays."""
        self.estimator.reset()
        return self.transport.restart_ice(local=new_credentials(), remote=remote)

    def _use_egress(self, egress: object) -> None:
        """Packets leave otherwise now. What was learnt of another path says nothing of this one."""
        path = self.transport.path
        if path is not None:
            if self._estimated_path not in (None, path):
                self.estimator.reset()
            self._estimated_path = path
            self.at_site = self.session.is_at_site(path.remote[0])
        self.sender.use_egress(egress)

    def close(self) -> None:
        """Leave; nothing of this peer stays anywhere."""
        if self.connected:
            ssrcs = tuple(out.ssrc for out in self.receiving.outgoing.values())[:31]
            report = ReceiverReport(ssrc=self._rtcp_ssrc).build()
            self.transport.send_rtcp(report + Bye(ssrcs=ssrcs).build())
        self.receiving.close()
        self.transport.close()

    # --- TransportHandler ---

    def on_rtp(self, data: bytes, *, arrival_s: float) -> None:
        """See TransportHandler."""
        self.ingress.on_rtp(data, arrival_s=arrival_s)

    def on_rtcp(self, data: bytes, *, arrival_s: float) -> None:
        """See TransportHandler."""
        try:
            for packet in split_compound_untrusted(data):
                handler = self._handlers.get(type(packet))
                if handler is not None:
                    handler(packet, arrival_s)
        except MalformedPacket:
            self.drops[DropReason.RTCP_MALFORMED] += 1

    def on_passed(
        self,
        ssrc: int,
        data: bytes,
        sequence: int,
        deferred: int,
        audio_level: int,
        capture_time: bytes | None,
        *,
        arrival_s: float,
    ) -> None:
        """See TransportHandler."""
        route = self.ingress.routes[ssrc]
        route.publication.on_passed(
            route.stream, data, sequence, audio_level, capture_time, deferred, arrival_s=arrival_s
        )

    def on_feedback(self, found: Any, *, now: float) -> None:
        """See TransportHandler."""
        before = self.estimator.target_bps
        self.sender.on_matched_feedback(found, now=now)
        self._after_feedback(before)

    def collect_feedback(self) -> None:
        """Feedback that told nothing new, summed up by C; some times a second."""
        self.sender.take_quiet_feedback()

    def on_transport_state(self, state: TransportState, *, now: float) -> None:
        """See TransportHandler."""
        self.disconnected_since = now if state is TransportState.DISCONNECTED else None
        self.session.on_peer_state(self, state, now=now)
        self.events.on_state(self, state)

    # --- RTCP ---

    def _on_sender_report(self, packet: SenderReport, now: float) -> None:
        route = self.ingress.routes.get(packet.ssrc)
        if route is not None and not route.repairs:
            route.publication.on_sender_report(
                route.stream, ntp=packet.ntp, rtp_timestamp=packet.rtp_timestamp, arrival_s=now
            )
            self.session.on_sender_report(route.publication, packet, now)
        self._on_blocks(packet.reports, now)

    def _on_receiver_report(self, packet: ReceiverReport, now: float) -> None:
        self._on_blocks(packet.reports, now)

    def _on_blocks(self, blocks: tuple[ReportBlock, ...], now: float) -> None:
        for block in blocks:
            subscription = self.receiving.by_ssrc.get(block.ssrc)
            if subscription is not None:
                subscription.out.last_report = block
                self._reports.on_block(block, now=now)
        if blocks:
            self.estimator.on_receiver_report(
                fraction_lost=self._reports.fraction_lost, rtt_s=self._reports.rtt_s, now=now
            )

    def _on_nack(self, packet: Nack, now: float) -> None:
        subscription = self.receiving.by_ssrc.get(packet.media_ssrc)
        if not isinstance(subscription, VideoSubscription):
            self.drops[DropReason.NACK_NOT_IN_HISTORY] += len(packet.lost)
            return
        for number in packet.lost:
            answer = subscription.retransmit(number, now=now, rtt_s=self.rtt_s)
            if isinstance(answer, DropReason):
                self.drops[answer] += 1
            elif not self.sender.may_retransmit(answer.size_bytes, now=now):
                self.drops[DropReason.NACK_OVER_BUDGET] += 1
            else:
                self.sender.enqueue(answer)

    def _on_pli(self, packet: Pli, now: float) -> None:
        subscription = self.receiving.by_ssrc.get(packet.media_ssrc)
        if isinstance(subscription, VideoSubscription):
            subscription.resynchronise(now=now)

    def _on_fir(self, packet: Fir, now: float) -> None:
        for ssrc, number in packet.entries:
            if self._fir_count.get(ssrc) != number:  # RFC 5104 §4.3.1.2: a repeated number is a repetition
                self._fir_count[ssrc] = number
                self._on_pli(Pli(sender_ssrc=packet.sender_ssrc, media_ssrc=ssrc), now)

    def _on_remb(self, packet: Remb, now: float) -> None:
        self.estimator.on_remb(packet.bitrate_bps, now=now)
        self.sender.update_rates(now=now)

    def _on_transport_feedback(self, packet: FeedbackBody, now: float) -> None:
        before = self.estimator.target_bps
        self.sender.on_feedback_untrusted(packet.body, now=now)
        self._after_feedback(before)

    def _after_feedback(self, before: int) -> None:
        target = self.estimator.target_bps
        if target < 0.9 * before:
            self.session.on_estimate_fell()
        if target < COLLAPSED * before:
            self.sender.drop_video()
            self._collapsed = True

    def take_collapse(self) -> bool:
        """Whether its line collapsed since the last call; then pictures of which something was dropped have ended."""
        collapsed, self._collapsed = self._collapsed, False
        if collapsed:
            self.receiving.lose(self.sender.take_dropped())
        return collapsed

    def _on_bye(self, packet: Bye, now: float) -> None:
        """A browser says BYE for a layer that it stops; the layer's silence says the same."""

    # --- timers, called by the server ---

    def flush(self, *, now: float) -> bool:
        """Room 5: send what may leave; False if more waits for its pace."""
        sender = self.sender
        sender.flush(now=now)
        if sender.dropped_ssrcs:
            for subscription in self.receiving.lose(sender.take_dropped()):
                subscription.resynchronise(now=now)
        return sender.idle

    def repair(self, *, now: float) -> bool:
        """Ask the publisher for what is missing and for key frames that somebody waits for; whether more is to come."""
        if not self.connected:
            return False
        compound = b""
        more = False
        for publication in self.publications:
            for stream in publication.streams:
                if stream.needs_repair:
                    compound += self._ask(publication, stream, now)
                    more = more or stream.needs_repair
        if compound:
            self.transport.send_rtcp(compound)
        return more

    def _ask(self, publication: Publication, stream: IncomingStream, now: float) -> bytes:
        out = b""
        if stream.nack is not None and stream.nack.busy:
            lost, given_up = stream.nack.due(now=now, rtt_s=self.rtt_s)
            if lost:
                numbers = tuple(number & 0xFFFF for number in lost)
                out += Nack(sender_ssrc=self._rtcp_ssrc, media_ssrc=stream.ssrc, lost=numbers).build()
            if given_up:
                self.session.on_given_up(publication, stream, given_up, now)
        if publication.video and stream.keyframes.due(now=now):
            out += Pli(sender_ssrc=self._rtcp_ssrc, media_ssrc=stream.ssrc).build()
        return out

    def send_feedback(self, *, now: float) -> None:
        """Transport-wide feedback on what came since the last."""
        self.ingress.collect()
        if self.connected and self.ingress.transport_cc:
            media = next(iter(self.ingress.routes), 0)
            for packet in self.ingress.arrivals.build(sender_ssrc=self._rtcp_ssrc, media_ssrc=media):
                self.transport.send_rtcp(packet)

    def send_reports(self, *, now: float) -> None:
        """Sender and receiver reports; REMB where the publisher has no transport-wide feedback."""
        if not self.connected:
            return
        incoming = [stream for each in self.publications for stream in each.streams if stream.statistics.received]
        subscriptions = list(self.receiving.subscriptions.values())
        for compound in self._reports.build(subscriptions, incoming, now=now):
            self.transport.send_rtcp(compound)
        if not self.ingress.transport_cc and incoming and self.told is not None:
            ssrcs = tuple(stream.ssrc for stream in incoming)
            remb = Remb(sender_ssrc=self._rtcp_ssrc, bitrate_bps=self.told.cap_bps, ssrcs=ssrcs)
            self.transport.send_rtcp(ReceiverReport(ssrc=self._rtcp_ssrc).build() + remb.build())

    def probe(self, *, wanted_bps: float, room_bps: float, now: float) -> bool:
        """Look for more room, if the allocation could use it and the estimator thinks it is time; whether it did."""
        if not self.connected:
            return False
        probe = self.estimator.probe(wanted_bps=wanted_bps, room_bps=room_bps, now=now)
        if probe is None:
            return False
        source = next((each for each in self.receiving.videos if each.padding(1) is not None), None)
        if source is None:
            return False
        count = -(-probe.size_bytes // (PADDING_BYTES + source.out.padding_overhead))
        packets = [packet for _ in range(count) if (packet := source.padding(PADDING_BYTES)) is not None]
        self.sender.send_probe(packets, now=now)
        return bool(packets)

    def update_flowing(self, *, now: float) -> None:
        """Tell when media begins or ceases to arrive."""
        flowing = self.connected and now - self.ingress.last_rtp_s < FLOWING_S
        if flowing != self.flowing:
            self.flowing = flowing
            self.events.on_flowing(self, flowing)

    def update_rates(self, *, now: float) -> None:
        """Once a second: the meters."""
        self.transport.egress.collect()
        self._up.update(self.transport.received_bytes, now=now)
        self._down.update(self.sender.sent_bytes, now=now)

    def stats(self, *, now: float) -> EndpointStats:
        """The numbers now."""
        return endpoint_stats(
            self, up_bps=self._up.bps, down_bps=self._down.bps, reported_rtt_s=self._reports.rtt_s, now=now
        )
