"""Retransmission payload format (RFC 4588): two bytes of original sequence number before the original payload."""

from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet

ORIGINAL_SEQUENCE_SIZE = 2


def original_sequence_untrusted(packet: Packet) -> int:
    """The original 16-bit sequence number. Raises MalformedPacket for a payload too short (a padding probe)."""
    if packet.payload_size < ORIGINAL_SEQUENCE_SIZE:
        raise MalformedPacket("RTX packet without an original sequence number")
    offset = packet.payload_offset
    return packet.data[offset] << 8 | packet.data[offset + 1]


def restore_original_untrusted(packet: Packet, *, ssrc: int, payload_type: int) -> bytes:
    """The bytes of the packet that this one repairs: its header, number, payload type and payload; padding removed.

    The RTX packet's own header extensions are kept (the sender repeats the original's in them).
    """
    sequence = original_sequence_untrusted(packet)
    header = bytearray(packet.data[: packet.payload_offset])
    header[0] &= ~0x20 & 0xFF
    header[1] = (0x80 if packet.marker else 0) | payload_type
    header[2:4] = sequence.to_bytes(2, "big")
    header[8:12] = ssrc.to_bytes(4, "big")
    start = packet.payload_offset + ORIGINAL_SEQUENCE_SIZE
    return bytes(header) + packet.data[start : packet.payload_offset + packet.payload_size]
