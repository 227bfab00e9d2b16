"""Where in a stream's packets two header extensions stand: found once, then only checked."""

from __future__ import annotations

from sfu.rtp.extensions import ONE_BYTE_PROFILE

ABSENT = 0


def find_one(data: bytearray, size: int, identifier: int, length: int) -> tuple[int, int, int]:
    """(offset of the data, offset of the byte to check, its value) of a header extension element (RFC 8285).

    `data`: an RTP packet of `size` bytes. (ABSENT, 0, its first byte) if it has no such element of that length.
    """
    start = 12 + 4 * (data[0] & 0x0F)
    if not identifier or not data[0] & 0x10 or start + 4 > size:
        return ABSENT, 0, data[0]
    short = (data[start] << 8 | data[start + 1]) == ONE_BYTE_PROFILE
    position = start + 4
    end = min(size, position + 4 * (data[start + 2] << 8 | data[start + 3]))
    while position < end - 1:
        head = data[position]
        if head == 0:
            position += 1
            continue
        found, found_length = (head >> 4, (head & 0x0F) + 1) if short else (head, data[position + 1])
        body = position + 1 if short else position + 2
        if found == identifier and found_length == length and body + length <= end:
            return body, position, head
        position = body + found_length
    return ABSENT, 0, data[0]
