"""Where the records of a journal segment begin and end (pure). docs/recording-format.md has the bytes.

A part of the verifier that travels with recordings: standard library only.
"""

from __future__ import annotations

import zlib
from struct import Struct

MAGIC = b"DIEMCAU-JOURNAL-2\n"
HEAD = Struct("<IIBxxxd")  # length of the body, CRC-32 of all behind it, type, arrival
CRC_FROM = 8
MAX_BODY = 1 << 20
FILE_MAGIC, FILE_DOMAIN = b"DIEMCAU-FILE-1\n", b"diemcau file 1\0"  # of encrypted files
NONCE_BYTES, TAG_BYTES = 12, 16


def record_end(data: bytes, position: int) -> int | None:
    """Where the record at `position` ends; None if there is no whole and good one."""
    if position + HEAD.size > len(data):
        return None
    length, crc, _, _ = HEAD.unpack_from(data, position)
    end = position + HEAD.size + length
    if length > MAX_BODY or end > len(data) or zlib.crc32(data[position + CRC_FROM : end]) != crc:
        return None
    return int(end)


def good_until(data: bytes, position: int = 0) -> int:
    """The end of the last record that follows whole and good from `position` on."""
    while (end := record_end(data, position)) is not None:
        position = end
    return position


def first_bad(data: bytes) -> tuple[int, int] | None:
    """(first, last) byte of the first bad record in a stretch of journal, None if every checksum fits.

    The stretch is whole records, with or without the magic line before them. The range ends where the next good record
    begins.
    """
    position = len(MAGIC) if data.startswith(MAGIC[:8]) else 0
    if position and data[:position] != MAGIC:
        return 0, position - 1
    position = good_until(data, position)
    if position >= len(data):
        return None
    return position, _next_good(data, position + 1) - 1


def _next_good(data: bytes, position: int) -> int:
    """Where a good record begins, from `position` on; the end if none does."""
    for start in range(position, len(data) - HEAD.size + 1):
        if data[start + 9 : start + 12] == b"\0\0\0" and record_end(data, start) is not None:
            return start
    return len(data)


def arrivals(data: bytes, position: int) -> tuple[float, float] | None:
    """Arrival of the first and of the last good record from `position` on, seconds; None if there is none."""
    found: tuple[float, float] | None = None
    while (end := record_end(data, position)) is not None:
        arrival = float(HEAD.unpack_from(data, position)[3])
        found = (found[0] if found else arrival, arrival)
        position = end
    return found
