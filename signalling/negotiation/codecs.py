"""Which of the offered codecs, feedback and header extensions are accepted."""

from __future__ import annotations

from collections.abc import Sequence

from sfu.description import (
    ABS_CAPTURE_TIME_URI,
    ABS_SEND_TIME_URI,
    AUDIO_LEVEL_URI,
    DEPENDENCY_DESCRIPTOR_URI,
    MID_URI,
    REPAIRED_RID_URI,
    RID_URI,
    TRANSPORT_CC_URI,
    CodecParameters,
)
from sfu.errors import NegotiationError
from sfu.types import PayloadType
from signalling.negotiation.sdp import MediaSection, is_number

AUDIO_CODECS = ("red", "opus")
_CANONICAL = {name.lower(): name for name in ("opus", "red", "VP8", "VP9", "H264", "AV1")}
_EXTENSIONS = {
    "audio": (MID_URI, AUDIO_LEVEL_URI, ABS_SEND_TIME_URI, ABS_CAPTURE_TIME_URI, TRANSPORT_CC_URI),
    "video": (MID_URI, RID_URI, REPAIRED_RID_URI, ABS_SEND_TIME_URI, ABS_CAPTURE_TIME_URI, TRANSPORT_CC_URI),
}
FEEDBACK = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")


def accepted_codecs(section: MediaSection, preference: Sequence[str]) -> tuple[CodecParameters, ...]:
    """The codecs of the section that we forward, best first: video by `preference`, audio as the offer orders it.

    H264 is taken with packetization-mode 1 where that is offered. Raises NegotiationError for a broken rtpmap.
    """
    offered = _offered(section)
    repairs = _repairs(section)
    chosen = []
    for payload_type, (name, clock, channels) in offered.items():
        canonical = _CANONICAL.get(name.lower())
        if canonical is None or (section.kind == "audio") != (canonical in AUDIO_CODECS):
            continue
        if section.kind == "video" and canonical not in preference:
            continue
        chosen.append(_codec(section, payload_type, canonical, clock, channels, repairs.get(payload_type)))
    if section.kind == "video":
        chosen.sort(key=lambda codec: preference.index(codec.name))
        chosen = _sensible_h264(chosen)
    return tuple(chosen)


def _offered(section: MediaSection) -> dict[int, tuple[str, int, int]]:
    """payload type → (name, clock rate, channels), in the order of the m= line."""
    maps: dict[int, tuple[str, int, int]] = {}
    for value in section.values("rtpmap"):
        number, _, rest = value.partition(" ")
        parts = rest.split("/")
        if not is_number(number) or int(number) > 127 or len(parts) < 2 or not is_number(parts[1]):
            raise NegotiationError(f"media section at line {section.line}: a=rtpmap:{value} is not valid")
        channels = int(parts[2]) if len(parts) > 2 and is_number(parts[2]) else 1
        maps[int(number)] = (parts[0], int(parts[1]), channels)
    order = [int(each) for each in section.formats if is_number(each)]
    return {number: maps[number] for number in order if number in maps}


def _fmtp(section: MediaSection, payload_type: int) -> str:
    for value in section.values("fmtp"):
        number, _, parameters = value.partition(" ")
        if number == str(payload_type):
            return parameters
    return ""


def _repairs(section: MediaSection) -> dict[int, int]:
    """payload type → the RTX payload type that repairs it (RFC 4588 §8)."""
    found = {}
    for payload_type, (name, _, _) in _offered(section).items():
        if name.lower() == "rtx":
            for part in _fmtp(section, payload_type).split(";"):
                key, _, value = part.strip().partition("=")
                if key == "apt" and is_number(value):
                    found[int(value)] = payload_type
    return found


def _codec(
    section: MediaSection, payload_type: int, name: str, clock: int, channels: int, rtx: int | None
) -> CodecParameters:
    feedback = set()
    for value in section.values("rtcp-fb"):
        number, _, kind = value.partition(" ")
        if number in ("*", str(payload_type)):
            feedback.add(kind.strip())
    return CodecParameters(
        name=name,
        payload_type=PayloadType(payload_type),
        clock_rate_hz=clock,
        channels=channels,
        fmtp=_fmtp(section, payload_type),
        rtx_payload_type=PayloadType(rtx) if rtx is not None else None,
        nack="nack" in feedback,
        pli="nack pli" in feedback,
        transport_cc="transport-cc" in feedback,
        remb="goog-remb" in feedback,
    )


def _sensible_h264(codecs: list[CodecParameters]) -> list[CodecParameters]:
    packetized = [each for each in codecs if each.name == "H264" and "packetization-mode=1" in each.fmtp]
    return [each for each in codecs if each.name != "H264" or not packetized or each in packetized]


def accepted_extensions(section: MediaSection, codecs: Sequence[CodecParameters]) -> dict[str, int]:
    """URI → id for the header extensions that we read or write, in the offerer's ids.

    The dependency descriptor only with AV1 as the first choice: with it a browser leaves the VP8 descriptor empty.
    """
    wanted = set(_EXTENSIONS[section.kind])
    if codecs and codecs[0].name == "AV1":
        wanted.add(DEPENDENCY_DESCRIPTOR_URI)
    found: dict[str, int] = {}
    for value in section.values("extmap"):
        ident, _, rest = value.partition(" ")
        number = ident.partition("/")[0]
        uri = rest.split(" ", 1)[0]
        if not is_number(number) or not 0 < int(number) < 256:
            raise NegotiationError(f"media section at line {section.line}: a=extmap:{value} is not valid")
        if uri in wanted and uri not in found:
            found[uri] = int(number)
    return found
