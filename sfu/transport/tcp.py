"""ICE-TCP, passive (RFC 6544): accepted connections are links with one remote address each."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, cast

from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.transport.framing import FramedEgress, FrameReader, frame
from sfu.transport.ice import Address
from sfu.transport.links import Counters, Received
from sfu.transport.route import MAX_DATAGRAM, Router
from sfu.transport.srtp import SrtpSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from sfu.transport.transport import Transport

UNCLAIMED_TIMEOUT_S = 10.0
LINGER_S = 2.0  # for what is queued when the peer leaves
MAX_UNCLAIMED = 256
MAX_WRITE_QUEUE_BYTES = 128 * 1024  # a key frame; at 1 Mb/s one second, and more would only be late
UNSENT_BYTES = 16 * 1024  # what the kernel may hold unsent: the backlog shall be ours, where it is counted


class TcpConnections:
    """The open connections. Those that no transport has claimed are few and short-lived.

    When there are too many of them the oldest is closed, so that who fills the port does not keep others out.
    """

    def __init__(self) -> None:
        self.claimed: set[TcpConnection] = set()
        self.unclaimed: dict[TcpConnection, None] = {}

    def add(self, connection: TcpConnection) -> None:
        """Accepted, and not claimed yet."""
        self.unclaimed[connection] = None
        if len(self.unclaimed) > MAX_UNCLAIMED:
            next(iter(self.unclaimed)).close()

    def claim(self, connection: TcpConnection) -> None:
        """A peer has proven that it is at the other end."""
        if connection in self.unclaimed:
            del self.unclaimed[connection]
            self.claimed.add(connection)

    def remove(self, connection: TcpConnection) -> None:
        """Closed."""
        self.unclaimed.pop(connection, None)
        self.claimed.discard(connection)

    def close(self) -> None:
        """Close all."""
        for connection in [*self.unclaimed, *self.claimed]:
            connection.close()


class TcpConnection(asyncio.Protocol):
    """One accepted connection."""

    protocol = "tcp"

    def __init__(
        self, router: Router, connections: TcpConnections, *, priority: int, after_batch: Callable[[], None]
    ) -> None:
        self.local: Address = ()
        self.priority = priority
        self._router = router
        self._connections = connections
        self._after_batch = after_batch
        self._reader = FrameReader()
        self._received = Received(MAX_DATAGRAM)
        self._known: dict[Address, Transport] = {}
        self._stream: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept; who authenticates nothing in time is closed."""
        self._stream = cast("asyncio.Transport", transport)
        self.local = transport.get_extra_info("sockname") or ()
        self._received.address = transport.get_extra_info("peername") or ()
        _limit_unsent(transport.get_extra_info("socket"))
        self._start_timer(UNCLAIMED_TIMEOUT_S)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Frames go the way of datagrams."""
        now = time.monotonic()
        try:
            frames = self._reader.feed_untrusted(data)
        except MalformedPacket:
            self._router.drops[DropReason.TCP_FRAME_MALFORMED] += 1
            self.close()
            return
        received = self._received
        for each in frames:
            received.size = len(each)
            received.buffer.view[: received.size] = each
            received.arrival_s = now
            self._router.receive(received, self._known, self)
        if frames:
            self._after_batch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer's transport loses this link."""
        self._stream = None
        if self._timer is not None:
            self._timer.cancel()
        self._connections.remove(self)
        for transport in set(self._known.values()):
            transport.on_link_lost(self)
        self._known.clear()

    def send(self, data: bytes | memoryview, address: Address) -> bool:
        """See Link."""
        return self.write_frames(frame(data))

    def write_frames(self, data: bytes) -> bool:
        """See FramedStream."""
        stream = self._stream
        if stream is None or stream.is_closing():
            self._router.drops[DropReason.SEND_FAILED] += 1
            return False
        if stream.get_write_buffer_size() + len(data) > MAX_WRITE_QUEUE_BYTES:
            self._router.drops[DropReason.TCP_WRITE_QUEUE_FULL] += 1
            return False
        stream.write(data)
        return True

    def open_egress(self, address: Address, srtp: SrtpSession, drops: Drops, counters: Counters) -> FramedEgress:
        """See Link."""
        return FramedEgress(self, srtp, drops, counters)

    def claim(self, address: Address, transport: Transport) -> None:
        """See Link."""
        self._known[address] = transport
        self._connections.claim(self)

    def release(self, address: Address, transport: Transport) -> None:
        """See Link. A connection that serves nobody is closed, after what is queued has been sent."""
        if self._known.get(address) is transport:
            del self._known[address]
            if self._stream is not None and not self._known:
                self._stream.close()
                self._start_timer(LINGER_S)

    def close(self) -> None:
        """Close the connection at once."""
        self._connections.remove(self)
        if self._stream is not None:
            self._stream.abort()

    def _start_timer(self, delay_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._close_if_unclaimed)

    def _close_if_unclaimed(self) -> None:
        if not self._known:
            self.close()


def _limit_unsent(sock: socket.socket | None) -> None:
    if sock is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
