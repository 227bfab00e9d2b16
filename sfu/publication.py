"""Room 3: what an endpoint publishes. Everything here is done ONCE per packet, whoever subscribes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sfu.codecs.facts import FrameFacts
from sfu.codecs.registry import facts_parser
from sfu.description import DEPENDENCY_DESCRIPTOR_URI, CodecParameters, SendingSection
from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.incoming import ClockMark, IncomingStream
from sfu.rtp.extensions import find_extension_untrusted
from sfu.rtp.packet import Packet, parse_rtp_untrusted
from sfu.selector import LayerSelector
from sfu.tap import PublicationFacts
from sfu.types import EndpointId, Kind, PublicationId, Rid, Source

if TYPE_CHECKING:
    from config.profile import PicturePlan
    from sfu.native.forwarding import FastPath, NativeForward
    from sfu.native.incoming import NativeSource


class Subscriber(Protocol):
    """Who follows a publication: a slot of another endpoint, or the recorder's track.

    selector: of the layer that it follows; of no use to the subscriber of a voice.
    grouped: the stream whose packets C sends it; `on_packet` is called only for those that C hands back.
    """

    selector: LayerSelector
    grouped: IncomingStream | None

    def native(self, stream: IncomingStream) -> NativeForward | None:
        """Its half in C, up to date, if packets of this stream need no decision; a change calls `regroup`."""

    def on_packet(self, packet: Packet, stream: IncomingStream) -> None:
        """A new packet; `packet.sequence`, `frame` and `view` are set."""

    def on_left_out(self, sequence: int, stream: IncomingStream) -> None:
        """This number carries nothing for anybody (padding, or the operator's block): close its gap."""

    def wished_layers(self) -> set[int]:
        """Simulcast indices that the publisher must send for this subscriber."""


class Publication:
    """A source of an endpoint: its streams, its subscribers, and what is known of it."""

    def __init__(
        self,
        *,
        identifier: PublicationId,
        endpoint_id: EndpointId,
        section: SendingSection,
        plan: PicturePlan | None = None,
        fast_path: FastPath | None = None,
    ) -> None:
        self.id = identifier
        self.endpoint_id = endpoint_id
        self.section = section
        self.plan = plan  # what it may send; no layers: the endpoint has no room for any
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
        self.on_attention: Callable[[], None] = lambda: None  # something is missing, or a key frame is wanted
        self._fast_path = fast_path
        self._stale = False
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

    @property
    def layers_planned(self) -> int:
        """How many of the offered encodings may be sent; 0: its endpoint has no room for even the lowest."""
        offered = max(1, len(self.section.rids))
        return offered if self.plan is None else min(offered, len(self.plan.layers))

    def layer_index(self, rid: str) -> int:
        """The simulcast index of a rid, lowest 0; 0 without simulcast."""
        rids = self.section.rids
        return rids.index(Rid(rid)) if rid in rids else 0

    def stream_at(self, layer: int) -> IncomingStream | None:
        """The stream of a simulcast index."""
        return next((stream for stream in self.streams if stream.layer == layer), None)

    def highest_alive(self, *, now: float) -> int:
        """The highest simulcast index that packets come of, of those that may be sent if there is one; −1 for none."""
        alive = [stream.layer for stream in self.streams if stream.alive(now=now)]
        return max([layer for layer in alive if layer < self.layers_planned] or alive, default=-1)

    def add_stream(self, *, ssrc: int, rid: str) -> IncomingStream:
        """A stream was learnt. One that takes an older one's place (the publisher restarted) replaces it."""
        layer = self.layer_index(rid)
        nack = any(codec.nack for codec in self.section.codecs)
        stream = IncomingStream(
            ssrc=ssrc,
            layer=layer,
            rid=rid,
            clock_rate_hz=self.codec.clock_rate_hz,
            video=self.video,
            nack=nack,
            fast_path=self._fast_path,
        )
        if stream.native is not None:
            stream.native.history.rebuild = self._rebuild
        self.streams = [each for each in self.streams if each.layer != layer]
        self.streams.append(stream)
        self.streams.sort(key=lambda each: each.layer)
        self.regroup()
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
        if self._stale:
            self._group()
        if not stream.watched and packet.payload_size:
            self._count_unwatched(packet, stream)
            return
        if stream.nack is not None and stream.nack.busy:
            self.on_attention()
        packet.view = packet.payload
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
        if stream.fan_out is not None:
            for index in stream.fan_out.send(packet):
                stream.grouped[index].on_packet(packet, stream)
        facts = packet.frame
        everybody = facts is None or (facts.keyframe and facts.frame_start)
        layer = stream.layer
        for subscriber in stream.others:
            if everybody or subscriber.selector.current == layer:
                subscriber.on_packet(packet, stream)

    def _count_unwatched(self, packet: Packet, stream: IncomingStream) -> None:
        """Nobody follows this layer or waits for it: that it is there, and its rate, is all that counts.

        Whoever comes later begins with a key frame.
        """
        stream.rates.add(0, 0, len(packet.data))
        stream.last_arrival_s = packet.arrival_s
        if stream.nack is not None:
            stream.nack.forget()

    def regroup(self) -> None:
        """Who needs decisions has changed: group the subscribers anew before the next packet."""
        if not self._stale:
            self._stale = True
            for stream in self.streams:
                if stream.native is not None:
                    stream.native.stop()

    def _group(self) -> None:
        """Part the subscribers of each stream into those that C serves and the others."""
        self._stale = False
        for subscriber in self.subscribers:
            subscriber.grouped = None
        for stream in self.streams:
            halves = [(each, each.native(stream)) for each in self.subscribers]
            forwards = [half for _, half in halves if half is not None]
            stream.grouped = [each for each, half in halves if half is not None]
            stream.others = [each for each, half in halves if half is None]
            stream.watched = not self.video or any(
                stream.layer in (each.selector.current, each.selector.target) for each in self.subscribers
            )
            stream.fan_out = self._fast_path.fan_out(forwards) if self._fast_path and forwards else None
            for subscriber in stream.grouped:
                subscriber.grouped = stream
            if stream.nack is not None and not stream.watched:
                stream.nack.forget()
            if stream.native is not None and not self.blocked:
                self._serve_natively(stream, stream.native)

    def _serve_natively(self, stream: IncomingStream, native: NativeSource) -> None:
        """Let C have the packets that need no decision: of the voice, of VP8, of layers that are only counted."""
        vp8 = self.codec.name == "VP8"
        if self.video and stream.watched and not vp8:
            return
        native.serve(
            payload_type=int(self.codec.payload_type),
            vp8=vp8,
            watched=stream.watched,
            followed=any(not self.video or each.selector.current == stream.layer for each in stream.others),
            fan_out=stream.fan_out,
        )

    def on_passed(
        self,
        stream: IncomingStream,
        data: bytes,
        sequence: int,
        audio_level: int,
        capture_time: bytes | None,
        deferred: int,
        *,
        arrival_s: float,
    ) -> None:
        """C has served this packet, but for `deferred` members of its fan-out and those who are not in it."""
        packet = self._rebuild(data, sequence, arrival_s, audio_level, capture_time)
        native = stream.native
        assert native is not None
        for index in native.deferred(deferred):
            stream.grouped[index].on_packet(packet, stream)
        for subscriber in stream.others:
            if not self.video or subscriber.selector.current == stream.layer:
                subscriber.on_packet(packet, stream)

    def _rebuild(
        self, data: bytes, sequence: int, arrival_s: float, audio_level: int, capture_time: bytes | None
    ) -> Packet:
        """A packet that C served, as the rest of the house knows it."""
        packet = parse_rtp_untrusted(data, arrival_s=arrival_s)
        packet.sequence, packet.capture_time = sequence, capture_time
        packet.audio_level = audio_level if audio_level >= 0 else None
        packet.view = packet.payload
        if self.video and self._parser is not None:
            packet.frame = self._parser(packet.view, marker=packet.marker)
        return packet

    def subscribe(self, subscriber: Subscriber) -> None:
        """From the next packet on."""
        self.subscribers.append(subscriber)
        self.regroup()

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """It may be no subscriber any more."""
        if subscriber in self.subscribers:
            self.subscribers.remove(subscriber)
            self.regroup()

    def _change_codec(self, codec: CodecParameters) -> None:
        """The publisher changed codec (an encoder fell back; RED and plain Opus take turns)."""
        self.codec = codec
        self.regroup()
        self._parser = facts_parser(codec.name)

    def _read_frame(self, packet: Packet, stream: IncomingStream) -> bool:
        try:
            facts = self._parse(packet, stream)
        except MalformedPacket:
            self._leave_out(packet, stream, DropReason.DESCRIPTOR_MALFORMED)
            return False
        packet.frame = facts
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
            self.on_attention()

    def wished_layers(self) -> set[int]:
        """Simulcast indices that anybody needs; the lowest always, as what to fall back to."""
        wished = {0}
        for subscriber in self.subscribers:
            wished |= subscriber.wished_layers()
        return wished
