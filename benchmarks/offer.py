"""The synthetic endpoint's SDP: written by hand, so that nothing of the server's own negotiation is used."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

LEVEL, SEND_TIME, TRANSPORT_CC, MID, RID = 1, 2, 3, 4, 10
OPUS, VP8, RTX = 111, 96, 97


@dataclass(slots=True)
class SyntheticOffer:
    """The text, its metadata for the WebSocket, and the credentials in it."""

    sdp: str
    tracks: list[dict[str, str]]
    slots: list[dict[str, str | None]]
    ufrag: str
    password: str
    audio_ssrc: int
    mids: dict[str, str] = field(default_factory=dict)


def make_offer(fingerprint: str, *, sends: bool, slots: int, rids: tuple[str, ...]) -> SyntheticOffer:
    """An offer with microphone and simulcast camera (if it sends) and receive slots."""
    ufrag, password = secrets.token_hex(4), secrets.token_hex(12)
    audio_ssrc = secrets.randbelow(1 << 31) + 1
    common = [
        "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{ufrag}",
        f"a=ice-pwd:{password}",
        f"a=fingerprint:sha-256 {fingerprint}",
    ]
    common += ["a=setup:active", "a=rtcp-mux"]
    sections: list[list[str]] = []
    tracks: list[dict[str, str]] = []

    def add(kind: str, direction: str, extra: list[str]) -> str:
        mid = str(len(sections))
        formats = f"{OPUS}" if kind == "audio" else f"{VP8} {RTX}"
        codec = _AUDIO if kind == "audio" else _VIDEO
        sections.append(
            [f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}", *common, f"a=mid:{mid}", f"a={direction}", *codec, *extra]
        )
        return mid

    if sends:
        tracks.append(
            {"mid": add("audio", "sendonly", [f"a=ssrc:{audio_ssrc} cname:synthetic"]), "source": "microphone"}
        )
        layers = [f"a=rid:{rid} send" for rid in rids] + [f"a=simulcast:send {';'.join(rids)}"]
        tracks.append({"mid": add("video", "sendonly", layers), "source": "camera"})
    slot_list: list[dict[str, str | None]] = [
        {"audio": add("audio", "recvonly", []), "video": add("video", "recvonly", [])} for _ in range(slots)
    ]
    bundle = " ".join(str(index) for index in range(len(sections)))
    head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {bundle}"]
    text = "\r\n".join(head + [line for section in sections for line in section]) + "\r\n"
    mids = {track["source"]: track["mid"] for track in tracks}
    return SyntheticOffer(text, tracks, slot_list, ufrag, password, audio_ssrc, mids)


_EXTENSIONS = [
    f"a=extmap:{SEND_TIME} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    f"a=extmap:{TRANSPORT_CC} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    f"a=extmap:{MID} urn:ietf:params:rtp-hdrext:sdes:mid",
]
_AUDIO = [
    f"a=rtpmap:{OPUS} opus/48000/2",
    f"a=extmap:{LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    *_EXTENSIONS,
]
_VIDEO = [
    f"a=rtpmap:{VP8} VP8/90000",
    *(f"a=rtcp-fb:{VP8} {name}" for name in ("nack", "nack pli", "transport-cc", "ccm fir")),
    f"a=rtpmap:{RTX} rtx/90000",
    f"a=fmtp:{RTX} apt={VP8}",
    f"a=extmap:{RID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    *_EXTENSIONS,
]


@dataclass(frozen=True, slots=True)
class ServerSide:
    """What the answer says of the server."""

    ufrag: str
    password: str
    address: tuple[str, int]
    fingerprints: tuple[tuple[str, str], ...]


def read_answer(sdp: str) -> ServerSide:
    """The first section's transport."""

    def first(pattern: str) -> re.Match[str]:
        found = re.search(pattern, sdp)
        assert found is not None, pattern
        return found

    candidate = first(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host")
    return ServerSide(
        ufrag=first(r"a=ice-ufrag:(\S+)")[1],
        password=first(r"a=ice-pwd:(\S+)")[1],
        address=(candidate[1], int(candidate[2])),
        fingerprints=tuple(dict.fromkeys(re.findall(r"a=fingerprint:(\S+) (\S+)", sdp))),
    )
