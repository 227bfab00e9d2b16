"""H264 payload structures (RFC 6184): single NAL units, STAP-A, FU-A; the picture size from the SPS."""

from sfu.codecs.bits import BitReader
from sfu.codecs.facts import FrameFacts
from sfu.errors import MalformedPacket

IDR, SEI, SPS, PPS, AUD, STAP_A, FU_A = 5, 6, 7, 8, 9, 24, 28
_HIGH_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128}


def parse_h264_untrusted(payload: memoryview, *, marker: bool) -> FrameFacts:
    """Facts of one H264 packet. Raises MalformedPacket if a unit is cut short.

    A packet with SPS, or the start of an IDR slice, counts as a key frame's; `frame_start` is the first slice of a
    picture (first_mb_in_slice 0) or a parameter set.
    """
    if len(payload) < 2:
        raise MalformedPacket("H264 packet cut short")
    facts = FrameFacts(frame_end=marker)
    kind = payload[0] & 0x1F
    if kind == STAP_A:
        for unit in nal_units_of_stap(payload):
            _look_at(facts, unit[0] & 0x1F, unit)
    elif kind == FU_A:
        if payload[1] & 0x80 and len(payload) > 2:
            _look_at(facts, payload[1] & 0x1F, payload[1:])
        elif payload[1] & 0x1F == IDR:
            facts.keyframe = True
    else:
        _look_at(facts, kind, payload)
    return facts


def nal_units_of_stap(payload: memoryview) -> list[memoryview]:
    """The units inside a STAP-A packet. Raises MalformedPacket if one is longer than the packet."""
    units = []
    position = 1
    while position + 2 < len(payload):
        size = payload[position] << 8 | payload[position + 1]
        position += 2
        if size == 0 or position + size > len(payload):
            raise MalformedPacket("H264 STAP-A unit longer than its packet")
        units.append(payload[position : position + size])
        position += size
    return units


def _look_at(facts: FrameFacts, kind: int, unit: memoryview) -> None:
    """`unit` starts with a header byte that is not looked at (a FU header serves as well)."""
    if kind == SPS:
        facts.keyframe = facts.frame_start = facts.layer_sync = True
        facts.width, facts.height = sps_size(unit) or (None, None)
    elif kind == IDR:
        facts.keyframe = facts.layer_sync = True
        facts.frame_start = facts.frame_start or _first_slice(unit)
    elif 1 <= kind < IDR:
        facts.frame_start = facts.frame_start or _first_slice(unit)


def _first_slice(unit: memoryview) -> bool:
    """first_mb_in_slice is ue(v): the value 0 is a single set bit."""
    return len(unit) > 1 and unit[1] & 0x80 != 0


def sps_size(unit: memoryview) -> tuple[int, int] | None:
    """(width, height) of a sequence parameter set, None if it cannot be read (ITU-T H.264 §7.3.2.1.1)."""
    try:
        return _sps_size(BitReader(bytes(unit[1:]).replace(b"\x00\x00\x03", b"\x00\x00")))
    except MalformedPacket:
        return None


def _sps_size(bits: BitReader) -> tuple[int, int] | None:
    profile = bits.read(8)
    bits.read(16)
    bits.exp_golomb()
    chroma = 1
    if profile in _HIGH_PROFILES:
        chroma = bits.exp_golomb()
        if chroma == 3:
            bits.read(1)
        bits.exp_golomb()
        bits.exp_golomb()
        bits.read(1)
        if bits.read(1):
            return None  # scaling lists: no encoder that we meet sends them
    bits.exp_golomb()
    order = bits.exp_golomb()
    if order == 0:
        bits.exp_golomb()
    elif order == 1:
        bits.read(1)
        bits.exp_golomb()
        bits.exp_golomb()
        for _ in range(min(bits.exp_golomb(), 255)):
            bits.exp_golomb()
    bits.exp_golomb()
    bits.read(1)
    width = 16 * (bits.exp_golomb() + 1)
    height = 16 * (bits.exp_golomb() + 1)
    frame_only = bits.read(1)
    if not frame_only:
        height *= 2
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        unit_x = 2 if chroma in (1, 2) else 1
        unit_y = (2 if chroma == 1 else 1) * (2 - frame_only)
        width -= unit_x * (bits.exp_golomb() + bits.exp_golomb())
        height -= unit_y * (bits.exp_golomb() + bits.exp_golomb())
    return (width, height) if 0 < width <= 16384 and 0 < height <= 16384 else None
