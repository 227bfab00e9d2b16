"""The few facts that a synthetic endpoint needs of RTCP, read without building objects for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

_HEADER = Struct("!BBH")
_NACK = Struct("!HH")
_SENDER = Struct("!LQ")


def walk(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(packet type, count or format, body offset, body end) of each packet in a compound; ends where it is cut."""
    position, size = 0, len(data)
    while position + 4 <= size:
        first, packet_type, words = _HEADER.unpack_from(data, position)
        end = position + 4 + 4 * words
        if end > size:
            return
        yield packet_type, first & 0x1F, position + 4, end
        position = end


def ssrc_at(data: bytes, offset: int) -> int:
    """A 32-bit number."""
    return int.from_bytes(data[offset : offset + 4], "big")


def nacked(data: bytes, offset: int, end: int) -> list[int]:
    """The 16-bit numbers in the entries of a generic NACK (RFC 4585 §6.2.1) between the two offsets."""
    numbers: list[int] = []
    for position in range(offset, end - 3, 4):
        first, mask = _NACK.unpack_from(data, position)
        numbers.append(first)
        numbers += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return numbers


def sender_report(data: bytes, offset: int) -> tuple[int, int]:
    """(SSRC, the middle 32 bits of the NTP time) of a sender report's body."""
    ssrc, ntp = _SENDER.unpack_from(data, offset)
    return ssrc, ntp >> 16 & 0xFFFFFFFF
