"""Twelve bytes behind the last packet of each synthetic VP8 frame: who sent it, which layer it is, and when.

A VP8 decoder reads no further than it needs, so a browser shows such frames as if nothing were there.
"""

from __future__ import annotations

from struct import Struct

MAGIC = 0xDC5A
_TRAILER = Struct("!HBBd")
TRAILER_BYTES = _TRAILER.size
MAX_AGE_S = 60.0


def build_trailer(*, layer: int, source: int, sent_s: float) -> bytes:
    """layer, source: 0 to 255; sent_s: Unix time just before the send call."""
    return _TRAILER.pack(MAGIC, layer, source & 0xFF, sent_s)


def read_trailer(payload: memoryview, *, now: float) -> tuple[int, int, float] | None:
    """(layer, source, sent_s) at the end of a payload; None if there is no trailer of the last minute."""
    if len(payload) < TRAILER_BYTES:
        return None
    magic, layer, source, sent_s = _TRAILER.unpack_from(payload, len(payload) - TRAILER_BYTES)
    if magic != MAGIC or not 0 <= now - sent_s < MAX_AGE_S:
        return None
    return layer, source, sent_s
