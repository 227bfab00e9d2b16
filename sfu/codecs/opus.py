"""Opus (RFC 7587) and its redundancy (RED, RFC 2198)."""

from dataclasses import dataclass

from sfu.errors import MalformedPacket


@dataclass(frozen=True, slots=True, kw_only=True)
class RedBlock:
    """One block of a RED payload. `timestamp_offset`: clock units before the packet's timestamp, 0 for the primary."""

    payload_type: int
    timestamp_offset: int
    data: bytes


def parse_red_untrusted(payload: memoryview) -> list[RedBlock]:
    """The blocks, redundant ones first (oldest first), the primary last. Raises MalformedPacket."""
    headers = []
    position = 0
    while True:
        if position >= len(payload):
            raise MalformedPacket("RED header cut short")
        first = payload[position]
        if not first & 0x80:
            position += 1
            break
        if position + 4 > len(payload):
            raise MalformedPacket("RED header cut short")
        fields = int.from_bytes(payload[position + 1 : position + 4], "big")
        headers.append((first & 0x7F, fields >> 10, fields & 0x3FF))
        position += 4
    blocks = []
    for payload_type, offset, size in headers:
        if position + size > len(payload):
            raise MalformedPacket("RED block longer than its packet")
        data = bytes(payload[position : position + size])
        blocks.append(RedBlock(payload_type=payload_type, timestamp_offset=offset, data=data))
        position += size
    blocks.append(RedBlock(payload_type=first & 0x7F, timestamp_offset=0, data=bytes(payload[position:])))
    return blocks


def is_dtx(payload: memoryview | bytes) -> bool:
    """Whether an Opus packet carries no sound: nothing coded beyond the table-of-contents byte."""
    return len(payload) <= 2


_SILK_MS = (10, 20, 40, 60)
_CELT_MS = (2.5, 5, 10, 20)


def duration_samples(payload: memoryview | bytes) -> int:
    """Samples at 48 kHz that an Opus packet lasts (RFC 6716 §3.1); 0 for an empty or impossible one."""
    if not len(payload):
        return 0
    config = payload[0] >> 3
    if config < 12:
        frame_ms: float = _SILK_MS[config & 3]
    elif config < 16:
        frame_ms = 10 if config & 1 == 0 else 20
    else:
        frame_ms = _CELT_MS[config & 3]
    code = payload[0] & 3
    frames = 1 if code == 0 else 2 if code < 3 else payload[1] & 0x3F if len(payload) > 1 else 0
    samples = int(frame_ms * 48) * frames
    return samples if samples <= 5760 else 0
