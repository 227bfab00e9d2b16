"""Room 4, video: what one subscriber gets of one publication, on the SSRC of its slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bandwidth.limits import Limit
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

if TYPE_CHECKING:
    from sfu.native.forwarding import NativeForward

MAX_RESENT = 1024
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
        self.waits_for_room = False  # there was none, and it is not seen again yet
        self.limit = Limit.NONE  # why it gets no more
        self.grouped: IncomingStream | None = None
        self._rewriter = rewriter
        self._enqueue = enqueue
        self._drops = drops
        self._stream: IncomingStream | None = None
        self._codec_name = ""
        self._vp8 = False
        self._payload_type = -1
        self._rtx_payload_type: int | None = None
        self._resent: dict[int, float] = {}

    @property
    def stream(self) -> IncomingStream | None:
        """The stream followed now."""
        return self._stream

    @property
    def last_forward_s(self) -> float:
        """When the newest packet that went out had come, −1000 before the first."""
        return self.out.numbers.last_arrival_s if self._stream is not None else -1000.0

    def native(self, stream: IncomingStream) -> NativeForward | None:
        """See Subscriber: while nothing is about to change, numbers and layers are all that counts."""
        selector, native = self.selector, self.out.native
        settled = (
            native is not None
            and stream is self._stream
            and selector.current == stream.layer
            and selector.spatial == selector.target_spatial
            and selector.temporal == selector.target_temporal
            and self._codec_name == self.publication.codec.name
            and self._payload_type >= 0
        )
        if native is None or not settled:
            return None
        native.set(
            payload_type=self._payload_type,
            paced=True,
            rewrites=self._vp8,
            spatial=selector.spatial,
            temporal=selector.temporal,
        )
        return native

    def wished_layers(self) -> set[int]:
        """See Subscriber. A picture that found no room keeps its lowest layer coming, or it could never begin again."""
        if not self.wanted_pixels:
            return set()
        if self.selector.target >= 0:
            return {self.wish}
        return {0} if self.starved else set()

    def aim(self, layer: int, *, spatial: int, temporal: int, now: float) -> None:
        """Follow these layers from now on; −1 pauses. A layer that needs a key frame asks for it."""
        selector = self.selector
        if layer < 0 or self.paused:
            selector.target_spatial, selector.target_temporal = spatial, temporal
            self._stop()
            return
        if self.waits_for_room and selector.current > layer:
            self.lose()  # the larger layer would hold up the key frame of the smaller one
        changed = layer != selector.target
        if changed or spatial != selector.target_spatial or temporal != selector.target_temporal:
            selector.target, selector.target_spatial, selector.target_temporal = layer, spatial, temporal
            self.publication.regroup()
        if layer != selector.current or selector.spatial < spatial:
            if changed and selector.current < 0 and self._replay(layer, now):
                return
            self.publication.want_keyframe(layer, now=now)

    def note_limit(self, limit: Limit) -> None:
        """Why it gets no more. While it waits for its room to last, what held it back before is still the reason."""
        if limit is not Limit.WAITING or self.limit is Limit.NONE:
            self.limit = limit

    def pause(self, paused: bool) -> None:
        """The session is paused: nothing goes out; afterwards a key frame begins again."""
        self.paused = paused
        if paused:
            self._stop()

    def _stop(self) -> None:
        if self.selector.target >= 0 or self.selector.current >= 0:
            self.selector.pause()
            self.publication.regroup()

    def lose(self) -> None:
        """What waited to be sent was dropped: go on with a key frame."""
        self.selector.lose()
        self.publication.regroup()

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
            self.lose()
            self.publication.want_keyframe(stream.layer, now=packet.arrival_s)
            self._drops[DropReason.WAITING_FOR_KEYFRAME] += 1
            return
        self._forward(packet, facts, stream)

    def on_left_out(self, sequence: int, stream: IncomingStream) -> None:
        """See Subscriber."""
        if stream is self._stream and not self.out.numbers.sequences.leave_out(sequence):
            self._fill(sequence)

    def _begin(self, packet: Packet, facts: FrameFacts, stream: IncomingStream) -> None:
        numbers = self.out.numbers
        if numbers.last_timestamp is None:
            numbers.timestamp_offset = 0
        else:
            numbers.timestamp_offset = offset_at_switch(
                packet=packet,
                stream=stream,
                before=self._stream,
                last_timestamp=numbers.last_timestamp,
                last_arrival_s=numbers.last_arrival_s,
                offset_before=numbers.timestamp_offset,
            )
        numbers.sequences.begin(packet.sequence)
        self._rewriter.begin(facts)
        self._stream = stream
        self.publication.regroup()

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
        numbers = self.out.numbers
        sequence = numbers.sequences.forward(packet.sequence)
        if sequence is None:
            self._drops[DropReason.REWRITE_TOO_OLD] += 1
            return
        timestamp = (packet.timestamp + numbers.timestamp_offset) & 0xFFFFFFFF
        outgoing = self._make(packet, facts, sequence, timestamp)
        numbers.count(sequence, timestamp, packet.arrival_s, packet.payload_size)
        self._enqueue(outgoing)
        if self.grouped is None and self.native(stream) is not None:
            self.publication.regroup()

    def _make(self, packet: Packet, facts: FrameFacts, sequence: int, timestamp: int) -> OutgoingPacket:
        outgoing = self.out.make(
            packet,
            sequence,
            timestamp,
            packet.marker or (facts.frame_end and facts.spatial_id == self.selector.spatial),
            self._payload_type,
            Priority.VIDEO,
        )
        if facts.picture_id_bits and self._vp8:
            outgoing.payload = self._rewriter.apply(outgoing.prefix, packet, facts)
        return outgoing

    def _leave_out(self, packet: Packet, facts: FrameFacts) -> None:
        self._rewriter.leave_out(facts)
        if not self.out.numbers.sequences.leave_out(packet.sequence):
            self._fill(packet.sequence)

    def _fill(self, sequence: int) -> None:
        number = self.out.numbers.sequences.forward(sequence)
        if number is not None and self._payload_type >= 0:
            self._enqueue(self.out.make_filler(number, payload_type=self._payload_type))

    def retransmit(self, sequence_number: int, *, now: float, rtt_s: float) -> OutgoingPacket | DropReason:
        """The packet that went out under this 16-bit number, on the repair stream; or why not."""
        numbers, stream = self.out.numbers, self._stream
        highest = numbers.sequences.highest_out
        sequence = highest - ((highest - sequence_number) & 0xFFFF)
        source = numbers.sequences.source(sequence)
        if source is None or stream is None:
            return DropReason.NACK_NOT_IN_HISTORY
        if self._rtx_payload_type is None:
            # The same SSRC and number under another header would use a GCM nonce twice (RFC 7714 §8.1).
            return DropReason.CODEC_NOT_NEGOTIATED
        packet = stream.history.get(source)
        if packet is None or packet.frame is None:
            return DropReason.NACK_NOT_IN_HISTORY
        if now - self._resent.get(sequence, -1000.0) < max(rtt_s, 0.01):
            return DropReason.NACK_TOO_SOON
        if len(self._resent) > MAX_RESENT:
            self._resent.clear()
        self._resent[sequence] = now
        timestamp = (packet.timestamp + numbers.timestamp_offset) & 0xFFFFFFFF
        outgoing = self._make(packet, packet.frame, sequence, timestamp)
        return self.out.make_rtx(outgoing, payload_type=self._rtx_payload_type)

    def padding(self, size_bytes: int) -> OutgoingPacket | None:
        """A padding packet on the repair stream, None where there is none yet."""
        if self.publication.codec.name != self._codec_name:
            self._read_payload_types()
        if self._rtx_payload_type is None:
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
