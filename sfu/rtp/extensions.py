"""RTP header extensions: the general mechanism (RFC 8285) and the elements we read or write."""

from collections.abc import Iterator

from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet

ONE_BYTE_PROFILE = 0xBEDE
CAPTURE_TIME_SIZE = 8  # abs-capture-time without the clock offset, which only the publisher could know
TWO_BYTE_PROFILE = 0x1000  # the low four bits are free for the application


def iterate_extensions_untrusted(packet: Packet) -> Iterator[tuple[int, memoryview]]:
    """Each (id, data) of the packet's extension block, in one-byte or two-byte form.

    Ends at id 15 of the one-byte form (RFC 8285 §4.2). An unknown profile yields nothing.
    Raises MalformedPacket if an element is longer than the block.
    """
    if packet.extension_profile == ONE_BYTE_PROFILE:
        yield from _one_byte(packet)
    elif packet.extension_profile & 0xFFF0 == TWO_BYTE_PROFILE:
        yield from _two_byte(packet)


def _one_byte(packet: Packet) -> Iterator[tuple[int, memoryview]]:
    data = packet.data
    view = memoryview(data)
    position = packet.extension_offset
    end = position + packet.extension_size
    while position < end:
        head = data[position]
        position += 1
        if head == 0:
            continue
        identifier = head >> 4
        if identifier == 15:
            return
        size = (head & 0x0F) + 1
        if position + size > end:
            raise MalformedPacket("header extension element longer than its block")
        yield identifier, view[position : position + size]
        position += size


def _two_byte(packet: Packet) -> Iterator[tuple[int, memoryview]]:
    data = packet.data
    view = memoryview(data)
    position = packet.extension_offset
    end = position + packet.extension_size
    while position < end:
        identifier = data[position]
        position += 1
        if identifier == 0:
            continue
        if position >= end:
            raise MalformedPacket("header extension element without a length")
        size = data[position]
        position += 1
        if position + size > end:
            raise MalformedPacket("header extension element longer than its block")
        yield identifier, view[position : position + size]
        position += size


def find_extension_untrusted(packet: Packet, identifier: int) -> memoryview | None:
    """The data of the element `identifier`, or None. Raises MalformedPacket as `iterate_extensions_untrusted`."""
    if not packet.extension_size:
        return None
    for found, data in iterate_extensions_untrusted(packet):
        if found == identifier:
            return data
    return None


def build_extensions(elements: list[tuple[int, bytes]]) -> tuple[bytes, list[int]]:
    """An extension block with its 4-byte header, padded to 32 bits, and the offset of each element's data in it.

    One-byte form where every id is 1 to 14 and every data 1 to 16 bytes, the two-byte form otherwise.
    No elements: an empty block.
    """
    if not elements:
        return b"", []
    short = all(0 < identifier < 15 and 0 < len(data) <= 16 for identifier, data in elements)
    block = bytearray(4)
    offsets = []
    for identifier, data in elements:
        if short:
            block.append(identifier << 4 | len(data) - 1)
        else:
            block += bytes((identifier, len(data)))
        offsets.append(len(block))
        block += data
    block += bytes(-len(block) % 4)
    block[0:2] = (ONE_BYTE_PROFILE if short else TWO_BYTE_PROFILE).to_bytes(2, "big")
    block[2:4] = (len(block) // 4 - 1).to_bytes(2, "big")
    return bytes(block), offsets


def decode_audio_level(data: memoryview) -> tuple[bool, int]:
    """(voice activity, level in −dBov: 0 loudest, 127 silence) of an RFC 6464 element; (False, 127) if empty."""
    if not data:
        return False, 127
    return data[0] > 0x7F, data[0] & 0x7F


def decode_text(data: memoryview) -> str:
    """A MID, RID or repaired RID (RFC 8843, 8852): ASCII; '' for what is not ASCII."""
    try:
        return str(data, "ascii")
    except UnicodeDecodeError:
        return ""


def decode_uint(data: memoryview) -> int:
    """An unsigned big-endian number of any length."""
    return int.from_bytes(data, "big")


def encode_abs_send_time(now: float) -> bytes:
    """abs-send-time: 24 bits, 6.18 fixed point seconds, wraps each 64 s."""
    return (int(now * 262144) & 0xFFFFFF).to_bytes(3, "big")
