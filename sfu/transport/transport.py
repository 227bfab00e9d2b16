"""Room 2: one transport per peer. STUN to the ICE agent, DTLS to aiortc, SRTP and SRTCP undone in place."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from aioice.stun import Message
from aiortc import RTCCertificate

from sfu.description import IceCredentials, RemoteDescription
from sfu.drops import DropReason, Drops
from sfu.outgoing import OutgoingPacket
from sfu.transport.dtls import DtlsSession
from sfu.transport.egress import Egress
from sfu.transport.ice import Address, IceAgent
from sfu.transport.links import Link, Path
from sfu.transport.srtp import TAG_ROOM, Buffer, SrtpSession, drop_reason

CONNECT_TIMEOUT_S = 30.0
MAX_ADDRESSES = 24  # remote addresses one peer may be reached from at a time
FIRST_RTCP_TYPE, LAST_RTCP_TYPE = 192, 223  # RFC 5761 §4


class TransportState(StrEnum):
    """Where a transport stands. DISCONNECTED may come back; CLOSED does not."""

    NEW = "new"
    HANDSHAKING = "handshaking"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    CLOSED = "closed"


class TransportHandler(Protocol):
    """Who gets what the transport has undone."""

    def on_rtp(self, data: bytes, *, arrival_s: float) -> None:
        """An RTP packet, decrypted."""

    def on_rtcp(self, data: bytes, *, arrival_s: float) -> None:
        """A compound RTCP packet, decrypted."""

    def on_transport_state(self, state: TransportState, *, now: float) -> None:
        """The state changed."""


class Transport:
    """ICE, DTLS, SRTP and egress of one peer. Made by `Ports.create_transport`."""

    def __init__(
        self,
        *,
        ice: IceAgent,
        remote: RemoteDescription,
        certificate: RTCCertificate,
        handler: TransportHandler,
        consent_timeout_s: float,
        clock: Callable[[], float],
        on_ufrags: Callable[[Transport], None],
        label: str,
    ) -> None:
        self.label = label
        self.state = TransportState.NEW
        self.path: Path | None = None
        self.egress: Egress | None = None
        self.drops = Drops()
        self.received_bytes = 0
        self.received_packets = 0
        self.ice = ice
        self._handler = handler
        self._consent_timeout_s = consent_timeout_s
        self._clock = clock
        self._on_ufrags = on_ufrags
        self._created_s = clock()
        self._srtp: SrtpSession | None = None
        self._scratch = Buffer(2048)
        self._addresses: list[tuple[Link, Address]] = []
        self._dtls = DtlsSession(
            certificate,
            remote.fingerprints,
            send=self._send_dtls,
            on_ready=self._on_srtp,
            on_closed=self.close,
        )

    @property
    def local_ice(self) -> IceCredentials:
        """The newest local credentials."""
        return self.ice.local

    # --- from the port ---

    def on_stun(self, message: Message, link: Link, address: Address, *, now: float) -> None:
        """A binding request for one of our ufrags."""
        outcome = self.ice.receive_check(message, address, now=now)
        if not outcome.accepted:
            self.drops[DropReason.STUN_BAD_INTEGRITY] += 1
            return
        if self.state is TransportState.CLOSED:
            return
        self._claim(link, address)
        if outcome.reply is not None:
            link.send(outcome.reply, address)
        if outcome.selected:
            self._use(link, address)
        if self.state is TransportState.NEW:
            self._set_state(TransportState.HANDSHAKING)
            self._dtls.start()
        elif self.state is TransportState.DISCONNECTED:
            self._set_state(TransportState.CONNECTED)

    def on_dtls(self, data: bytes) -> None:
        """A datagram that says it is DTLS."""
        if not self._dtls.receive_untrusted(data):
            self.drops[DropReason.DTLS_QUEUE_FULL] += 1

    def on_srtp(self, buffer: Buffer, size: int, *, arrival_s: float) -> None:
        """A datagram that says it is RTP or RTCP: `size` bytes at the head of `buffer`, undone in place."""
        srtp = self._srtp
        if srtp is None:
            self.drops[DropReason.SRTP_NOT_READY] += 1
            return
        if FIRST_RTCP_TYPE <= buffer.data[1] <= LAST_RTCP_TYPE:
            length = srtp.unprotect_rtcp(buffer, 0, size)
            if length > 0:
                self._handler.on_rtcp(bytes(buffer.view[:length]), arrival_s=arrival_s)
                return
        else:
            length = srtp.unprotect(buffer, 0, size)
            if length > 0:
                self.received_packets += 1
                self.received_bytes += size
                self._handler.on_rtp(bytes(buffer.view[:length]), arrival_s=arrival_s)
                return
        self.drops[drop_reason(length)] += 1

    def on_link_lost(self, link: Link) -> None:
        """A TCP connection closed."""
        self._addresses = [each for each in self._addresses if each[0] is not link]
        if self.path is not None and self.path.link is link:
            self.path = self.egress = None

    # --- for the peer ---

    def send_rtp(self, packet: OutgoingPacket) -> bool:
        """Add a packet to the egress's batch; the caller flushes. False if it cannot be sent now."""
        egress, srtp = self.egress, self._srtp
        if egress is None or srtp is None:
            self.drops[DropReason.SRTP_NOT_READY] += 1
            return False
        return egress.add(packet, srtp)

    def flush(self) -> None:
        """Send the egress's batch."""
        if self.egress is not None:
            self.egress.flush()

    def send_rtcp(self, compound: bytes) -> None:
        """Encrypt and send a compound RTCP packet."""
        if self._srtp is None or self.path is None:
            self.drops[DropReason.SRTP_NOT_READY] += 1
            return
        size = len(compound)
        if size + TAG_ROOM > len(self._scratch.data):
            self.drops[DropReason.EGRESS_TOO_LARGE] += 1
            return
        self._scratch.view[:size] = compound
        size = self._srtp.protect_rtcp(self._scratch, 0, size)
        if size < 0:
            self.drops[DropReason.SRTP_PROTECT] += 1
            return
        self.path.link.send(self._scratch.view[:size], self.path.remote)

    def restart_ice(self, *, local: IceCredentials, remote: IceCredentials) -> IceCredentials:
        """New credentials (RFC 8445 §9); the running path serves until a new one is nominated."""
        self.ice.restart(local=local, remote=remote)
        self._on_ufrags(self)
        return local

    def on_timer(self, *, now: float) -> None:
        """Time-outs: of the first connection, and of consent (RFC 7675 §5.1)."""
        if self.state in (TransportState.NEW, TransportState.HANDSHAKING):
            if now - self._created_s > CONNECT_TIMEOUT_S:
                self.close()
        elif self.state is TransportState.CONNECTED:
            consent = self.ice.last_consent_s
            if consent is None or now - consent > self._consent_timeout_s:
                self._set_state(TransportState.DISCONNECTED)

    def close(self) -> None:
        """Give everything back. Safe to call again."""
        if self.state is TransportState.CLOSED:
            return
        self._dtls.close()
        for link, address in self._addresses:
            link.release(address, self)
        self._addresses.clear()
        self._srtp = None
        self._set_state(TransportState.CLOSED)
        self._on_ufrags(self)

    # --- within ---

    def _claim(self, link: Link, address: Address) -> None:
        if (link, address) in self._addresses:
            return
        if len(self._addresses) >= MAX_ADDRESSES:
            oldest = next(each for each in self._addresses if self.path is None or each[1] != self.path.remote)
            self._addresses.remove(oldest)
            oldest[0].release(oldest[1], self)
        self._addresses.append((link, address))
        link.claim(address, self)

    def _use(self, link: Link, address: Address) -> None:
        if self.path is not None and self.path.link is link and self.path.remote == address:
            return
        self.path = Path(link=link, remote=address)
        self.egress = link.egress(address)
        self._on_ufrags(self)

    def _send_dtls(self, data: bytes) -> None:
        if self.path is not None:
            self.path.link.send(data, self.path.remote)

    def _on_srtp(self, srtp: SrtpSession) -> None:
        if self.state is not TransportState.CLOSED:
            self._srtp = srtp
            self._set_state(TransportState.CONNECTED)

    def _set_state(self, state: TransportState) -> None:
        if state is not self.state:
            self.state = state
            self._handler.on_transport_state(state, now=self._clock())
