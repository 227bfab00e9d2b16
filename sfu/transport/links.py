"""What a transport sends over: a UDP port or a TCP connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sfu.drops import Drops
from sfu.transport.ice import Address
from sfu.transport.srtp import Buffer, SrtpSession

if TYPE_CHECKING:
    from sfu.transport.egress import Egress
    from sfu.transport.transport import Transport


class Counters:
    """What one transport received and sent: packets, and bytes on the wire without IP and UDP headers."""

    __slots__ = ("received_bytes", "received_packets", "sent_bytes", "sent_packets")

    def __init__(self) -> None:
        self.received_packets = 0
        self.received_bytes = 0
        self.sent_packets = 0
        self.sent_bytes = 0


class Link(Protocol):
    """Sends datagrams (or framed messages) and says which transport an address belongs to.

    priority: of its ICE candidate (RFC 8445 §5.1.2).
    """

    protocol: str
    local: Address
    priority: int

    def send(self, data: bytes | memoryview, address: Address) -> bool:
        """One datagram; False if it could not be sent now (counted by the link)."""

    def open_egress(self, address: Address, srtp: SrtpSession, drops: Drops, counters: Counters) -> Egress:
        """A batching sender to one address."""

    def claim(self, address: Address, transport: Transport) -> None:
        """From now on what comes from `address` is for `transport`."""

    def release(self, address: Address, transport: Transport) -> None:
        """Undo `claim`, if it is still this transport's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Where a peer is reached. `remote` is its address as the socket names it."""

    link: Link
    remote: Address

    @property
    def protocol(self) -> str:
        """ "udp" or "tcp"."""
        return self.link.protocol

    @property
    def local(self) -> Address:
        """Our address."""
        return self.link.local


class Received:
    """A received datagram, before it is routed: `size` bytes at the head of `buffer`.

    vector: the buffer as recvmsg_into wants it. arrival_s: monotonic seconds.
    """

    __slots__ = ("address", "arrival_s", "buffer", "size", "vector")

    def __init__(self, size_bytes: int) -> None:
        self.buffer = Buffer(size_bytes)
        self.vector = [self.buffer.data]
        self.size = 0
        self.address: Address = ()
        self.arrival_s = 0.0
