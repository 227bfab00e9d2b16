"""Room 1: a UDP socket. Read a batch, take the kernel's arrival times, and only then route."""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING

from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.transport.egress import UdpEgress
from sfu.transport.ice import Address, local_ufrag, parse_stun_untrusted
from sfu.transport.links import Link, Received
from sfu.transport.srtp import Buffer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sfu.transport.transport import Transport

BATCH = 32
MAX_DATAGRAM = 1500
SOCKET_BUFFER_BYTES = 4 * 1024 * 1024  # 1 s of 30 Mb/s
SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("=qq")
_CONTROL_SPACE = socket.CMSG_SPACE(_TIMESPEC.size)


class Router:
    """Which transport a datagram is for: by ufrag for checks, by source address for everything else (RFC 7983)."""

    def __init__(self) -> None:
        self.by_ufrag: dict[str, Transport] = {}
        self.drops = Drops()

    def route(self, received: Received, known: dict[Address, Transport], link: Link) -> None:
        """Give one datagram to its transport, or count why not."""
        size = received.size
        first = received.buffer.data[0]
        if 128 <= first <= 191:
            transport = known.get(received.address)
            if transport is None:
                self.drops[DropReason.UNKNOWN_SOURCE] += 1
            elif size < 12:
                self.drops[DropReason.RTP_MALFORMED] += 1
            else:
                transport.on_srtp(received.buffer, size, arrival_s=received.arrival_s)
        elif first < 4:
            self._route_stun(received, link)
        elif 20 <= first <= 63:
            transport = known.get(received.address)
            if transport is None:
                self.drops[DropReason.UNKNOWN_SOURCE] += 1
            else:
                transport.on_dtls(bytes(received.buffer.view[:size]))
        else:
            self.drops[DropReason.UNKNOWN_FIRST_BYTE] += 1

    def _route_stun(self, received: Received, link: Link) -> None:
        try:
            message = parse_stun_untrusted(bytes(received.buffer.view[: received.size]))
        except MalformedPacket:
            self.drops[DropReason.STUN_MALFORMED] += 1
            return
        ufrag = local_ufrag(message)
        transport = self.by_ufrag.get(ufrag) if ufrag else None
        if transport is None:
            self.drops[DropReason.STUN_UNKNOWN_UFRAG] += 1
            return
        transport.on_stun(message, link, received.address, now=received.arrival_s)


class UdpPort:
    """One bound UDP socket and the peers behind it."""

    protocol = "udp"

    def __init__(
        self, sock: socket.socket, router: Router, buffer: Buffer, *, offload: bool, after_batch: Callable[[], None]
    ) -> None:
        self.local: Address = sock.getsockname()
        self._socket = sock
        self._router = router
        self._send_buffer = buffer
        self._offload = offload
        self._after_batch = after_batch
        self._known: dict[Address, Transport] = {}
        self._slots = [Received(Buffer(MAX_DATAGRAM + 1)) for _ in range(BATCH)]
        self._stamped = _enable_timestamps(sock)

    def fileno(self) -> int:
        """The socket's, for the event loop."""
        return self._socket.fileno()

    def on_readable(self) -> None:
        """Read up to BATCH datagrams, then route them."""
        count = self._read_batch()
        known, router = self._known, self._router
        for slot in self._slots[:count]:
            if slot.size == 0:
                router.drops[DropReason.EMPTY_DATAGRAM] += 1
            elif slot.size > MAX_DATAGRAM:
                router.drops[DropReason.OVERSIZED_DATAGRAM] += 1
            else:
                router.route(slot, known, self)
        if count:
            self._after_batch()

    def _read_batch(self) -> int:
        receive = self._socket.recvmsg_into
        now = time.monotonic()
        offset = now - time.time()
        count = 0
        for slot in self._slots:
            try:
                slot.size, control, _, slot.address = receive([slot.buffer.data], _CONTROL_SPACE)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                continue  # an ICMP error of an earlier send
            if control and self._stamped:
                seconds, nanoseconds = _TIMESPEC.unpack(control[0][2][:16])
                slot.arrival_s = min(now, seconds + nanoseconds * 1e-9 + offset)
            else:
                slot.arrival_s = now
            count += 1
        return count

    def send(self, data: bytes | memoryview, address: Address) -> bool:
        """See Link."""
        try:
            self._socket.sendto(data, address)
        except (BlockingIOError, InterruptedError):
            self._router.drops[DropReason.SEND_WOULD_BLOCK] += 1
            return False
        except OSError:
            self._router.drops[DropReason.SEND_FAILED] += 1
            return False
        return True

    def egress(self, address: Address) -> UdpEgress:
        """See Link."""
        return UdpEgress(self._socket, address, self._send_buffer, self._router.drops, offload=self._offload)

    def claim(self, address: Address, transport: Transport) -> None:
        """See Link."""
        self._known[address] = transport

    def release(self, address: Address, transport: Transport) -> None:
        """See Link."""
        if self._known.get(address) is transport:
            del self._known[address]

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def bind_udp(host: str, port: int) -> socket.socket:
    """A non-blocking UDP socket with large buffers. Raises OSError if the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
        sock.bind((host, port))
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def supports_segmentation(sock: socket.socket) -> bool:
    """Whether the kernel knows UDP_SEGMENT."""
    try:
        sock.getsockopt(17, 103)
    except OSError:
        return False
    return True


def _enable_timestamps(sock: socket.socket) -> bool:
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    except OSError:
        return False
    return True
