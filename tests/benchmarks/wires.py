"""Links that go nowhere: what is sent on them is kept, and what they decrypt was never encrypted."""

from __future__ import annotations

import asyncio
from typing import cast

from benchmarks.media_link import MediaLink
from sfu.rtp.packet import Packet, parse_rtp_untrusted
from sfu.transport.srtp import Buffer


class Wire:
    """Looks like a MediaLink to those who send and decrypt."""

    def __init__(self) -> None:
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.decrypted = 0
        self.rtt_s = 0.02
        self.sent = asyncio.Event()

    def send_rtp(self, data: bytearray | bytes) -> None:
        self.rtp.append(bytes(data))
        self.sent.set()

    def send_rtcp(self, data: bytes) -> None:
        self.rtcp.append(data)

    def unprotect(self, buffer: Buffer, size: int) -> int:
        self.decrypted += 1
        return size

    @property
    def link(self) -> MediaLink:
        return cast(MediaLink, self)

    @property
    def packets(self) -> list[Packet]:
        return [parse_rtp_untrusted(data, arrival_s=0.0) for data in self.rtp]


def in_buffer(data: bytes) -> tuple[Buffer, int]:
    """A datagram as a link hands it over."""
    buffer = Buffer(2048)
    buffer.data[: len(data)] = data
    return buffer, len(data)
