"""Room 5's last step: serialise, encrypt in place, send in batches.

UDP_SEGMENT (Linux 4.18): one sendmsg carries many datagrams of equal size, the last of which may be shorter. Where the
platform or the path lacks it, the plain twin sends one by one.
"""

from __future__ import annotations

import errno
import socket
from struct import Struct
from typing import Protocol

from sfu.drops import DropReason, Drops
from sfu.outgoing import OutgoingPacket
from sfu.transport.ice import Address
from sfu.transport.srtp import TAG_ROOM, Buffer, SrtpSession

SOL_UDP = 17
UDP_SEGMENT = 103
MAX_SEGMENTS = 64
MAX_BATCH_BYTES = 65_000
MAX_PACKET_BYTES = 1_472
_SIZE = Struct("=H")
_NO_OFFLOAD = {errno.EIO, errno.EINVAL, errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.EMSGSIZE}


class Egress(Protocol):
    """Sends one peer's packets. Nothing is encrypted before `add`."""

    sent_packets: int
    sent_bytes: int

    def add(self, packet: OutgoingPacket, srtp: SrtpSession) -> bool:
        """Serialise and encrypt into the batch; False if it was dropped (counted)."""

    def flush(self) -> None:
        """Send what is in the batch."""


class UdpEgress:
    """Egress over a UDP socket; `offload` says whether batches go out in one call."""

    __slots__ = (
        "_address",
        "_buffer",
        "_control",
        "_count",
        "_drops",
        "_end",
        "_offload",
        "_segment",
        "_socket",
        "_start",
        "sent_bytes",
        "sent_packets",
    )

    def __init__(self, sock: socket.socket, address: Address, buffer: Buffer, drops: Drops, *, offload: bool) -> None:
        self._socket = sock
        self._address = address
        self._buffer = buffer
        self._drops = drops
        self._offload = offload
        self._start = self._end = self._segment = self._count = 0
        self._control: list[tuple[int, int, bytes]] = []
        self.sent_packets = 0
        self.sent_bytes = 0

    def add(self, packet: OutgoingPacket, srtp: SrtpSession) -> bool:
        """See Egress. A packet larger than those before it, or another after a shorter one, starts a new batch."""
        prefix, payload = packet.prefix, packet.payload
        head = len(prefix)
        size = head + len(payload)
        if size > MAX_PACKET_BYTES:
            self._drops[DropReason.EGRESS_TOO_LARGE] += 1
            return False
        if self._count == MAX_SEGMENTS or self._end + size + TAG_ROOM > MAX_BATCH_BYTES:
            self.flush()
        end = self._end
        view = self._buffer.view
        view[end : end + head] = prefix
        view[end + head : end + size] = payload
        size = srtp.protect(self._buffer, end, size)
        if size < 0:
            self._drops[DropReason.SRTP_PROTECT] += 1
            return False
        if self._count and size > self._segment:
            self._send(self._start, end)
            self._start, self._count = end, 0
        if not self._count:
            self._segment = size
        self._count += 1
        self._end = end + size
        if size < self._segment or not self._offload:
            self.flush()
        return True

    def flush(self) -> None:
        """See Egress."""
        if self._count:
            self._send(self._start, self._end)
        self._start = self._end = self._count = 0

    def _send(self, start: int, end: int) -> None:
        data = self._buffer.view[start:end]
        try:
            if self._count > 1:
                control = [(SOL_UDP, UDP_SEGMENT, _SIZE.pack(self._segment))]
                self._socket.sendmsg([data], control, 0, self._address)
            else:
                self._socket.sendto(data, self._address)
        except (BlockingIOError, InterruptedError):
            self._drops[DropReason.SEND_WOULD_BLOCK] += self._count
            return
        except OSError as error:
            if self._count > 1 and error.errno in _NO_OFFLOAD:
                self._offload = False
                self._send_singly(data)
                return
            self._drops[DropReason.SEND_FAILED] += self._count
            return
        self.sent_packets += self._count
        self.sent_bytes += end - start

    def _send_singly(self, data: memoryview) -> None:
        for offset in range(0, len(data), self._segment):
            try:
                self._socket.sendto(data[offset : offset + self._segment], self._address)
            except OSError:
                self._drops[DropReason.SEND_FAILED] += 1
                continue
            self.sent_packets += 1
        self.sent_bytes += len(data)


class FramedEgress:
    """Egress over a TCP link: each packet framed (RFC 4571) and written at once."""

    def __init__(self, link: FramedLink, buffer: Buffer, drops: Drops) -> None:
        self._link = link
        self._buffer = buffer
        self._drops = drops
        self.sent_packets = 0
        self.sent_bytes = 0

    def add(self, packet: OutgoingPacket, srtp: SrtpSession) -> bool:
        """See Egress."""
        size = packet.size_bytes
        if size > MAX_PACKET_BYTES:
            self._drops[DropReason.EGRESS_TOO_LARGE] += 1
            return False
        head = len(packet.prefix)
        self._buffer.view[:head] = packet.prefix
        self._buffer.view[head:size] = packet.payload
        size = srtp.protect(self._buffer, 0, size)
        if size < 0:
            self._drops[DropReason.SRTP_PROTECT] += 1
            return False
        if not self._link.write_frame(self._buffer.view[:size]):
            return False
        self.sent_packets += 1
        self.sent_bytes += size
        return True

    def flush(self) -> None:
        """Nothing is held back."""


class FramedLink(Protocol):
    """Writes one frame; False if its queue is full (counted by the link)."""

    def write_frame(self, data: memoryview) -> bool:
        """Queue `data` behind its 16-bit length."""
