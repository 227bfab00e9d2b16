"""RTCP from the network: compound packets (RFC 3550 §6.1), reduced-size ones (RFC 5506) and padding included."""

from collections.abc import Callable
from struct import Struct
from typing import NamedTuple

from sfu.errors import MalformedPacket
from sfu.rtp.rtcp import (
    BYE,
    FMT_APPLICATION,
    FMT_FIR,
    FMT_NACK,
    FMT_PLI,
    FMT_TRANSPORT_CC,
    PSFB,
    RR,
    RTPFB,
    SDES,
    SR,
    Bye,
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    SourceDescription,
)
from sfu.rtp.transport_feedback import parse_transport_feedback_untrusted

_HEADER = Struct("!BBH")
_REPORT = Struct("!LLLLLL")
_SENDER = Struct("!LQLLL")
_TWO = Struct("!LL")


class FeedbackBody(NamedTuple):
    """A transport-wide feedback not looked into yet: what follows its 4-byte header."""

    body: bytes


def parse_compound_untrusted(data: bytes) -> list[RtcpPacket]:
    """Every packet that we understand, in order; others are skipped.

    Raises MalformedPacket as `split_compound_untrusted`, or if transport-wide feedback is malformed.
    """
    return [
        parse_transport_feedback_untrusted(packet.body) if isinstance(packet, FeedbackBody) else packet
        for packet in split_compound_untrusted(data)
    ]


def split_compound_untrusted(data: bytes) -> list[RtcpPacket | FeedbackBody]:
    """Every packet that we understand, in order, but for transport-wide feedback, which is left to who matches it.

    Raises MalformedPacket if a length leads out of the datagram, a version is not 2 or a body is too short.
    """
    packets: list[RtcpPacket | FeedbackBody] = []
    position = 0
    while position < len(data):
        if len(data) - position < 4:
            raise MalformedPacket("RTCP header cut short")
        first, packet_type, words = _HEADER.unpack_from(data, position)
        end = position + 4 + 4 * words
        if first & 0xC0 != 0x80 or end > len(data):
            raise MalformedPacket("RTCP version or length wrong")
        body = data[position + 4 : end]
        if first & 0x20:
            body = _without_padding(body)
        count = first & 0x1F
        if packet_type == RTPFB and count == FMT_TRANSPORT_CC:
            packets.append(FeedbackBody(body))
            position = end
            continue
        packet = _parse_one(packet_type, count, body)
        if packet is not None:
            packets.append(packet)
        position = end
    return packets


def _without_padding(body: bytes) -> bytes:
    if not body or body[-1] == 0 or body[-1] > len(body):
        raise MalformedPacket("RTCP padding wrong")
    return body[: -body[-1]]


def _need(body: bytes, size: int) -> None:
    if len(body) < size:
        raise MalformedPacket("RTCP body cut short")


def _parse_one(packet_type: int, count: int, body: bytes) -> RtcpPacket | None:
    parser = _PARSERS.get((packet_type, -1)) or _PARSERS.get((packet_type, count))
    return parser(count, body) if parser else None


def _reports(count: int, body: bytes, offset: int) -> tuple[ReportBlock, ...]:
    _need(body, offset + 24 * count)
    return tuple(_report(body, offset + 24 * index) for index in range(count))


def _report(body: bytes, offset: int) -> ReportBlock:
    ssrc, loss, highest, jitter, lsr, dlsr = _REPORT.unpack_from(body, offset)
    lost = loss & 0xFFFFFF
    return ReportBlock(
        ssrc=ssrc,
        fraction_lost=loss >> 24,
        packets_lost=lost - 0x1000000 if lost & 0x800000 else lost,
        highest_sequence=highest,
        jitter=jitter,
        lsr=lsr,
        dlsr=dlsr,
    )


def _sender_report(count: int, body: bytes) -> RtcpPacket:
    _need(body, 24)
    ssrc, ntp, timestamp, packets, octets = _SENDER.unpack_from(body)
    return SenderReport(
        ssrc=ssrc,
        ntp=ntp,
        rtp_timestamp=timestamp,
        packet_count=packets,
        octet_count=octets,
        reports=_reports(count, body, 24),
    )


def _receiver_report(count: int, body: bytes) -> RtcpPacket:
    _need(body, 4)
    return ReceiverReport(ssrc=int.from_bytes(body[:4], "big"), reports=_reports(count, body, 4))


def _source_description(count: int, body: bytes) -> RtcpPacket:
    chunks = []
    position = 0
    for _ in range(count):
        _need(body, position + 5)
        ssrc = int.from_bytes(body[position : position + 4], "big")
        position += 4
        cname = ""
        while position < len(body) and body[position] != 0:
            _need(body, position + 2)
            kind, size = body[position], body[position + 1]
            _need(body, position + 2 + size)
            if kind == 1:
                cname = body[position + 2 : position + 2 + size].decode(errors="replace")
            position += 2 + size
        position += 4 - position % 4
        chunks.append((ssrc, cname))
    return SourceDescription(chunks=tuple(chunks))


def _bye(count: int, body: bytes) -> RtcpPacket:
    _need(body, 4 * count)
    return Bye(ssrcs=tuple(int.from_bytes(body[4 * i : 4 * i + 4], "big") for i in range(count)))


def _nack(_count: int, body: bytes) -> RtcpPacket:
    _need(body, 8)
    sender, media = _TWO.unpack_from(body)
    lost = []
    for offset in range(8, len(body) - 3, 4):
        first = int.from_bytes(body[offset : offset + 2], "big")
        mask = int.from_bytes(body[offset + 2 : offset + 4], "big")
        lost.append(first)
        lost += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return Nack(sender_ssrc=sender, media_ssrc=media, lost=tuple(lost))


def _pli(_count: int, body: bytes) -> RtcpPacket:
    _need(body, 8)
    sender, media = _TWO.unpack_from(body)
    return Pli(sender_ssrc=sender, media_ssrc=media)


def _fir(_count: int, body: bytes) -> RtcpPacket:
    _need(body, 8)
    entries = tuple(
        (int.from_bytes(body[offset : offset + 4], "big"), body[offset + 4]) for offset in range(8, len(body) - 7, 8)
    )
    return Fir(sender_ssrc=int.from_bytes(body[:4], "big"), entries=entries)


def _application(_count: int, body: bytes) -> RtcpPacket | None:
    if body[8:12] != b"REMB":
        return None
    _need(body, 16)
    count, rate = body[12], int.from_bytes(body[13:16], "big")
    _need(body, 16 + 4 * count)
    ssrcs = tuple(int.from_bytes(body[16 + 4 * i : 20 + 4 * i], "big") for i in range(count))
    bitrate = (rate & 0x3FFFF) << (rate >> 18)
    return Remb(sender_ssrc=int.from_bytes(body[:4], "big"), bitrate_bps=bitrate, ssrcs=ssrcs)


_PARSERS: dict[tuple[int, int], Callable[[int, bytes], RtcpPacket | None]] = {
    (SR, -1): _sender_report,
    (RR, -1): _receiver_report,
    (SDES, -1): _source_description,
    (BYE, -1): _bye,
    (RTPFB, FMT_NACK): _nack,
    (PSFB, FMT_PLI): _pli,
    (PSFB, FMT_FIR): _fir,
    (PSFB, FMT_APPLICATION): _application,
}
