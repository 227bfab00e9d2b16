"""The synthetic endpoint's SDP: written by hand, so that nothing of the server's own negotiation is used."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from benchmarks.media_link import RemoteSide
from benchmarks.receiving import ReceivePlan
from benchmarks.sending import AudioPlan, ExtensionIds, LayerPlan, PublishPlan

OPUS, VP8, RTX, RED = 111, 96, 97, 63
LEVEL, SEND_TIME, TRANSPORT_CC, MID, CAPTURE_TIME, RID, RRID = 1, 2, 3, 4, 5, 10, 11
URIS = {
    LEVEL: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    SEND_TIME: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    TRANSPORT_CC: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    MID: "urn:ietf:params:rtp-hdrext:sdes:mid",
    CAPTURE_TIME: "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    RID: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    RRID: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
}
_BOTH = (SEND_TIME, TRANSPORT_CC, MID, CAPTURE_TIME)
_AUDIO = [
    f"a=rtpmap:{OPUS} opus/48000/2",
    f"a=rtcp-fb:{OPUS} transport-cc",
    *(f"a=extmap:{number} {URIS[number]}" for number in (LEVEL, *_BOTH)),
]
_RED = [f"a=rtpmap:{RED} red/48000/2", f"a=fmtp:{RED} {OPUS}/{OPUS}"]
_VIDEO = [
    f"a=rtpmap:{VP8} VP8/90000",
    *(f"a=rtcp-fb:{VP8} {name}" for name in ("nack", "nack pli", "transport-cc", "ccm fir")),
    f"a=rtpmap:{RTX} rtx/90000",
    f"a=fmtp:{RTX} apt={VP8}",
    *(f"a=extmap:{number} {URIS[number]}" for number in (RID, RRID, *_BOTH)),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The endpoint's side of ICE and DTLS."""

    ufrag: str
    password: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticOffer:
    """The text, and what stands beside it in the WebSocket message."""

    sdp: str
    tracks: list[dict[str, str]]
    slots: list[dict[str, str | None]]
    audio_ssrc: int
    rids: tuple[str, ...]


def make_offer(
    credentials: Credentials,
    *,
    sends: bool,
    slots: int,
    rids: tuple[str, ...],
    red: bool = False,
    wide: bool = False,
) -> SyntheticOffer:
    """An offer with microphone and simulcast camera (if it sends) and receive slots. `red`: voices with redundancy.

    wide: a second camera as well.
    """
    common = [
        "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{credentials.ufrag}",
        f"a=ice-pwd:{credentials.password}",
        f"a=fingerprint:sha-256 {credentials.fingerprint}",
        "a=setup:active",
        "a=rtcp-mux",
    ]
    sections: list[list[str]] = []

    def add(kind: str, direction: str, extra: list[str]) -> str:
        mid = str(len(sections))
        voice = (f"{RED} {OPUS}", _RED + _AUDIO) if red else (f"{OPUS}", _AUDIO)
        formats, codec = voice if kind == "audio" else (f"{VP8} {RTX}", _VIDEO)
        head = [f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}", *common, f"a=mid:{mid}", f"a={direction}"]
        sections.append([*head, *codec, *extra])
        return mid

    tracks: list[dict[str, str]] = []
    audio_ssrc = secrets.randbelow(1 << 31) + 1
    if sends:
        microphone = add("audio", "sendonly", [f"a=ssrc:{audio_ssrc} cname:synthetic"])
        layers = [f"a=rid:{rid} send" for rid in rids] + [f"a=simulcast:send {';'.join(rids)}"]
        camera = add("video", "sendonly", layers)
        tracks = [{"mid": microphone, "source": "microphone"}, {"mid": camera, "source": "camera"}]
        tracks += [{"mid": add("video", "sendonly", layers), "source": "camera2"}] if wide else []
    slot_list: list[dict[str, str | None]] = [
        {"audio": add("audio", "recvonly", []), "video": add("video", "recvonly", [])} for _ in range(slots)
    ]
    bundle = " ".join(str(index) for index in range(len(sections)))
    head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {bundle}"]
    text = "\r\n".join(head + [line for section in sections for line in section]) + "\r\n"
    return SyntheticOffer(sdp=text, tracks=tracks, slots=slot_list, audio_ssrc=audio_ssrc, rids=rids)


def _accepted(sdp: str) -> set[int]:
    """Extension ids that stand anywhere in an answer; they are the offer's."""
    return {int(number) for number in re.findall(r"a=extmap:(\d+)", sdp)}


def publish_plan(
    offer: SyntheticOffer, answer: str, *, source: int, level_dbov: int, temporal: bool = False
) -> PublishPlan:
    """What to send, with SSRCs made up now. `source`, `temporal`: see PublishPlan."""
    accepted = _accepted(answer)

    def taken(number: int) -> int:
        return number if number in accepted else 0

    ssrcs = iter(secrets.SystemRandom().sample(range(1, 1 << 31), 2 * len(offer.rids)))
    mids = {track["source"]: track["mid"] for track in offer.tracks}
    return PublishPlan(
        audio=AudioPlan(
            ssrc=offer.audio_ssrc,
            payload_type=OPUS,
            mid=mids["microphone"],
            level_dbov=level_dbov,
            red=RED if f"a=rtpmap:{RED} red" in answer else 0,
        ),
        layers=tuple(LayerPlan(rid=rid, ssrc=next(ssrcs), rtx_ssrc=next(ssrcs)) for rid in offer.rids),
        vp8=VP8,
        rtx=RTX,
        video_mid=mids["camera"],
        extensions=ExtensionIds(
            mid=taken(MID),
            rid=taken(RID),
            rrid=taken(RRID),
            transport_cc=taken(TRANSPORT_CC),
            audio_level=taken(LEVEL),
            abs_capture_time=taken(CAPTURE_TIME),
        ),
        source=source,
        temporal=temporal,
    )


def receive_plan(answer: str) -> ReceivePlan:
    """What to expect."""
    accepted = _accepted(answer)
    pairs = re.findall(r"a=ssrc-group:FID (\d+) (\d+)", answer)
    return ReceivePlan(
        payload_types={OPUS: "audio", RED: "audio", VP8: "video", RTX: "rtx"},
        transport_cc=TRANSPORT_CC if TRANSPORT_CC in accepted else 0,
        abs_capture_time=CAPTURE_TIME if CAPTURE_TIME in accepted else 0,
        repairs={int(repair): int(media) for media, repair in pairs},
        pictures=tuple(int(media) for media, _ in pairs),
    )


def read_answer(sdp: str) -> RemoteSide:
    """The first section's transport."""

    def first(pattern: str) -> re.Match[str]:
        found = re.search(pattern, sdp)
        assert found is not None, pattern
        return found

    candidate = first(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host")
    return RemoteSide(
        ufrag=first(r"a=ice-ufrag:(\S+)")[1],
        password=first(r"a=ice-pwd:(\S+)")[1],
        address=(candidate[1], int(candidate[2])),
        fingerprints=tuple(dict.fromkeys(re.findall(r"a=fingerprint:(\S+) (\S+)", sdp))),
    )
