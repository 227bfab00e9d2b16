"""Room 1: a UDP socket. Read a batch, take the kernel's arrival times, and only then route."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from sfu.drops import Drops
from sfu.transport.egress import SOL_UDP, UDP_SEGMENT, Egress, GsoEgress, PlainEgress, send_datagram
from sfu.transport.ice import Address
from sfu.transport.links import Counters, Received
from sfu.transport.route import MAX_DATAGRAM, Router
from sfu.transport.srtp import SrtpSession
from sfu.transport.stamps import TIMESPEC, arrival_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from sfu.transport.transport import Transport

BATCH = 32
SOCKET_BUFFER_BYTES = 4 * 1024 * 1024  # 1 s of 30 Mb/s
SO_RCVBUFFORCE, SO_SNDBUFFORCE = 33, 32  # past the system's limit, for the administrator
SO_TIMESTAMPNS = 35
_CONTROL_SPACE = socket.CMSG_SPACE(TIMESPEC.size)


class UdpPort:
    """One bound UDP socket and the peers behind it. `offload`: send UDP_SEGMENT batches."""

    protocol = "udp"

    def __init__(
        self,
        sock: socket.socket,
        router: Router,
        *,
        priority: int,
        offload: bool,
        after_batch: Callable[[], None],
    ) -> None:
        self.local: Address = sock.getsockname()
        self.priority = priority
        self._socket = sock
        self._router = router
        self._offload = offload
        self._after_batch = after_batch
        self._known: dict[Address, Transport] = {}
        self._slots = [Received(MAX_DATAGRAM + 1) for _ in range(BATCH)]
        _enable_timestamps(sock)

    def fileno(self) -> int:
        """The socket's, for the event loop."""
        return self._socket.fileno()

    def on_readable(self) -> None:
        """Read up to BATCH datagrams, then route them; the loop calls again while there are more."""
        count = self._read_batch()
        if not count:
            return
        known, receive = self._known, self._router.receive
        for slot in self._slots[:count]:
            receive(slot, known, self)
        self._after_batch()

    def _read_batch(self) -> int:
        receive = self._socket.recvmsg_into
        now = time.monotonic()
        offset = now - time.time()
        for count, slot in enumerate(self._slots):
            try:
                slot.size, control, _, slot.address = receive(slot.vector, _CONTROL_SPACE)
            except OSError:  # nothing more to read, or an ICMP error of an earlier send: the loop calls again
                return count
            slot.arrival_s = arrival_s(control[0][2], 0, now=now, offset_s=offset) if control else now
        return BATCH

    def send(self, data: bytes | memoryview, address: Address) -> bool:
        """See Link."""
        return send_datagram(self._socket, data, address, self._router.drops)

    def open_egress(self, address: Address, srtp: SrtpSession, drops: Drops, counters: Counters) -> Egress:
        """See Link."""
        kind = GsoEgress if self._offload else PlainEgress
        return kind(self._socket, address, srtp, drops, counters)

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
        _raise_buffer(sock, SO_RCVBUFFORCE, socket.SO_RCVBUF)
        _raise_buffer(sock, SO_SNDBUFFORCE, socket.SO_SNDBUF)
        sock.bind((host, port))
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def supports_segmentation(sock: socket.socket) -> bool:
    """Whether the kernel knows UDP_SEGMENT. One that does not would send a batch as one huge datagram."""
    try:
        sock.getsockopt(SOL_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True


def _raise_buffer(sock: socket.socket, forced: int, allowed: int) -> None:
    try:
        sock.setsockopt(socket.SOL_SOCKET, forced, SOCKET_BUFFER_BYTES)
    except OSError:
        sock.setsockopt(socket.SOL_SOCKET, allowed, SOCKET_BUFFER_BYTES)


def _enable_timestamps(sock: socket.socket) -> None:
    """Kernel arrival times, where the platform has them."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    except OSError:
        return
