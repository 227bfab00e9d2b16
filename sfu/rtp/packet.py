"""The packet view: an RTP packet (RFC 3550 §5.1) as offsets into one immutable bytes object."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from sfu.errors import MalformedPacket

if TYPE_CHECKING:
    from sfu.codecs.facts import FrameFacts

_HEADER = Struct("!BBHLL")
_EXTENSION = Struct("!HH")
HEADER_SIZE = 12


class Packet:
    """One RTP packet after SRTP (and RTX) are undone. Never written; shared by every subscriber and the history.

    The first group is what the wire says, the second is set once on the way in: `sequence` is the sequence number
    extended over wraps, `frame` the codec's facts (video), `audio_level` the RFC 6464 byte (voice flag and level, 0
    loudest), `capture_time` the eight bytes of abs-capture-time, `view` the payload.
    """

    __slots__ = (
        "arrival_s",
        "audio_level",
        "capture_time",
        "data",
        "extension_offset",
        "extension_profile",
        "extension_size",
        "frame",
        "marker",
        "payload_offset",
        "payload_size",
        "payload_type",
        "sequence",
        "sequence_number",
        "ssrc",
        "timestamp",
        "view",
    )

    data: bytes
    arrival_s: float
    payload_type: int
    marker: bool
    sequence_number: int
    timestamp: int
    ssrc: int
    extension_profile: int
    extension_offset: int
    extension_size: int
    payload_offset: int
    payload_size: int
    sequence: int
    frame: FrameFacts | None
    audio_level: int | None
    capture_time: bytes | None
    view: memoryview

    @property
    def payload(self) -> memoryview:
        """The payload without padding, as a view."""
        return memoryview(self.data)[self.payload_offset : self.payload_offset + self.payload_size]

    @property
    def padding_size(self) -> int:
        """Bytes of padding at the end, its length byte included."""
        return len(self.data) - self.payload_offset - self.payload_size


def parse_rtp_untrusted(data: bytes, *, arrival_s: float) -> Packet:
    """View `data` as an RTP packet.

    Raises MalformedPacket if it is shorter than it says, of another version, or its padding is longer than its payload.
    """
    size = len(data)
    if size < HEADER_SIZE:
        raise MalformedPacket("RTP packet shorter than its header")
    packet = Packet()
    first, second, packet.sequence_number, packet.timestamp, packet.ssrc = _HEADER.unpack_from(data)
    if first & 0xC0 != 0x80:
        raise MalformedPacket("RTP version is not 2")
    offset = HEADER_SIZE + 4 * (first & 0x0F)
    if first & 0x10:
        if size < offset + 4:
            raise MalformedPacket("RTP header extension cut short")
        packet.extension_profile, words = _EXTENSION.unpack_from(data, offset)
        packet.extension_offset = offset + 4
        packet.extension_size = 4 * words
        offset += 4 + 4 * words
    else:
        packet.extension_profile = packet.extension_offset = packet.extension_size = 0
    if offset > size:
        raise MalformedPacket("RTP header longer than the packet")
    packet.payload_size = size - offset
    if first & 0x20:
        padding = data[-1]
        if padding == 0 or padding > size - offset:
            raise MalformedPacket("RTP padding longer than the payload")
        packet.payload_size -= padding
    packet.data = data
    packet.arrival_s = arrival_s
    packet.payload_type = second & 0x7F
    packet.marker = second > 0x7F
    packet.payload_offset = offset
    packet.frame = packet.audio_level = packet.capture_time = None
    return packet
