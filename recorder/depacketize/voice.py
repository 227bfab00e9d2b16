"""Opus packets in order, losses filled from RED (RFC 2198) where the sender repeated them."""

from __future__ import annotations

from dataclasses import dataclass

from sfu.codecs.opus import duration_samples, parse_red_untrusted
from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet
from sfu.rtp.sequence import timestamp_difference

MAX_FILL_SAMPLES = 48_000  # RED reaches back a few packets; what claims more is not believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An Opus packet with its RTP time; `samples` at 48 kHz."""

    data: bytes
    timestamp: int
    arrival_s: float
    samples: int


class VoiceGatherer:
    """Takes the packets of one SSRC in order."""

    def __init__(self, red_payload_types: set[int]) -> None:
        self._red = red_payload_types
        self._next_timestamp: int | None = None

    def push(self, packet: Packet) -> list[Voice]:
        """The Opus packets that this one brings, older ones first."""
        if packet.payload_size == 0:
            return []
        if packet.payload_type not in self._red:
            return self._take(bytes(packet.payload), packet.timestamp, packet.arrival_s)
        try:
            blocks = parse_red_untrusted(packet.payload)
        except MalformedPacket:
            return []
        found = []
        for block in blocks:
            timestamp = (packet.timestamp - block.timestamp_offset) & 0xFFFFFFFF
            found += self._take(block.data, timestamp, packet.arrival_s)
        return found

    def _take(self, data: bytes, timestamp: int, arrival_s: float) -> list[Voice]:
        samples = duration_samples(data)
        if not samples:
            return []
        if self._next_timestamp is not None:
            ahead = timestamp_difference(timestamp, self._next_timestamp)
            if -MAX_FILL_SAMPLES < ahead < 0:
                return []  # had it already
        self._next_timestamp = (timestamp + samples) & 0xFFFFFFFF
        return [Voice(data=data, timestamp=timestamp, arrival_s=arrival_s, samples=samples)]
