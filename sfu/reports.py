"""Sender and receiver reports of one peer (RFC 3550 §6), and the round-trip time that they give."""

from __future__ import annotations

from collections import OrderedDict

from sfu.incoming import IncomingStream
from sfu.receiving import Subscription
from sfu.rtp.ntp import middle_32_bits, ntp_from_unix, short_difference_s
from sfu.rtp.rtcp import ReceiverReport, ReportBlock, SenderReport, SourceDescription

MAX_BLOCKS = 31
REMEMBERED_REPORTS = 512


class Reports:
    """Builds the reports and measures RTT by the LSR that comes back.

    An outgoing sender report carries the PUBLISHER's clock, so that audio and video of one endpoint stay in sync at the
    subscriber whatever was rewritten; `wall_offset_s` (Unix time minus monotonic) serves where that is not known yet.
    """

    def __init__(self, *, ssrc: int, cname: str, wall_offset_s: float) -> None:
        self._ssrc = ssrc
        self._cname = cname
        self._wall_offset_s = wall_offset_s
        self._sent: OrderedDict[int, float] = OrderedDict()
        self.rtt_s: float | None = None
        self.fraction_lost = 0.0

    def build(self, subscriptions: list[Subscription], incoming: list[IncomingStream], *, now: float) -> list[bytes]:
        """Compound packets to send now, each small enough for a datagram."""
        compounds = []
        blocks = [stream.report(now=now) for stream in incoming]
        for start in range(0, max(len(blocks), 1), MAX_BLOCKS):
            report = ReceiverReport(ssrc=self._ssrc, reports=tuple(blocks[start : start + MAX_BLOCKS]))
            description = SourceDescription(chunks=((self._ssrc, self._cname),))
            compounds.append(report.build() + description.build())
        compound = b""
        for subscription in subscriptions:
            report_bytes = self._sender_report(subscription, now)
            if len(compound) + len(report_bytes) > 1100:
                compounds.append(compound)
                compound = b""
            compound += report_bytes
        if compound:
            compounds.append(compound)
        return compounds

    def _sender_report(self, subscription: Subscription, now: float) -> bytes:
        out = subscription.out
        numbers = out.numbers
        stream = subscription.stream
        if stream is None or stream.clock_mark is None or numbers.last_timestamp is None:
            return b""
        mark = stream.clock_mark
        elapsed = now - mark.arrival_s
        ntp = (mark.ntp + int(elapsed * (1 << 32))) & 0xFFFFFFFFFFFFFFFF
        timestamp = mark.rtp_timestamp + round(elapsed * stream.clock_rate_hz) + numbers.timestamp_offset
        self._remember(middle_32_bits(ntp), now)
        report = SenderReport(
            ssrc=out.ssrc,
            ntp=ntp,
            rtp_timestamp=timestamp & 0xFFFFFFFF,
            packet_count=numbers.packet_count,
            octet_count=numbers.octet_count,
        )
        return report.build() + SourceDescription(chunks=((out.ssrc, out.cname),)).build()

    def _remember(self, lsr: int, now: float) -> None:
        self._sent[lsr] = now
        if len(self._sent) > REMEMBERED_REPORTS:
            self._sent.popitem(last=False)

    def own_clock_ntp(self, *, now: float) -> int:
        """Our wall clock as a 64-bit NTP timestamp."""
        return ntp_from_unix(now + self._wall_offset_s)

    def on_block(self, block: ReportBlock, *, now: float) -> None:
        """A report block about one of our streams."""
        self.fraction_lost += (block.fraction_lost / 256 - self.fraction_lost) * 0.2
        sent = self._sent.get(block.lsr)
        if block.lsr and sent is not None:
            rtt = now - sent - short_difference_s(block.dlsr, 0)
            if 0 <= rtt < 10:
                self.rtt_s = rtt if self.rtt_s is None else self.rtt_s + (rtt - self.rtt_s) * 0.25
