"""Packets of one frame gathered, for every video codec alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recorder.depacketize.av1 import assemble_av1
from recorder.depacketize.h264 import assemble_h264
from sfu.codecs.facts import FrameFacts
from sfu.codecs.registry import facts_parser
from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A whole frame. `timestamp` is its RTP time; width and height where a key frame says so."""

    data: bytes
    keyframe: bool
    timestamp: int
    arrival_s: float
    width: int
    height: int


def assemble_plain(packets: list[tuple[Packet, FrameFacts]]) -> bytes:
    """VP8 and VP9: the payloads behind their descriptors, one after the other."""
    return b"".join(bytes(packet.payload[facts.descriptor_size :]) for packet, facts in packets)


_ASSEMBLERS: dict[str, Callable[[list[tuple[Packet, FrameFacts]]], bytes]] = {
    "VP8": assemble_plain,
    "VP9": assemble_plain,
    "H264": assemble_h264,
    "AV1": assemble_av1,
}


class FrameGatherer:
    """Takes the packets of one SSRC in order and gives whole frames. After a loss nothing until the next key frame."""

    def __init__(self, codec_name: str) -> None:
        self._parse = facts_parser(codec_name)
        self._assemble = _ASSEMBLERS[codec_name]
        self._gathered: list[tuple[Packet, FrameFacts]] = []
        self._expected = -1
        self._broken = True
        self.lost_frames = 0

    def push(self, packet: Packet) -> list[Frame]:
        """The frames that this packet (with `sequence` set, in order) completes: none or one."""
        gap = self._expected >= 0 and packet.sequence != self._expected
        self._expected = packet.sequence + 1
        if gap:
            self._fail()
        if packet.payload_size == 0 or self._parse is None:
            return []
        try:
            facts = self._parse(packet.payload, marker=packet.marker)
        except MalformedPacket:
            self._fail()
            return []
        if self._gathered and self._gathered[0][0].timestamp != packet.timestamp:
            self._gathered.clear()  # its end never came
        self._gathered.append((packet, facts))
        return self._complete() if packet.marker else []

    def _fail(self) -> None:
        self._gathered.clear()
        self._broken = True

    def _complete(self) -> list[Frame]:
        packets, self._gathered = self._gathered, []
        keyframe = any(facts.keyframe for _, facts in packets)
        if not packets[0][1].frame_start or (self._broken and not keyframe):
            self.lost_frames += 1
            self._broken = True
            return []
        try:
            data = self._assemble(packets)
        except MalformedPacket:
            self._fail()
            return []
        self._broken = False
        sizes = [(facts.width, facts.height) for _, facts in packets if facts.width and facts.height]
        width, height = sizes[-1] if sizes else (0, 0)
        first = packets[0][0]
        return [
            Frame(
                data=data,
                keyframe=keyframe,
                timestamp=first.timestamp,
                arrival_s=first.arrival_s,
                width=width or 0,
                height=height or 0,
            )
        ]
