"""The framing of RFC 4571, which ICE-TCP uses: two bytes of length before each packet."""

from __future__ import annotations

from typing import Protocol

from sfu.drops import Drops
from sfu.errors import MalformedPacket
from sfu.outgoing import OutgoingPacket
from sfu.transport.egress import MAX_PACKET_BYTES, serialise
from sfu.transport.links import Counters
from sfu.transport.route import MAX_DATAGRAM
from sfu.transport.srtp import TAG_ROOM, Buffer, SrtpSession

BATCH_BYTES = 32 * 1024
_LAST_START = BATCH_BYTES - MAX_PACKET_BYTES - TAG_ROOM - 2


class FrameReader:
    """Takes a byte stream apart into packets. What waits is shorter than one frame."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed_untrusted(self, data: bytes) -> list[bytes]:
        """The packets complete by now. Raises MalformedPacket for one longer than any datagram of ours may be."""
        pending = self._pending
        pending += data
        frames = []
        position = 0
        while len(pending) - position >= 2:
            size = pending[position] << 8 | pending[position + 1]
            if size > MAX_DATAGRAM:
                raise MalformedPacket("TCP frame longer than a datagram may be")
            if len(pending) - position - 2 < size:
                break
            frames.append(bytes(pending[position + 2 : position + 2 + size]))
            position += 2 + size
        del pending[:position]
        return frames


def frame(data: bytes | memoryview) -> bytes:
    """`data` behind its length."""
    return len(data).to_bytes(2, "big") + data


class FramedStream(Protocol):
    """Where frames are written."""

    def write_frames(self, data: bytes) -> bool:
        """Queue whole frames; False if there is no room."""


class FramedEgress:
    """Egress over a TCP connection: the batch is one write."""

    ready = True

    def __init__(self, stream: FramedStream, srtp: SrtpSession, drops: Drops, counters: Counters) -> None:
        self._stream = stream
        self._protect = srtp.protect
        self._drops = drops
        self._counters = counters
        self._buffer = Buffer(BATCH_BYTES)
        self._end = self._count = 0

    def add(self, packet: OutgoingPacket) -> bool:
        """See Egress."""
        if self._end > _LAST_START:
            self.flush()
        start = self._end + 2
        size = serialise(packet, self._buffer, start, self._protect, self._drops)
        if size < 0:
            return False
        self._buffer.view[self._end : start] = size.to_bytes(2, "big")
        self._end = start + size
        self._count += 1
        return True

    def collect(self) -> None:
        """See Egress. Nothing is counted elsewhere."""

    def flush(self) -> None:
        """See Egress. What does not fit into the connection's queue is dropped whole (counted by the connection)."""
        count, size = self._count, self._end
        self._count = self._end = 0
        if count and self._stream.write_frames(bytes(self._buffer.view[:size])):
            self._counters.sent_packets += count
            self._counters.sent_bytes += size - 2 * count
