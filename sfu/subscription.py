"""Room 4, video: what one subscriber gets of one publication, on the SSRC of its slot."""

from __future__ import annotations

from collections.abc import Callable

from sfu.codecs.facts import FrameFacts
from sfu.drops import DropReason, Drops
from sfu.incoming import IncomingStream
from sfu.outgoing import OutgoingPacket, Priority
from sfu.outgoing_stream import OutgoingStream
from sfu.publication import Publication
from sfu.rtp.packet import Packet
from sfu.selector import LayerSelector, Verdict
from sfu.timing import offset_at_switch
from sfu.types import EndpointId
from sfu.vp8_rewriter import Vp8Rewriter

SENT_RING = 1024
REPLAY_AGE_S = 1.5  # a key frame younger than this is replayed from the history to who comes late
REPLAY_PACKETS = 300


class VideoSubscription:
    """Selects, rewrites and hands to the sender. `wanted_pixels` 0: the page does not show it."""

    def __init__(
        self,
        *,
        publication: Publication,
        subscriber_id: EndpointId,
        out: OutgoingStream,
        rewriter: Vp8Rewriter,
        enqueue: Callable[[OutgoingPacket], None],
        drops: Drops,
    ) -> None:
        self.publication = publication
        self.subscriber_id = subscriber_id
        self.out = out
        self.selector = LayerSelector()
        self.wanted_pixels = 640 * 360
        self.place = "thumbnail"
        self.wish = 0  # the simulcast index the allocation chose, whether it is sent already or not
        self.paused = False
        self.starved = False  # the allocation found no room for even the lowest layer
        self.last_forward_s = -1000.0
        self._rewriter = rewriter
        self._enqueue = enqueue
        self._drops = drops
        self._stream: IncomingStream | None = None
        self._codec_name = ""
        self._vp8 = False
        self._payload_type = -1
        self._rtx_payload_type: int | None = None
        self._sent: list[tuple[int, int, IncomingStream] | None] = [None] * SENT_RING
        self._resent: dict[int, float] = {}

    @property
    def stream(self) -> IncomingStream | None:
        """The stream followed now."""
        return self._stream

    def wished_layers(self) -> set[int]:
        """See Subscriber."""
        return {self.wish} if self.wanted_pixels and self.selector.target >= 0 else set()

    def aim(self, layer: int, *, spatial: int, temporal: int, now: float) -> None:
        """Follow these layers from now on; −1 pauses. A layer that needs a key frame asks for it."""
        selector = self.selector
        selector.target_spatial, selector.target_temporal = spatial, temporal
        if layer < 0 or self.paused:
            selector.pause()
            return
        changed = layer != selector.target
        selector.target = layer
        if layer != selector.current or selector.spatial < spatial:
            if changed and selector.current < 0 and self._replay(layer, now):
                return
            self.publication.want_keyframe(layer, now=now)

    def pause(self, paused: bool) -> None:
        """The session is paused: nothing goes out; afterwards a key frame begins again."""
        self.paused = paused
        if paused:
            self.selector.pause()

    def resynchronise(self, *, now: float) -> None:
        """The subscriber asks for a key frame (PLI, FIR)."""
        layer = self.selector.current if self.selector.current >= 0 else self.selector.target
        if layer >= 0:
            self.publication.want_keyframe(layer, now=now)

    def on_packet(self, packet: Packet, stream: IncomingStream) -> None:
        """See Subscriber."""
        facts = packet.frame
        assert facts is not None
        verdict = self.selector.decide(stream.layer, facts)
        if verdict is Verdict.OTHER_LAYER:
            return
        if verdict is Verdict.WAIT:
            self._drops[DropReason.WAITING_FOR_KEYFRAME] += 1
            return
        if verdict is Verdict.LEAVE_OUT:
            self._drops[DropReason.LAYER_NOT_SELECTED] += 1
            self._leave_out(packet, facts)
            return
        if verdict is Verdict.SWITCH:
            self._begin(packet, facts, stream)
        elif stream is not self._stream:  # the publisher restarted this layer
            self.selector.lose()
            self.publication.want_keyframe(stream.layer, now=packet.arrival_s)
            self._drops[DropReason.WAITING_FOR_KEYFRAME] += 1
            return
        self._forward(packet, facts, stream)

    def on_left_out(self, sequence: int, stream: IncomingStream) -> None:
        """See Subscriber."""
        if stream is self._stream and not self.out.sequences.leave_out(sequence):
            self._fill(sequence)

    def _begin(self, packet: Packet, facts: FrameFacts, stream: IncomingStream) -> None:
        out = self.out
        if out.last_timestamp is None:
            out.timestamp_offset = 0
        else:
            out.timestamp_offset = offset_at_switch(
                packet=packet,
                stream=stream,
                before=self._stream,
                last_timestamp=out.last_timestamp,
                last_arrival_s=out.last_arrival_s,
                offset_before=out.timestamp_offset,
            )
        out.sequences.begin(packet.sequence)
        self._rewriter.begin(facts)
        self._stream = stream

    def _read_payload_types(self) -> None:
        """The subscriber's numbers for the publication's codec; −1 if it accepted no such codec."""
        codec = self.publication.codec
        mine = self.out.codec_for(codec)
        self._codec_name = codec.name
        self._vp8 = codec.name == "VP8"
        self._payload_type = int(mine.payload_type) if mine else -1
        rtx = mine.rtx_payload_type if mine else None
        self._rtx_payload_type = int(rtx) if rtx is not None and self.out.rtx_ssrc is not None else None

    def _forward(self, packet: Packet, facts: FrameFacts, stream: IncomingStream) -> None:
        if self.publication.codec.name != self._codec_name:
            self._read_payload_types()
        if self._payload_type < 0:
            self._drops[DropReason.CODEC_NOT_NEGOTIATED] += 1
            return
        out = self.out
        sequences = out.sequences
        sequence = sequences.forward(packet.sequence)
        if sequence is None:
            self._drops[DropReason.REWRITE_TOO_OLD] += 1
            return
        outgoing = self._make(packet, facts, sequence)
        self._sent[sequence % SENT_RING] = (sequence, packet.sequence, stream)
        if sequence == sequences.highest_out:
            out.last_timestamp = (packet.timestamp + out.timestamp_offset) & 0xFFFFFFFF
            out.last_arrival_s = self.last_forward_s = packet.arrival_s
        out.packet_count += 1
        out.octet_count += packet.payload_size
        self._enqueue(outgoing)

    def _make(self, packet: Packet, facts: FrameFacts, sequence: int) -> OutgoingPacket:
        out = self.out
        outgoing = out.make(
            packet,
            sequence,
            packet.timestamp + out.timestamp_offset,
            packet.marker or (facts.frame_end and facts.spatial_id == self.selector.spatial),
            self._payload_type,
            Priority.VIDEO,
        )
        if facts.picture_id_bits and self._vp8:
            outgoing.payload = self._rewriter.apply(outgoing.prefix, packet, facts)
        return outgoing

    def _leave_out(self, packet: Packet, facts: FrameFacts) -> None:
        self._rewriter.leave_out(facts)
        if not self.out.sequences.leave_out(packet.sequence):
            self._fill(packet.sequence)

    def _fill(self, sequence: int) -> None:
        number = self.out.sequences.forward(sequence)
        if number is not None and self._payload_type >= 0:
            self._enqueue(self.out.make_filler(number, payload_type=self._payload_type))

    def retransmit(self, sequence_number: int, *, now: float, rtt_s: float) -> OutgoingPacket | DropReason:
        """The packet that went out under this 16-bit number, on the repair stream; or why not."""
        highest = self.out.sequences.highest_out
        sequence = highest - ((highest - sequence_number) & 0xFFFF)
        entry = self._sent[sequence % SENT_RING] if sequence >= 0 else None
        if entry is None or entry[0] != sequence or entry[2] is not self._stream:
            return DropReason.NACK_NOT_IN_HISTORY
        if self._rtx_payload_type is None:
            # The same SSRC and number under another header would use a GCM nonce twice (RFC 7714 §8.1).
            return DropReason.CODEC_NOT_NEGOTIATED
        packet = entry[2].history.get(entry[1])
        if packet is None or packet.frame is None or self.out.sequences.forward(packet.sequence) != sequence:
            return DropReason.NACK_NOT_IN_HISTORY
        if now - self._resent.get(sequence, -1000.0) < max(rtt_s, 0.01):
            return DropReason.NACK_TOO_SOON
        if len(self._resent) > SENT_RING:
            self._resent.clear()
        self._resent[sequence] = now
        outgoing = self._make(packet, packet.frame, sequence)
        return self.out.make_rtx(outgoing, payload_type=self._rtx_payload_type)

    def padding(self, size_bytes: int) -> OutgoingPacket | None:
        """A padding packet on the repair stream, None where there is none yet."""
        if self._rtx_payload_type is None or self.out.last_timestamp is None:
            return None
        return self.out.make_padding(size_bytes, payload_type=self._rtx_payload_type)

    def _replay(self, layer: int, now: float) -> bool:
        """Serve a late joiner from the history, since the last key frame, if that is young and short enough."""
        stream = self.publication.stream_at(layer)
        if stream is None or stream.last_keyframe_sequence < 0 or not self.publication.sending:
            return False
        first = stream.history.get(stream.last_keyframe_sequence)
        if first is None or now - first.arrival_s > REPLAY_AGE_S:
            return False
        packets = list(stream.history.since(stream.last_keyframe_sequence, stream.unwrapper.highest))
        if len(packets) > REPLAY_PACKETS:
            return False
        for packet in packets:
            if packet.frame is not None:
                self.on_packet(packet, stream)
            else:
                self.on_left_out(packet.sequence, stream)
        return self.selector.current == layer
