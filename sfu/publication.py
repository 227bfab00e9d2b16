"""Room 3: what an endpoint publishes. Everything here is done ONCE per packet, whoever subscribes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sfu.codecs.facts import FrameFacts
from sfu.codecs.registry import facts_parser
from sfu.description import DEPENDENCY_DESCRIPTOR_URI, CodecParameters, SendingSection
from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.incoming import ClockMark, IncomingStream
from sfu.rtp.extensions import find_extension_untrusted
from sfu.rtp.packet import Packet
from sfu.selector import LayerSelector
from sfu.tap import PublicationFacts
from sfu.types import EndpointId, Kind, PublicationId, Rid, Source

if TYPE_CHECKING:
    from config.profile import PicturePlan


class Subscriber(Protocol):
    """Who follows a publication: a slot of another endpoint, or the recorder's track.

    selector: of the layer that it follows; of no use to the subscriber of a voice.
    """

    selector: LayerSelector

    def on_packet(self, packet: Packet, stream: IncomingStream) -> None:
        """A new packet; `packet.sequence`, `frame`, `view` and `body` are set."""

    def on_left_out(self, sequence: int, stream: IncomingStream) -> None:
        """This number carries nothing for anybody (padding, or the operator's block): close its gap."""

    def wished_layers(self) -> set[int]:
        """Simulcast indices that the publisher must send for this subscriber."""


class Publication:
    """A source of an endpoint: its streams, its subscribers, and what is known of it."""

    def __init__(
        self, *, identifier: PublicationId, endpoint_id: EndpointId, section: SendingSection, plan: PicturePlan | None
    ) -> None:
        self.id = identifier
        self.endpoint_id = endpoint_id
        self.section = section
        self.plan = plan
        self.source: Source = section.source
        self.kind: Kind = section.kind
        self.video = section.kind is Kind.VIDEO
        self.streams: list[IncomingStream] = []
        self.subscribers: list[Subscriber] = []
        self.drops = Drops()
        self.blocked = False
        self.enabled = True
        self.audio_bps = 0
        self.codec: CodecParameters = section.codecs[0]
        self._codecs = {int(codec.payload_type): codec for codec in section.codecs}
        self._parser = facts_parser(self.codec.name)
        self._descriptor_id = section.extensions.get(DEPENDENCY_DESCRIPTOR_URI, 0)

    @property
    def facts(self) -> PublicationFacts:
        """For taps."""
        return PublicationFacts(
            publication_id=self.id,
            endpoint_id=self.endpoint_id,
            source=self.source,
            kind=self.kind,
            codecs=self.section.codecs,
        )

    @property
    def sending(self) -> bool:
        """Whether what comes may be forwarded at all."""
        return self.enabled and not self.blocked

    def layer_index(self, rid: str) -> int:
        """The simulcast index of a rid, lowest 0; 0 without simulcast."""
        rids = self.section.rids
        return rids.index(Rid(rid)) if rid in rids else 0

    def stream_at(self, layer: int) -> IncomingStream | None:
        """The stream of a simulcast index."""
        return next((stream for stream in self.streams if stream.layer == layer), None)

    def highest_alive(self, *, now: float) -> int:
        """The highest simulcast index that packets come of, −1 for none."""
        return max((stream.layer for stream in self.streams if stream.alive(now=now)), default=-1)

    def add_stream(self, *, ssrc: int, rid: str) -> IncomingStream:
        """A stream was learnt. One that takes an older one's place (the publisher restarted) replaces it."""
        layer = self.layer_index(rid)
        nack = any(codec.nack for codec in self.section.codecs)
        stream = IncomingStream(
            ssrc=ssrc, layer=layer, rid=rid, clock_rate_hz=self.codec.clock_rate_hz, video=self.video, nack=nack
        )
        self.streams = [each for each in self.streams if each.layer != layer]
        self.streams.append(stream)
        self.streams.sort(key=lambda each: each.layer)
        return stream

    def on_packet(self, packet: Packet, stream: IncomingStream) -> None:
        """A packet of one of our streams, RTX undone."""
        codec = self._codecs.get(packet.payload_type)
        if codec is None:
            self.drops[DropReason.RTP_UNKNOWN_PAYLOAD_TYPE] += 1
            return
        refused = stream.accept(packet)
        if refused is not None:
            self.drops[refused] += 1
            return
        if codec is not self.codec:
            self._change_codec(codec)
        packet.view = packet.body = packet.payload
        if packet.payload_size == 0:
            stream.history.put(packet)
            self._leave_out(packet, stream, DropReason.PADDING_ONLY)
            return
        if not self.video:
            stream.rates.add(0, 0, len(packet.data))
        elif not self._read_frame(packet, stream):
            return
        stream.last_arrival_s = packet.arrival_s
        stream.history.put(packet)
        if self.blocked:
            self._leave_out(packet, stream, DropReason.PUBLICATION_MUTED)
            return
        self._deliver(packet, stream)

    def _deliver(self, packet: Packet, stream: IncomingStream) -> None:
        """To every subscriber of an audio packet or of a key frame's beginning; else to who follows this layer."""
        facts = packet.frame
        if facts is None or (facts.keyframe and facts.frame_start):
            for subscriber in self.subscribers:
                subscriber.on_packet(packet, stream)
            return
        layer = stream.layer
        for subscriber in self.subscribers:
            if subscriber.selector.current == layer:
                subscriber.on_packet(packet, stream)

    def _change_codec(self, codec: CodecParameters) -> None:
        """The publisher changed codec (an encoder fell back; RED and plain Opus take turns)."""
        self.codec = codec
        self._parser = facts_parser(codec.name)

    def _read_frame(self, packet: Packet, stream: IncomingStream) -> bool:
        try:
            facts = self._parse(packet, stream)
        except MalformedPacket:
            self._leave_out(packet, stream, DropReason.DESCRIPTOR_MALFORMED)
            return False
        packet.frame = facts
        if facts.descriptor_size:
            packet.body = packet.view[facts.descriptor_size :]
        stream.rates.add(facts.spatial_id, facts.temporal_id or 0, len(packet.data))
        if facts.keyframe and facts.frame_start:
            stream.last_keyframe_sequence = max(stream.last_keyframe_sequence, packet.sequence)
            stream.keyframes.on_keyframe()
            if facts.width and facts.height:
                stream.width, stream.height = facts.width, facts.height
        return True

    def _parse(self, packet: Packet, stream: IncomingStream) -> FrameFacts:
        if self._descriptor_id and self.codec.name == "AV1":
            descriptor = find_extension_untrusted(packet, self._descriptor_id)
            if descriptor is not None:
                return stream.descriptor_reader.read_untrusted(descriptor, marker=packet.marker)
        if self._parser is None:
            return FrameFacts(keyframe=True, frame_start=True, frame_end=packet.marker)
        return self._parser(packet.view, marker=packet.marker)

    def _leave_out(self, packet: Packet, stream: IncomingStream, reason: DropReason) -> None:
        self.drops[reason] += 1
        for subscriber in self.subscribers:
            subscriber.on_left_out(packet.sequence, stream)

    def on_sender_report(self, stream: IncomingStream, *, ntp: int, rtp_timestamp: int, arrival_s: float) -> None:
        """The sender's clock for one of our streams."""
        stream.clock_mark = ClockMark(ntp=ntp, rtp_timestamp=rtp_timestamp, arrival_s=arrival_s)

    def want_keyframe(self, layer: int, *, now: float) -> None:
        """A subscriber cannot go on without a key frame of this layer."""
        stream = self.stream_at(layer)
        if stream is not None:
            stream.keyframes.want(now=now)

    def wished_layers(self) -> set[int]:
        """Simulcast indices that anybody needs; the lowest always, as what to fall back to."""
        wished = {0}
        for subscriber in self.subscribers:
            wished |= subscriber.wished_layers()
        return wished
