"""Room 5's last step: serialise, encrypt in place, send in batches.

UDP_SEGMENT (Linux 4.18): one sendmsg carries up to 64 datagrams of equal size, the last of which may be shorter. Where
the platform lacks it, the plain twin sends one by one.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from struct import Struct
from typing import Protocol

from sfu.drops import DropReason, Drops
from sfu.outgoing import OutgoingPacket
from sfu.transport.ice import Address
from sfu.transport.links import Counters
from sfu.transport.srtp import TAG_ROOM, Buffer, SrtpSession

SOL_UDP = 17
UDP_SEGMENT = 103
MAX_SEGMENTS = 64  # UDP_MAX_SEGMENTS of every kernel that has the option
MAX_BATCH_BYTES = 65_000  # a batch is one datagram to the kernel until it is cut: 65,507 with IPv4
MAX_PACKET_BYTES = 1_600  # what the port takes in, and room for rebuilt extensions; the kernel fragments over the MTU
_LAST_START = MAX_BATCH_BYTES - MAX_PACKET_BYTES - TAG_ROOM
_SIZE = Struct("=H")
Protect = Callable[[Buffer, int, int], int]  # SrtpSession.protect
_SEGMENT_TOO_LARGE = (errno.EINVAL, errno.EMSGSIZE)  # for the path's MTU
_NO_OFFLOAD = (errno.EIO, errno.ENOPROTOOPT, errno.EOPNOTSUPP)  # the device cannot, whatever the size


class Egress(Protocol):
    """Sends one peer's packets over its path.

    ready: whether there is a path with keys; without, every packet is dropped and counted.
    """

    ready: bool

    def add(self, packet: OutgoingPacket) -> bool:
        """Serialise and encrypt into the batch; False if it was dropped (counted)."""

    def flush(self) -> None:
        """Send what is in the batch."""

    def collect(self) -> None:
        """Bring the transport's counters up to date, where they are counted elsewhere."""


class ClosedEgress:
    """Where packets go while there is no path or no key."""

    __slots__ = ("_drops",)
    ready = False

    def __init__(self, drops: Drops) -> None:
        self._drops = drops

    def add(self, packet: OutgoingPacket) -> bool:
        """See Egress."""
        self._drops[DropReason.SRTP_NOT_READY] += 1
        return False

    def collect(self) -> None:
        """See Egress. Nothing is counted elsewhere."""

    def flush(self) -> None:
        """See Egress."""


class PlainEgress:
    """Egress over a UDP socket, one call a packet."""

    __slots__ = ("_address", "_buffer", "_counters", "_drops", "_protect", "_socket")
    ready = True

    def __init__(
        self, sock: socket.socket, address: Address, srtp: SrtpSession, drops: Drops, counters: Counters
    ) -> None:
        self._socket = sock
        self._address = address
        self._protect = srtp.protect
        self._drops = drops
        self._counters = counters
        self._buffer = Buffer(MAX_PACKET_BYTES + TAG_ROOM)

    def add(self, packet: OutgoingPacket) -> bool:
        """See Egress. Sent at once."""
        size = serialise(packet, self._buffer, 0, self._protect, self._drops)
        if size < 0 or not send_datagram(self._socket, self._buffer.view[:size], self._address, self._drops):
            return False
        self._counters.sent_packets += 1
        self._counters.sent_bytes += size
        return True

    def collect(self) -> None:
        """See Egress. Nothing is counted elsewhere."""

    def flush(self) -> None:
        """See Egress. Nothing is held back."""


class GsoEgress:
    """Egress over a UDP socket in UDP_SEGMENT batches.

    Packets lie one behind the other in the buffer; those from `_start` on are not sent yet, all of `_segment` bytes.
    A larger packet starts a new batch, a shorter one ends the batch it is in. Segments over `_limit` bytes go singly:
    the path's MTU refused them.
    """

    __slots__ = (
        "_address",
        "_buffer",
        "_count",
        "_counters",
        "_drops",
        "_end",
        "_limit",
        "_protect",
        "_segment",
        "_socket",
        "_start",
    )
    ready = True

    def __init__(
        self, sock: socket.socket, address: Address, srtp: SrtpSession, drops: Drops, counters: Counters
    ) -> None:
        self._socket = sock
        self._address = address
        self._protect = srtp.protect
        self._drops = drops
        self._counters = counters
        self._buffer = Buffer(MAX_BATCH_BYTES)
        self._limit = MAX_BATCH_BYTES
        self._start = self._end = self._segment = self._count = 0

    def add(self, packet: OutgoingPacket) -> bool:
        """See Egress."""
        if self._count == MAX_SEGMENTS or self._end > _LAST_START:
            self.flush()
        end = self._end
        size = serialise(packet, self._buffer, end, self._protect, self._drops)
        if size < 0:
            return False
        if not self._count:
            self._segment = size
        elif size > self._segment:
            self._send()
            self._start, self._segment = end, size
        self._count += 1
        self._end = end + size
        if size < self._segment or size > self._limit:
            self.flush()
        return True

    def collect(self) -> None:
        """See Egress. Nothing is counted elsewhere."""

    def flush(self) -> None:
        """See Egress."""
        if self._count:
            self._send()
        self._start = self._end = 0

    def _send(self) -> None:
        """Send what lies between `_start` and `_end`."""
        count, self._count = self._count, 0
        data = self._buffer.view[self._start : self._end]
        if count == 1:
            self._send_singly(data)
            return
        try:
            self._socket.sendmsg([data], [(SOL_UDP, UDP_SEGMENT, _SIZE.pack(self._segment))], 0, self._address)
        except (BlockingIOError, InterruptedError):
            self._drops[DropReason.SEND_WOULD_BLOCK] += count
        except OSError as error:
            self._on_refused(error, data, count)
        else:
            self._counters.sent_packets += count
            self._counters.sent_bytes += len(data)

    def _on_refused(self, error: OSError, data: memoryview, count: int) -> None:
        if error.errno in _SEGMENT_TOO_LARGE:
            self._limit = self._segment - 1
        elif error.errno in _NO_OFFLOAD:
            self._limit = 0
        else:
            self._drops[DropReason.SEND_FAILED] += count
            return
        self._send_singly(data)

    def _send_singly(self, data: memoryview) -> None:
        for offset in range(0, len(data), self._segment):
            one = data[offset : offset + self._segment]
            if send_datagram(self._socket, one, self._address, self._drops):
                self._counters.sent_packets += 1
                self._counters.sent_bytes += len(one)


def serialise(packet: OutgoingPacket, buffer: Buffer, offset: int, protect: Protect, drops: Drops) -> int:
    """The packet encrypted at `offset` of the buffer; its size, negative if it was dropped (counted)."""
    prefix, payload = packet.prefix, packet.payload
    middle = offset + len(prefix)
    end = middle + len(payload)
    if end - offset > MAX_PACKET_BYTES:
        drops[DropReason.EGRESS_TOO_LARGE] += 1
        return -1
    view = buffer.view
    view[offset:middle] = prefix
    view[middle:end] = payload
    size = protect(buffer, offset, end - offset)
    if size < 0:
        drops[DropReason.SRTP_PROTECT] += 1
    return size


def send_datagram(sock: socket.socket, data: bytes | memoryview, address: Address, drops: Drops) -> bool:
    """One datagram; False if it was dropped (counted)."""
    try:
        sock.sendto(data, address)
    except (BlockingIOError, InterruptedError):
        drops[DropReason.SEND_WOULD_BLOCK] += 1
        return False
    except OSError:
        drops[DropReason.SEND_FAILED] += 1
        return False
    return True
