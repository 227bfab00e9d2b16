"""Room 2: one transport per peer. STUN to the ICE agent, DTLS to aiortc, SRTP and SRTCP undone in place."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from struct import Struct
from typing import TYPE_CHECKING, Any, Protocol

from aioice.stun import Message
from aiortc import RTCCertificate

from sfu.description import IceCredentials, RemoteDescription
from sfu.drops import DropReason, Drops
from sfu.outgoing import OutgoingPacket
from sfu.transport.credentials import new_credentials
from sfu.transport.dtls import DtlsSession, Spawn
from sfu.transport.egress import ClosedEgress, Egress
from sfu.transport.ice import Address, IceAgent, Pair
from sfu.transport.links import Counters, Link, Path
from sfu.transport.srtp import TAG_ROOM, Buffer, SrtpSession, drop_reason

if TYPE_CHECKING:
    from sfu.native.forwarding import FastPath

CONNECT_TIMEOUT_S = 30.0
MAX_ADDRESSES = 24  # remote addresses one peer may be reached from at a time
MAX_SSRCS = 512  # streams one peer may bring: libsrtp keeps a context for each and searches them one by one
_SSRC = Struct("!L")
FIRST_RTCP_TYPE, LAST_RTCP_TYPE = 192, 223  # RFC 5761 §4


class TransportState(StrEnum):
    """Where a transport stands. DISCONNECTED (consent lost) may come back; CLOSED does not."""

    NEW = "new"
    CHECKING = "checking"
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

    def on_passed(
        self,
        ssrc: int,
        data: bytes,
        sequence: int,
        deferred: int,
        audio_level: int,
        capture_time: bytes | None,
        *,
        arrival_s: float,
    ) -> None:
        """C has served an RTP packet, but for `deferred` members of the fan-out and those who are not in it."""

    def on_feedback(self, found: Any, *, now: float) -> None:
        """C has matched transport-wide feedback: struct feedback, good until the call returns."""

    def on_transport_state(self, state: TransportState, *, now: float) -> None:
        """The state changed."""


class Transport:
    """ICE, DTLS, SRTP and egress of one peer. Made by `Ports.create_transport`.

    egress: where packets go; it changes with path and state, so it is looked up for each packet or batch, or followed
        by `on_egress`.
    drops: of this peer. path: None until a check has come, and after its connection broke.
    """

    def __init__(
        self,
        *,
        remote: RemoteDescription,
        certificate: RTCCertificate,
        handler: TransportHandler,
        consent_timeout_s: float,
        clock: Callable[[], float],
        spawn: Spawn,
        on_ufrags: Callable[[Transport], None],
        label: str,
        fast_path: FastPath | None = None,
    ) -> None:
        self.label = label
        self.handler = handler
        self.inbound = fast_path.open_inbound(self) if fast_path is not None else None
        self._fast_path = fast_path
        self.state = TransportState.NEW
        self.path: Path | None = None
        self.drops = Drops()
        self.counters = Counters()
        self.ice = IceAgent(local=new_credentials(), remote=remote.ice, consent_timeout_s=consent_timeout_s)
        self._clock = clock
        self._on_ufrags = on_ufrags
        self._created_s = clock()
        self._srtp: SrtpSession | None = None
        self._closed_egress = ClosedEgress(self.drops)
        self._path_egress: Egress | None = None
        self.egress: Egress = self._closed_egress
        self.on_egress: Callable[[Egress], None] = lambda egress: None
        self._scratch = Buffer(2048)
        self._ssrcs: set[int] = set()
        self._addresses: dict[Pair, Link] = {}
        self._dtls = DtlsSession(
            certificate,
            remote.fingerprints,
            spawn=spawn,
            send=self._send_dtls,
            on_ready=self._on_srtp_ready,
            on_closed=self._on_dtls_closed,
            label=label,
        )

    @property
    def local_ice(self) -> IceCredentials:
        """The newest local credentials."""
        return self.ice.local

    @property
    def received_bytes(self) -> int:
        """Since the beginning, RTP and RTCP."""
        return self.counters.received_bytes + (self.inbound.received_bytes if self.inbound else 0)

    @property
    def received_packets(self) -> int:
        """Since the beginning, RTP and RTCP."""
        return self.counters.received_packets + (self.inbound.received_packets if self.inbound else 0)

    # --- from the port ---

    def on_stun(self, message: Message, link: Link, address: Address, *, now: float) -> None:
        """A binding request for one of our ufrags."""
        if self.state is TransportState.CLOSED:
            self.drops[DropReason.STUN_UNKNOWN_UFRAG] += 1
            return
        pair = Pair(link, address)
        outcome = self.ice.receive_check(message, pair, local_priority=link.priority, now=now)
        if outcome.drop is not None:
            self.drops[outcome.drop] += 1
        if outcome.reply is not None:
            link.send(outcome.reply, address)
        if outcome.drop is not None:
            return
        self._claim(pair, link)
        if outcome.path_changed:
            self._use(Path(link=link, remote=address))
        if outcome.retired:
            self._on_ufrags(self)
        self._advance()

    def on_dtls(self, data: bytes) -> None:
        """A datagram that says it is DTLS."""
        reason = self._dtls.receive_untrusted(data)
        if reason is not None:
            self.drops[reason] += 1
        elif self.state is TransportState.CHECKING:
            self._set_state(TransportState.HANDSHAKING)

    def on_srtp(self, buffer: Buffer, size: int, *, arrival_s: float) -> None:
        """A datagram that says it is RTP or RTCP: `size` bytes at the head of `buffer`, undone in place."""
        srtp = self._srtp
        if srtp is None:
            self.drops[DropReason.SRTP_NOT_READY] += 1
            return
        raw = buffer.data
        rtcp = FIRST_RTCP_TYPE <= raw[1] <= LAST_RTCP_TYPE
        (ssrc,) = _SSRC.unpack_from(raw, 4 if rtcp else 8)
        known = ssrc in self._ssrcs
        if not known and len(self._ssrcs) >= MAX_SSRCS:
            self.drops[DropReason.RTP_UNKNOWN_STREAM] += 1
            return
        length = srtp.unprotect_rtcp(buffer, 0, size) if rtcp else srtp.unprotect(buffer, 0, size)
        if length <= 0:
            self.drops[drop_reason(length)] += 1
            return
        if not known:
            self._ssrcs.add(ssrc)
            if rtcp and self.inbound is not None:
                self.inbound.learn_reporter(ssrc)
        counters = self.counters
        counters.received_packets += 1
        counters.received_bytes += size
        handle = self.handler.on_rtcp if rtcp else self.handler.on_rtp
        handle(bytes(buffer.view[:length]), arrival_s=arrival_s)

    def on_link_lost(self, link: Link) -> None:
        """A TCP connection closed. The browser opens another, or checks another path."""
        self._addresses = {pair: each for pair, each in self._addresses.items() if each is not link}
        if self.path is None or self.path.link is not link:
            return
        self.ice.forget_path()
        self.path = self._path_egress = None
        self._select_egress()
        if self.state is TransportState.CONNECTED:
            self._set_state(TransportState.DISCONNECTED)

    # --- for the peer ---

    def send_rtp(self, packet: OutgoingPacket) -> bool:
        """Add a packet to the egress's batch; the caller flushes. False if it cannot be sent now (counted)."""
        return self.egress.add(packet)

    def flush(self) -> None:
        """Send the egress's batch."""
        self.egress.flush()

    def send_rtcp(self, compound: bytes) -> None:
        """Encrypt and send a compound RTCP packet, at once."""
        srtp, path = self._srtp, self.path
        if srtp is None or path is None or not self.egress.ready:
            self.drops[DropReason.SRTP_NOT_READY] += 1
            return
        size = len(compound)
        if size + TAG_ROOM > len(self._scratch.data):
            self.drops[DropReason.EGRESS_TOO_LARGE] += 1
            return
        self._scratch.view[:size] = compound
        size = srtp.protect_rtcp(self._scratch, 0, size)
        if size < 0:
            self.drops[DropReason.SRTP_PROTECT] += 1
        elif path.link.send(self._scratch.view[:size], path.remote):
            self.counters.sent_packets += 1
            self.counters.sent_bytes += size

    def restart_ice(self, remote: IceCredentials, *, local: IceCredentials | None = None) -> IceCredentials:
        """Our new credentials (RFC 8445 §9); the running path serves until a new one is nominated."""
        self.ice.restart(local=local or new_credentials(), remote=remote)
        if self.state is not TransportState.CLOSED:
            self._on_ufrags(self)
        return self.ice.local

    def on_timer(self, *, now: float) -> None:
        """Time-outs: of the first connection, and of consent (RFC 7675 §5.1)."""
        if self.state in (TransportState.NEW, TransportState.CHECKING, TransportState.HANDSHAKING):
            if now - self._created_s > CONNECT_TIMEOUT_S:
                self.close()
        elif self.state is TransportState.CONNECTED and self.ice.consent_expired(now=now):
            self._set_state(TransportState.DISCONNECTED)

    def close(self) -> None:
        """Tell the peer and give everything back. Safe to call again."""
        if self.state is TransportState.CLOSED:
            return
        self.egress.flush()
        self._use_keys(None)
        self._path_egress = None
        self._set_state(TransportState.CLOSED)
        self._on_ufrags(self)
        self._dtls.close()

    # --- within ---

    def _claim(self, pair: Pair, link: Link) -> None:
        """What comes from this address is ours, even if another peer had it before (a NAT gives ports again)."""
        self._addresses.pop(pair, None)
        if len(self._addresses) >= MAX_ADDRESSES:
            oldest = next(each for each in self._addresses if each != self.ice.path)
            self._addresses.pop(oldest).release(oldest.address, self)
        self._addresses[pair] = link
        link.claim(pair.address, self)

    def _use(self, path: Path) -> None:
        self.egress.flush()
        self.path = path
        self._open_egress()

    def _open_egress(self) -> None:
        if self.path is not None and self._srtp is not None:
            link = self.path.link
            self._path_egress = link.open_egress(self.path.remote, self._srtp, self.drops, self.counters)
        self._select_egress()

    def _select_egress(self) -> None:
        """Without consent nothing is sent (RFC 7675 §5.1)."""
        connected = self.state is TransportState.CONNECTED
        self.egress = self._path_egress if connected and self._path_egress else self._closed_egress
        self.on_egress(self.egress)

    def _advance(self) -> None:
        """A check was accepted."""
        state = self.state
        if state is TransportState.DISCONNECTED:
            self._set_state(TransportState.CONNECTED)
        elif state in (TransportState.NEW, TransportState.CHECKING):
            self._dtls.start()
            self._set_state(TransportState.HANDSHAKING if self.ice.nominated else TransportState.CHECKING)

    def _send_dtls(self, data: bytes) -> None:
        if self.path is not None:
            self.path.link.send(data, self.path.remote)

    def _on_srtp_ready(self, srtp: SrtpSession) -> None:
        if self.state is not TransportState.CLOSED:
            self._use_keys(srtp)
            self._open_egress()
            self._set_state(TransportState.CONNECTED)

    def _use_keys(self, srtp: SrtpSession | None) -> None:
        self._srtp = srtp
        if self.inbound is not None:
            self.inbound.set_keys(srtp)

    def _on_dtls_closed(self) -> None:
        """The association is over: because the peer closed, because it failed, or because we did."""
        self.close()
        for pair, link in self._addresses.items():
            link.release(pair.address, self)
        self._addresses.clear()
        if self._fast_path is not None:
            self._fast_path.close_inbound(self)

    def _set_state(self, state: TransportState) -> None:
        if state is not self.state:
            self.state = state
            self._select_egress()
            self.handler.on_transport_state(state, now=self._clock())
