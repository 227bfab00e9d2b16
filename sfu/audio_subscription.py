"""Room 4, audio: voices go to everybody, all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfu.codecs.opus import parse_red_untrusted
from sfu.description import CodecParameters
from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.incoming import IncomingStream
from sfu.outgoing import OutgoingPacket, Priority
from sfu.outgoing_stream import OutgoingStream
from sfu.publication import Publication
from sfu.rtp.packet import Packet
from sfu.selector import LayerSelector
from sfu.timing import offset_at_switch
from sfu.types import EndpointId

if TYPE_CHECKING:
    from sfu.native.forwarding import NativeForward

ALL_LAYERS = 127
NO_CODEC = (-1, False)


class AudioSubscription:
    """Rewrites and hands to the sender. RED (RFC 2198) is passed through where the subscriber's numbers are the same,
    and reduced to its primary block where not."""

    def __init__(
        self,
        *,
        publication: Publication,
        subscriber_id: EndpointId,
        out: OutgoingStream,
        enqueue: Callable[[OutgoingPacket], None],
        drops: Drops,
    ) -> None:
        self.publication = publication
        self.subscriber_id = subscriber_id
        self.out = out
        self.paused = False
        self.selector = LayerSelector()
        self.grouped: IncomingStream | None = None
        self._enqueue = enqueue
        self._drops = drops
        self._stream: IncomingStream | None = None
        self._types = {int(codec.payload_type): self._play_as(codec) for codec in publication.section.codecs}

    @property
    def stream(self) -> IncomingStream | None:
        """The stream followed now."""
        return self._stream

    def _play_as(self, codec: CodecParameters) -> tuple[int, bool]:
        """(our payload type or −1, whether RED must be unpacked) for a codec of the publisher."""
        mine = self.out.codec_for(codec)
        if codec.name != "red":
            return (int(mine.payload_type) if mine else -1), False
        opus = next((each for each in self.out.section.codecs if each.name == "opus"), None)
        theirs = next((each for each in self.publication.section.codecs if each.name == "opus"), None)
        if mine is not None and opus is not None and theirs is not None and opus.payload_type == theirs.payload_type:
            return int(mine.payload_type), False
        return (int(opus.payload_type) if opus else -1), True

    def wished_layers(self) -> set[int]:
        """See Subscriber."""
        return {0}

    def on_packet(self, packet: Packet, stream: IncomingStream) -> None:
        """See Subscriber."""
        if self.paused:
            self._drops[DropReason.SUBSCRIPTION_PAUSED] += 1
            return
        payload_type, unpack = self._types.get(packet.payload_type, NO_CODEC)
        if payload_type < 0:
            self._drops[DropReason.CODEC_NOT_NEGOTIATED] += 1
            return
        numbers = self.out.numbers
        if stream is not self._stream:
            self._begin(packet, stream)
        sequence = numbers.sequences.forward(packet.sequence)
        if sequence is None:
            self._drops[DropReason.REWRITE_TOO_OLD] += 1
            return
        timestamp = (packet.timestamp + numbers.timestamp_offset) & 0xFFFFFFFF
        outgoing = self.out.make(packet, sequence, timestamp, packet.marker, payload_type, Priority.AUDIO)
        if unpack and not self._unpack(packet, outgoing):
            return
        numbers.count(sequence, timestamp, packet.arrival_s, packet.payload_size)
        self._enqueue(outgoing)

    def native(self, stream: IncomingStream) -> NativeForward | None:
        """See Subscriber: what needs no unpacking is only numbered anew."""
        payload_type, unpack = self._types.get(int(self.publication.codec.payload_type), NO_CODEC)
        native = self.out.native
        if native is None or self.paused or stream is not self._stream or payload_type < 0 or unpack:
            return None
        native.set(payload_type=payload_type, paced=False, rewrites=False, spatial=ALL_LAYERS, temporal=ALL_LAYERS)
        return native

    def on_left_out(self, sequence: int, stream: IncomingStream) -> None:
        """See Subscriber."""
        if stream is self._stream:
            self.out.numbers.sequences.leave_out(sequence)

    def pause(self, paused: bool) -> None:
        """Stop or go on; the pause leaves no gap to be asked for."""
        self.paused = paused
        if paused:
            self._stream = None
        self.publication.regroup()

    def _begin(self, packet: Packet, stream: IncomingStream) -> None:
        numbers = self.out.numbers
        if numbers.last_timestamp is not None:
            numbers.timestamp_offset = offset_at_switch(
                packet=packet,
                stream=stream,
                before=None,
                last_timestamp=numbers.last_timestamp,
                last_arrival_s=numbers.last_arrival_s,
                offset_before=numbers.timestamp_offset,
            )
        numbers.sequences.begin(packet.sequence)
        self._stream = stream
        self.publication.regroup()

    def _unpack(self, packet: Packet, outgoing: OutgoingPacket) -> bool:
        try:
            outgoing.payload = parse_red_untrusted(packet.view)[-1].data
        except MalformedPacket:
            self._drops[DropReason.DESCRIPTOR_MALFORMED] += 1
            return False
        return True
