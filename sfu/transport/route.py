"""Which transport a datagram is for: by ufrag for checks, by source address for everything else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.transport.ice import Address, is_check, local_ufrag, parse_stun_untrusted
from sfu.transport.links import Link, Received

if TYPE_CHECKING:
    from sfu.transport.transport import Transport

MAX_DATAGRAM = 1500  # what aiortc's and pylibsrtp's buffers take
MIN_SRTP_BYTES = 22  # header of RTP (12) or RTCP and its index (8 + 4), and the shortest tag (10)
LOG_INTERVAL_S = 1.0

log = structlog.get_logger("sfu")


class Router:
    """Demultiplexes by the first byte (RFC 7983 §7). `drops` counts what never reached a transport."""

    def __init__(self) -> None:
        self.by_ufrag: dict[str, Transport] = {}
        self.drops = Drops()
        self._logged_s = -LOG_INTERVAL_S

    def receive(self, received: Received, known: dict[Address, Transport], link: Link) -> None:
        """Take one datagram from the network. Whatever goes wrong in the rooms behind concerns this one alone."""
        try:
            self._route(received, known, link)
        except Exception:
            self.failed(received.address)

    def failed(self, address: Address) -> None:
        """Count and log the exception being handled, of a datagram from this address."""
        self.drops[DropReason.ROUTING_FAILED] += 1
        now = time.monotonic()
        if now - self._logged_s >= LOG_INTERVAL_S:  # a hostile or broken peer must not fill the log
            self._logged_s = now
            log.exception("a datagram could not be handled; it was dropped", remote=address)

    def _route(self, received: Received, known: dict[Address, Transport], link: Link) -> None:
        size = received.size
        if not 0 < size <= MAX_DATAGRAM:
            self.drops[DropReason.OVERSIZED_DATAGRAM if size else DropReason.EMPTY_DATAGRAM] += 1
            return
        first = received.buffer.data[0]
        if 128 <= first <= 191:
            transport = known.get(received.address)
            if transport is None:
                self.drops[DropReason.UNKNOWN_SOURCE] += 1
            elif size < MIN_SRTP_BYTES:
                self.drops[DropReason.RTP_MALFORMED] += 1
            else:
                transport.on_srtp(received.buffer, size, arrival_s=received.arrival_s)
        elif first <= 3:
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
        if not is_check(message):  # an indication, or an answer to what a lite agent never asked
            self.drops[DropReason.STUN_NOT_A_CHECK] += 1
            return
        transport = self.by_ufrag.get(local_ufrag(message) or "")
        if transport is None:
            self.drops[DropReason.STUN_UNKNOWN_UFRAG] += 1
            return
        transport.on_stun(message, link, received.address, now=received.arrival_s)
