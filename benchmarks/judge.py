"""Judges a received stream: loss, duplicates, order, continuity of numbers, latency."""

from __future__ import annotations

from benchmarks.offer import RTX, TRANSPORT_CC
from benchmarks.sending import STAMP
from sfu.codecs.vp8 import parse_vp8_untrusted
from sfu.errors import MalformedPacket
from sfu.rtp.extensions import ONE_BYTE_PROFILE
from sfu.rtp.packet import Packet
from sfu.rtp.rtcp import ReportBlock
from sfu.rtp.sequence import SequenceUnwrapper, timestamp_difference

MAX_LATENCIES = 20_000


class StreamJudge:
    """One SSRC. `latencies_s`: from the publisher's send call to here, video only."""

    def __init__(self, *, audio: bool) -> None:
        self.audio = audio
        self.packets = 0
        self.bytes = 0
        self.duplicates = 0
        self.disordered = 0
        self.repairs = 0
        self.backward_timestamps = 0
        self.picture_jumps = 0
        self.latencies_s: list[float] = []
        self._unwrapper = SequenceUnwrapper()
        self._first = -1
        self._seen: set[int] = set()
        self._timestamp: int | None = None
        self._picture: int | None = None
        self._reported = (0, 0)

    @property
    def lost(self) -> int:
        """Numbers that never came."""
        return max(0, self._unwrapper.highest - self._first + 1 - self.packets) if self.packets else 0

    def on_packet(self, packet: Packet, now: float) -> int | None:
        """Judge a packet; its transport-wide number, None if it has none."""
        if packet.payload_type == RTX:
            self.repairs += 1
            return transport_number(packet)
        highest = self._unwrapper.highest
        sequence = self._unwrapper.unwrap(packet.sequence_number)
        if self._first < 0:
            self._first = sequence
        if sequence in self._seen:
            self.duplicates += 1
            return transport_number(packet)
        self._seen.add(sequence)
        if len(self._seen) > 4096:
            self._seen = {each for each in self._seen if each > sequence - 1024}
        self.packets += 1
        self.bytes += len(packet.data)
        if sequence < highest:
            self.disordered += 1
        elif packet.payload_size:
            self._check_continuity(packet)
        if not self.audio and packet.payload_size > 20 and len(self.latencies_s) < MAX_LATENCIES:
            (sent,) = STAMP.unpack(packet.data[-8:])
            if 0 <= now - sent < 10:
                self.latencies_s.append(now - sent)
        return transport_number(packet)

    def _check_continuity(self, packet: Packet) -> None:
        if self._timestamp is not None and timestamp_difference(packet.timestamp, self._timestamp) < 0:
            self.backward_timestamps += 1
        self._timestamp = packet.timestamp
        if self.audio:
            return
        try:
            facts = parse_vp8_untrusted(packet.payload, marker=packet.marker)
        except MalformedPacket:
            return
        if facts.frame_start and facts.picture_id is not None:
            if self._picture is not None and (facts.picture_id - self._picture) & 0x7FFF != 1:
                self.picture_jumps += 1
            self._picture = facts.picture_id

    def report(self, ssrc: int) -> ReportBlock:
        """A receiver report block since the last."""
        expected = self._unwrapper.highest - self._first + 1
        before_expected, before_received = self._reported
        self._reported = (expected, self.packets)
        expected_now, received_now = expected - before_expected, self.packets - before_received
        lost = max(0, expected_now - received_now)
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=min(255, 256 * lost // expected_now) if expected_now > 0 else 0,
            packets_lost=self.lost,
            highest_sequence=self._unwrapper.highest & 0xFFFFFFFF,
            jitter=0,
            lsr=0,
            dlsr=0,
        )


def transport_number(packet: Packet) -> int | None:
    """The transport-wide sequence number of a one-byte extension block."""
    if packet.extension_profile != ONE_BYTE_PROFILE:
        return None
    data, position = packet.data, packet.extension_offset
    end = position + packet.extension_size
    while position < end:
        head = data[position]
        if head >> 4 == TRANSPORT_CC:
            return data[position + 1] << 8 | data[position + 2]
        position += 1 if head == 0 else 2 + (head & 0x0F)
    return None
