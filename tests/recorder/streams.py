"""Encoded media as RTP, for a recording without an SFU."""

from __future__ import annotations

from functools import cache

from benchmarks.clip import FPS, Clip, make_clip
from sfu.description import CodecParameters
from sfu.rtp.packet import Packet, parse_rtp_untrusted
from sfu.tap import PublicationFacts
from sfu.types import EndpointId, Kind, PayloadType, PublicationId, Source

VP8 = CodecParameters(name="VP8", payload_type=PayloadType(96), clock_rate_hz=90_000)
OPUS = CodecParameters(name="opus", payload_type=PayloadType(111), clock_rate_hz=48_000, channels=2)
CAMERA, MICROPHONE = PublicationId(1), PublicationId(2)
NTP_OF_ZERO = 3_900_000_000


def publications(endpoint: str = "e1") -> list[PublicationFacts]:
    rows = ((CAMERA, Source.CAMERA, Kind.VIDEO, VP8), (MICROPHONE, Source.MICROPHONE, Kind.AUDIO, OPUS))
    return [
        PublicationFacts(
            publication_id=identifier, endpoint_id=EndpointId(endpoint), source=source, kind=kind, codecs=(codec,)
        )
        for identifier, source, kind, codec in rows
    ]


@cache
def usual_clip() -> Clip:
    """Encoded once: the encoder looks at the clock, so that another time gives other bytes."""
    return make_clip(1, ("q", "h"))


class Sender:
    """Makes packets of a clip at capture times on the media clock; `skew` is the sender's clock against ours."""

    def __init__(self, *, clip: Clip | None = None, begun_s: float = 1000.0, sequence: int = 65_530) -> None:
        self.clip = clip or usual_clip()
        self.begun_s = begun_s
        self.video_sequence = self.audio_sequence = sequence
        self.picture = 100

    def video(self, index: int, *, rid: str = "q", ssrc: int = 11, offset: int = 4_294_960_000) -> list[Packet]:
        """The packets of frame `index`, captured index / FPS after the beginning, arriving 20 ms later."""
        at = self.begun_s + index / FPS
        pieces = self.clip.video[rid][index % len(self.clip.video[rid])]
        timestamp = (offset + round(90_000 * index / FPS)) & 0xFFFFFFFF
        packets = []
        for position, piece in enumerate(pieces):
            marker = 0x80 if position == len(pieces) - 1 else 0
            head = bytes((0x80, marker | 96)) + (self.video_sequence & 0xFFFF).to_bytes(2, "big")
            head += timestamp.to_bytes(4, "big") + ssrc.to_bytes(4, "big")
            data = head + bytes((0x10 if position == 0 else 0x00,)) + piece
            packets.append(parse_rtp_untrusted(data, arrival_s=at + 0.02))
            self.video_sequence += 1
        return packets

    def audio(self, index: int, *, offset: int = 1_000) -> Packet:
        """Voice packet `index`, captured index × 20 ms after the beginning."""
        at = self.begun_s + 0.02 * index
        head = bytes((0x80, 111)) + (self.audio_sequence & 0xFFFF).to_bytes(2, "big")
        head += ((offset + 960 * index) & 0xFFFFFFFF).to_bytes(4, "big") + (12).to_bytes(4, "big")
        self.audio_sequence += 1
        return parse_rtp_untrusted(head + self.clip.audio[index % len(self.clip.audio)], arrival_s=at + 0.05)

    def ntp(self, seconds: float) -> int:
        """The sender's NTP clock `seconds` after the beginning."""
        return int((NTP_OF_ZERO + seconds) * (1 << 32))
