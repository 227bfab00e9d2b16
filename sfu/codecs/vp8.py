"""VP8 payload descriptor (RFC 7741 §4.2) and what a key frame's header says (RFC 6386 §9.1)."""

from struct import Struct

from sfu.codecs.facts import FrameFacts
from sfu.errors import MalformedPacket

_COMMON = Struct("!BBHBB")


def parse_vp8_untrusted(payload: memoryview, *, marker: bool) -> FrameFacts:
    """Facts of one VP8 packet. Raises MalformedPacket if the descriptor is cut short."""
    try:
        return _parse_common(payload, marker) or _parse(payload, marker)
    except IndexError:
        raise MalformedPacket("VP8 descriptor cut short") from None


def _parse_common(payload: memoryview, marker: bool) -> FrameFacts | None:
    """The descriptor that browsers send with simulcast: 15-bit PictureID, TL0PICIDX and TID; None for any other."""
    if len(payload) < _COMMON.size + 1:
        return None
    first, bits, picture, tl0, temporal = _COMMON.unpack_from(payload)
    if not first & 0x80 or bits & 0xE0 != 0xE0 or not picture & 0x8000:
        return None
    facts = FrameFacts(frame_start=first & 0x17 == 0x10, frame_end=marker)
    facts.picture_id = picture & 0x7FFF
    facts.picture_id_bits = 15
    facts.tl0_picture_index = tl0
    facts.temporal_id = temporal >> 6
    facts.layer_sync = temporal & 0x20 != 0
    facts.descriptor_size = _COMMON.size
    if facts.frame_start and not payload[_COMMON.size] & 0x01:
        _key_frame(facts, payload, _COMMON.size)
    return facts


def _parse(payload: memoryview, marker: bool) -> FrameFacts:
    first = payload[0]
    facts = FrameFacts(frame_end=marker)
    facts.frame_start = first & 0x17 == 0x10  # S set and partition 0
    position = 1
    if first & 0x80:
        bits = payload[1]
        position = 2
        if bits & 0x80:
            if payload[position] & 0x80:
                facts.picture_id = (payload[position] & 0x7F) << 8 | payload[position + 1]
                facts.picture_id_bits = 15
                position += 2
            else:
                facts.picture_id = payload[position]
                facts.picture_id_bits = 7
                position += 1
        if bits & 0x40:
            facts.tl0_picture_index = payload[position]
            position += 1
        if bits & 0x30:
            if bits & 0x20:
                facts.temporal_id = payload[position] >> 6
                facts.layer_sync = payload[position] & 0x20 != 0
            position += 1
    if position >= len(payload):
        raise MalformedPacket("VP8 packet without data")
    facts.descriptor_size = position
    if facts.frame_start and not payload[position] & 0x01:
        _key_frame(facts, payload, position)
    return facts


def _key_frame(facts: FrameFacts, payload: memoryview, position: int) -> None:
    """P bit 0: a key frame; three bytes of frame tag, the start code 9D 01 2A, then the size."""
    facts.keyframe = True
    facts.layer_sync = True
    if len(payload) >= position + 10 and bytes(payload[position + 3 : position + 6]) == b"\x9d\x01\x2a":
        facts.width = (payload[position + 6] | payload[position + 7] << 8) & 0x3FFF
        facts.height = (payload[position + 8] | payload[position + 9] << 8) & 0x3FFF
