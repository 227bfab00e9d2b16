"""ICE-TCP, passive (RFC 6544), with the framing of RFC 4571: two bytes of length before each packet."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

from sfu.drops import DropReason
from sfu.errors import MalformedPacket
from sfu.transport.egress import FramedEgress
from sfu.transport.ice import Address
from sfu.transport.links import Received
from sfu.transport.port import MAX_DATAGRAM, Router
from sfu.transport.srtp import Buffer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sfu.transport.transport import Transport

UNCLAIMED_TIMEOUT_S = 10.0
MAX_CONNECTIONS = 256
MAX_WRITE_QUEUE_BYTES = 256 * 1024  # about half a second of 4 Mb/s; more would only be late


class FrameReader:
    """Takes a byte stream apart into packets."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed_untrusted(self, data: bytes) -> list[bytes]:
        """The packets complete by now. Raises MalformedPacket for one longer than any datagram of ours may be."""
        pending = self._pending
        pending += data
        frames = []
        position = 0
        while len(pending) - position >= 2:
            size = pending[position] << 8 | pending[position + 1]
            if size > MAX_DATAGRAM:
                raise MalformedPacket("TCP frame longer than a datagram may be")
            if len(pending) - position - 2 < size:
                break
            frames.append(bytes(pending[position + 2 : position + 2 + size]))
            position += 2 + size
        del pending[:position]
        return frames


class TcpConnection(asyncio.Protocol):
    """One accepted connection: a link with a single remote address."""

    protocol = "tcp"

    def __init__(self, router: Router, buffer: Buffer, open_connections: set[TcpConnection], after: Callable[[], None]):
        self.local: Address = ()
        self._router = router
        self._send_buffer = buffer
        self._open = open_connections
        self._after_batch = after
        self._reader = FrameReader()
        self._received = Received(Buffer(MAX_DATAGRAM + 1))
        self._known: dict[Address, Transport] = {}
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept, unless there are too many; who authenticates nothing in time is closed."""
        self._transport = cast("asyncio.Transport", transport)
        self.local = transport.get_extra_info("sockname")
        self._received.address = transport.get_extra_info("peername")
        if len(self._open) >= MAX_CONNECTIONS:
            self._transport.abort()
            return
        self._open.add(self)
        self._timer = asyncio.get_running_loop().call_later(UNCLAIMED_TIMEOUT_S, self._close_if_unclaimed)

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
        for frame in frames:
            if not frame:
                self._router.drops[DropReason.EMPTY_DATAGRAM] += 1
                continue
            received.size = len(frame)
            received.buffer.view[: received.size] = frame
            received.arrival_s = now
            self._router.route(received, self._known, self)
        self._after_batch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer's transport loses this link."""
        if self._timer is not None:
            self._timer.cancel()
        self._open.discard(self)
        for transport in set(self._known.values()):
            transport.on_link_lost(self)
        self._known.clear()
        self._transport = None

    def send(self, data: bytes | memoryview, address: Address) -> bool:
        """See Link."""
        return self.write_frame(memoryview(data))

    def write_frame(self, data: memoryview) -> bool:
        """See FramedLink."""
        transport = self._transport
        if transport is None or transport.is_closing():
            self._router.drops[DropReason.SEND_FAILED] += 1
            return False
        if transport.get_write_buffer_size() > MAX_WRITE_QUEUE_BYTES:
            self._router.drops[DropReason.TCP_WRITE_QUEUE_FULL] += 1
            return False
        transport.write(len(data).to_bytes(2, "big") + bytes(data))
        return True

    def egress(self, address: Address) -> FramedEgress:
        """See Link."""
        return FramedEgress(self, self._send_buffer, self._router.drops)

    def claim(self, address: Address, transport: Transport) -> None:
        """See Link."""
        self._known[address] = transport

    def release(self, address: Address, transport: Transport) -> None:
        """See Link. A connection that serves nobody is closed."""
        if self._known.get(address) is transport:
            del self._known[address]
            self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _close_if_unclaimed(self) -> None:
        if not self._known:
            self.close()
