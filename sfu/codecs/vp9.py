"""VP9 payload descriptor (RFC 9628 §4.2)."""

from sfu.codecs.facts import FrameFacts
from sfu.errors import MalformedPacket


def parse_vp9_untrusted(payload: memoryview, *, marker: bool) -> FrameFacts:
    """Facts of one VP9 packet. Raises MalformedPacket if the descriptor is cut short."""
    try:
        return _parse(payload, marker)
    except IndexError:
        raise MalformedPacket("VP9 descriptor cut short") from None


def _parse(payload: memoryview, marker: bool) -> FrameFacts:
    first = payload[0]
    predicted, layered, flexible = first & 0x40, first & 0x20, first & 0x10
    facts = FrameFacts(frame_start=first & 0x08 != 0, frame_end=first & 0x04 != 0)
    position = 1
    inter_layer = False
    if first & 0x80:
        if payload[position] & 0x80:
            facts.picture_id = (payload[position] & 0x7F) << 8 | payload[position + 1]
            facts.picture_id_bits = 15
            position += 2
        else:
            facts.picture_id = payload[position]
            facts.picture_id_bits = 7
            position += 1
    if layered:
        layer = payload[position]
        position += 1
        facts.temporal_id = layer >> 5
        facts.layer_sync = layer & 0x10 != 0
        facts.spatial_id = layer >> 1 & 0x07
        inter_layer = layer & 0x01 != 0
        if not flexible:
            facts.tl0_picture_index = payload[position]
            position += 1
    if flexible and predicted:
        for _ in range(3):
            position += 1
            if not payload[position - 1] & 0x01:
                break
    # A key picture: not predicted from another picture and, for its base, from no other layer.
    facts.keyframe = not predicted and not inter_layer
    if first & 0x02:
        position = _scalability_structure(facts, payload, position)
    if position > len(payload):
        raise MalformedPacket("VP9 descriptor cut short")
    facts.descriptor_size = position
    return facts


def _scalability_structure(facts: FrameFacts, payload: memoryview, position: int) -> int:
    head = payload[position]
    position += 1
    layers = (head >> 5) + 1
    if head & 0x10:
        for _ in range(layers):
            facts.width = payload[position] << 8 | payload[position + 1]
            facts.height = payload[position + 2] << 8 | payload[position + 3]
            position += 4
    if head & 0x08:
        pictures = payload[position]
        position += 1
        for _ in range(pictures):
            references = payload[position] >> 2 & 0x03
            position += 1 + references
    return position
