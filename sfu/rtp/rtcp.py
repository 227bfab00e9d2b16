"""RTCP packets as facts, and their bytes (RFC 3550 §6, RFC 4585, RFC 5104, goog-remb)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
FMT_NACK, FMT_TRANSPORT_CC, FMT_PLI, FMT_FIR, FMT_APPLICATION = 1, 15, 1, 4, 15

_SENDER_INFO = Struct("!QLLL")
_FIR_ENTRY = Struct("!LB3x")
_NACK_ENTRY = Struct("!HH")
_SSRC = Struct("!L")


def rtcp_packet(count: int, packet_type: int, body: bytes) -> bytes:
    """Header and body; the body must be a multiple of 4 bytes."""
    return bytes((0x80 | count, packet_type)) + (len(body) // 4).to_bytes(2, "big") + body


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBlock:
    """RFC 3550 §6.4.1. `fraction_lost` in 1/256, `jitter` in clock units, `dlsr` in 1/65536 s."""

    ssrc: int
    fraction_lost: int
    packets_lost: int
    highest_sequence: int
    jitter: int
    lsr: int
    dlsr: int

    def build(self) -> bytes:
        """24 bytes."""
        lost = max(-0x800000, min(0x7FFFFF, self.packets_lost)) & 0xFFFFFF
        return (
            _SSRC.pack(self.ssrc)
            + bytes((self.fraction_lost & 0xFF,))
            + lost.to_bytes(3, "big")
            + (self.highest_sequence & 0xFFFFFFFF).to_bytes(4, "big")
            + min(self.jitter, 0xFFFFFFFF).to_bytes(4, "big")
            + self.lsr.to_bytes(4, "big")
            + min(self.dlsr, 0xFFFFFFFF).to_bytes(4, "big")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderReport:
    """RFC 3550 §6.4.1; `ntp` 64 bits."""

    ssrc: int
    ntp: int
    rtp_timestamp: int
    packet_count: int
    octet_count: int
    reports: tuple[ReportBlock, ...] = ()

    def build(self) -> bytes:
        """The RTCP packet."""
        info = _SENDER_INFO.pack(
            self.ntp, self.rtp_timestamp, self.packet_count & 0xFFFFFFFF, self.octet_count & 0xFFFFFFFF
        )
        blocks = b"".join(block.build() for block in self.reports)
        return rtcp_packet(len(self.reports), SR, _SSRC.pack(self.ssrc) + info + blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverReport:
    """RFC 3550 §6.4.2, at most 31 blocks."""

    ssrc: int
    reports: tuple[ReportBlock, ...] = ()

    def build(self) -> bytes:
        """The RTCP packet."""
        blocks = b"".join(block.build() for block in self.reports)
        return rtcp_packet(len(self.reports), RR, _SSRC.pack(self.ssrc) + blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescription:
    """RFC 3550 §6.5 with the CNAME only: pairs of (ssrc, cname)."""

    chunks: tuple[tuple[int, str], ...]

    def build(self) -> bytes:
        """The RTCP packet; each chunk ends in at least one zero byte."""
        body = b""
        for ssrc, cname in self.chunks:
            text = cname.encode()[:255]
            chunk = _SSRC.pack(ssrc) + bytes((1, len(text))) + text
            body += chunk + bytes(4 - len(chunk) % 4)
        return rtcp_packet(len(self.chunks), SDES, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bye:
    """RFC 3550 §6.6 without a reason."""

    ssrcs: tuple[int, ...]

    def build(self) -> bytes:
        """The RTCP packet."""
        return rtcp_packet(len(self.ssrcs), BYE, b"".join(_SSRC.pack(ssrc) for ssrc in self.ssrcs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nack:
    """Generic NACK, RFC 4585 §6.2.1. `lost`: 16-bit sequence numbers, oldest first."""

    sender_ssrc: int
    media_ssrc: int
    lost: tuple[int, ...]

    def build(self) -> bytes:
        """The RTCP packet, with as few entries as the order allows."""
        entries = b""
        position = 0
        while position < len(self.lost):
            first = self.lost[position]
            mask = 0
            position += 1
            while position < len(self.lost) and 0 < (self.lost[position] - first) & 0xFFFF <= 16:
                mask |= 1 << ((self.lost[position] - first) & 0xFFFF) - 1
                position += 1
            entries += _NACK_ENTRY.pack(first, mask)
        body = _SSRC.pack(self.sender_ssrc) + _SSRC.pack(self.media_ssrc) + entries
        return rtcp_packet(FMT_NACK, RTPFB, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pli:
    """Picture loss indication, RFC 4585 §6.3.1."""

    sender_ssrc: int
    media_ssrc: int

    def build(self) -> bytes:
        """The RTCP packet."""
        return rtcp_packet(FMT_PLI, PSFB, _SSRC.pack(self.sender_ssrc) + _SSRC.pack(self.media_ssrc))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fir:
    """Full intra request, RFC 5104 §4.3.1: entries of (media ssrc, command number)."""

    sender_ssrc: int
    entries: tuple[tuple[int, int], ...]

    def build(self) -> bytes:
        """The RTCP packet."""
        body = b"".join(_FIR_ENTRY.pack(ssrc, number & 0xFF) for ssrc, number in self.entries)
        return rtcp_packet(FMT_FIR, PSFB, _SSRC.pack(self.sender_ssrc) + bytes(4) + body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remb:
    """Receiver's estimate, draft-alvestrand-rmcat-remb-03."""

    sender_ssrc: int
    bitrate_bps: int
    ssrcs: tuple[int, ...]

    def build(self) -> bytes:
        """The RTCP packet; the bit rate is rounded down to an 18-bit mantissa."""
        exponent = max(0, self.bitrate_bps.bit_length() - 18)
        rate = len(self.ssrcs) << 24 | exponent << 18 | self.bitrate_bps >> exponent
        body = _SSRC.pack(self.sender_ssrc) + bytes(4) + b"REMB" + rate.to_bytes(4, "big")
        return rtcp_packet(FMT_APPLICATION, PSFB, body + b"".join(_SSRC.pack(ssrc) for ssrc in self.ssrcs))


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportFeedback:
    """Transport-wide feedback, draft-holmer-rmcat-transport-wide-cc-extensions-01.

    `reference_time` in 64 ms; `deltas` one a packet from `base_sequence` on: units of 250 µs since the packet received
    before it (the first: since the reference time), None for one that did not arrive.
    """

    sender_ssrc: int
    media_ssrc: int
    base_sequence: int
    reference_time: int
    feedback_count: int
    deltas: tuple[int | None, ...]


RtcpPacket = SenderReport | ReceiverReport | SourceDescription | Bye | Nack | Pli | Fir | Remb | TransportFeedback
