"""AV1 RTP payloads (AV1 RTP specification §4.4) to a temporal unit of OBUs with their sizes."""

from sfu.codecs.facts import FrameFacts
from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet

HAS_SIZE = 0x02
HAS_EXTENSION = 0x04


def assemble_av1(packets: list[tuple[Packet, FrameFacts]]) -> bytes:
    """The temporal unit of these packets, which are whole and in order. Raises MalformedPacket."""
    elements: list[bytearray] = []
    for packet, _ in packets:
        payload = packet.payload
        continues = payload[0] & 0x80
        parts = _elements(payload)
        if continues and elements and parts:
            elements[-1] += parts[0]
            parts = parts[1:]
        elements += [bytearray(part) for part in parts]
    return b"\x12\x00" + b"".join(_with_size(bytes(element)) for element in elements if element)


def _elements(payload: memoryview) -> list[bytes]:
    count = payload[0] >> 4 & 0x03
    position = 1
    found: list[bytes] = []
    while position < len(payload):
        last = count and len(found) == count - 1
        if last:
            size = len(payload) - position
        else:
            size, position = _leb128(payload, position)
        if position + size > len(payload):
            raise MalformedPacket("AV1 element longer than its packet")
        found.append(bytes(payload[position : position + size]))
        position += size
    return found


def _leb128(payload: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for index in range(8):
        if position >= len(payload):
            raise MalformedPacket("AV1 length cut short")
        byte = payload[position]
        position += 1
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, position
    raise MalformedPacket("AV1 length too long")


def _with_size(obu: bytes) -> bytes:
    """RTP leaves obu_has_size_field out; a container needs it."""
    if obu[0] & HAS_SIZE:
        return obu
    head = 2 if obu[0] & HAS_EXTENSION else 1
    body = obu[head:]
    size = bytearray()
    remaining = len(body)
    while True:
        size.append(remaining & 0x7F | (0x80 if remaining > 0x7F else 0))
        remaining >>= 7
        if not remaining:
            break
    return bytes((obu[0] | HAS_SIZE,)) + obu[1:head] + bytes(size) + body
