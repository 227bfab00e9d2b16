"""What a transport sends over: a UDP port or a TCP connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sfu.transport.ice import Address
from sfu.transport.srtp import Buffer

if TYPE_CHECKING:
    from sfu.transport.egress import Egress
    from sfu.transport.transport import Transport


class Link(Protocol):
    """Sends datagrams (or framed messages) and says which transport an address belongs to."""

    protocol: str
    local: Address

    def send(self, data: bytes | memoryview, address: Address) -> bool:
        """One datagram; False if it could not be sent now (counted by the link)."""

    def egress(self, address: Address) -> Egress:
        """A batching sender to one address."""

    def claim(self, address: Address, transport: Transport) -> None:
        """From now on what comes from `address` is for `transport`."""

    def release(self, address: Address, transport: Transport) -> None:
        """Undo `claim`, if it is still this transport's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Where a peer is reached. `protocol` "udp" or "tcp"."""

    link: Link
    remote: Address

    @property
    def protocol(self) -> str:
        """The link's."""
        return self.link.protocol


@dataclass(slots=True)
class Received:
    """A received datagram, before it is routed: `size` bytes at the head of `buffer`."""

    buffer: Buffer
    size: int = 0
    address: Address = ()
    arrival_s: float = 0.0
