"""The media half of a synthetic endpoint: one UDP socket, ICE, DTLS and SRTP. It knows no server's signalling."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport

from benchmarks.connectivity import ConnectivityChecks
from benchmarks.datagrams import BATCH, CONTROL_BYTES, STAMP, STAMP_OFFSET, dropped_datagrams, open_udp, shared_batch
from benchmarks.reading import reading_clock
from sfu.transport.srtp import TAG_ROOM, Buffer, InPlaceSrtp

REACH_TIMEOUT_S = 10.0
HANDSHAKE_TIMEOUT_S = 15.0
RTP_HEADER_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSide:
    """What the signalling learnt of the server. `fingerprints`: (algorithm, value) of its certificate."""

    ufrag: str
    password: str
    address: tuple[str, int]
    fingerprints: tuple[tuple[str, str], ...]


class MediaHandler(Protocol):
    """Who takes what arrives. `arrival_s`: Unix time by the kernel's stamp."""

    def on_rtp(self, buffer: Buffer, size: int, *, arrival_s: float) -> None:
        """`size` bytes of RTP, still encrypted: header and extensions are clear text. Valid during the call only."""

    def on_rtcp(self, data: bytes, *, arrival_s: float) -> None:
        """A decrypted compound packet."""


class Loss:
    """Random loss with a probability, seeded."""

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._random = random.Random(seed).random
        self.dropped = 0

    def hits(self) -> bool:
        """Whether this packet is lost."""
        if self._random() >= self._share:
            return False
        self.dropped += 1
        return True


@lru_cache(maxsize=1)
def certificate() -> RTCCertificate:
    """One certificate for all synthetic endpoints of a process."""
    return RTCCertificate.generateCertificate()


class MediaLink:
    """Connects to one server address and carries RTP and RTCP both ways.

    loss_up, loss_down: shares of RTP and RTCP datagrams lost at the endpoint's edge. `handler` may be replaced.
    `rtcp_delay_s`: how much later RTCP leaves, as over a longer path.
    """

    def __init__(
        self, handler: MediaHandler | None = None, *, loss_up: float = 0.0, loss_down: float = 0.0, seed: int = 0
    ) -> None:
        self.handler = handler
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.fingerprint = next(
            each.value for each in certificate().getFingerprints() if each.algorithm.lower() == "sha-256"
        )
        self.role = "controlling"  # what RTCDtlsTransport asks of its ICE transport
        self.received_packets = self.received_bytes = 0  # RTP that came, also what the emulated loss took
        self.sent_packets = self.sent_bytes = self.refused_sends = 0
        self.rtcp_delay_s = 0.0
        self._up = Loss(loss_up, 2 * seed) if loss_up else None
        self._down = Loss(loss_down, 2 * seed + 1) if loss_down else None
        self._socket = open_udp()
        self._fileno = self._socket.fileno()
        self._batch = shared_batch()
        self._out = Buffer(2048 + TAG_ROOM)
        self._records: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._checks: ConnectivityChecks | None = None
        self._dtls: RTCDtlsTransport | None = None
        self._srtp: InPlaceSrtp | None = None
        self._closed = False

    @property
    def rtt_s(self) -> float:
        """Of the last connectivity check."""
        return self._checks.rtt_s if self._checks else 0.0

    @property
    def kernel_drops(self) -> int:
        """Datagrams that this process did not read in time. Stays readable until `close`."""
        return dropped_datagrams(self._socket)

    async def connect(self, remote: RemoteSide, *, dtls_role: str = "client") -> None:
        """Until the SRTP keys are there. Raises TimeoutError, or RuntimeError if DTLS fails."""
        loop = asyncio.get_running_loop()
        self._socket.connect(remote.address)
        self._checks = ConnectivityChecks(
            send=self._send_now,
            local=(self.ufrag, self.password),
            remote=(remote.ufrag, remote.password),
            local_port=self._socket.getsockname()[1],
        )
        loop.add_reader(self._fileno, self._on_readable)
        self._checks.start()
        await asyncio.wait_for(self._checks.nominated.wait(), REACH_TIMEOUT_S)
        dtls = self._dtls = RTCDtlsTransport(self, [certificate()])  # type: ignore[arg-type]
        dtls._set_role(dtls_role)
        fingerprints = [RTCDtlsFingerprint(algorithm=name, value=value) for name, value in remote.fingerprints]
        await asyncio.wait_for(dtls.start(RTCDtlsParameters(fingerprints=fingerprints)), HANDSHAKE_TIMEOUT_S)
        if dtls.state != "connected":
            raise RuntimeError(f"DTLS {dtls.state}")
        self._srtp = InPlaceSrtp(sender=dtls._tx_srtp, receiver=dtls._rx_srtp)
        loop.remove_reader(self._fileno)  # from here on arrival times are all that matters
        reading_clock(loop).add(self._fileno, self._on_readable)

    def send_rtp(self, data: bytearray | bytes) -> None:
        """Encrypt and send; lost in silence before `connect` and after `close`."""
        srtp, buffer, size = self._srtp, self._out, len(data)
        if srtp is None:
            return
        buffer.view[:size] = data
        size = srtp.protect(buffer, 0, size)
        self.sent_packets += 1
        self.sent_bytes += size
        if size > 0 and (self._up is None or not self._up.hits()):
            self._send_now(buffer.view[:size])

    def send_rtcp(self, data: bytes) -> None:
        """The same for a compound packet."""
        srtp, buffer, size = self._srtp, self._out, len(data)
        if srtp is None:
            return
        buffer.view[:size] = data
        size = srtp.protect_rtcp(buffer, 0, size)
        if size <= 0 or (self._up is not None and self._up.hits()):
            return
        if self.rtcp_delay_s:
            later = bytes(buffer.view[:size])
            asyncio.get_running_loop().call_later(self.rtcp_delay_s, self._send_late, later)
        else:
            self._send_now(buffer.view[:size])

    def _send_late(self, data: bytes) -> None:
        if not self._closed:
            self._send_now(data)

    def unprotect(self, buffer: Buffer, size: int) -> int:
        """Decrypt an RTP datagram in place: its new size, or minus libsrtp's error code."""
        assert self._srtp is not None
        return self._srtp.unprotect(buffer, 0, size)

    async def close(self) -> None:
        """Close DTLS, tell nobody else, and free the socket. Safe to call again."""
        if self._closed:
            return
        self._closed = True
        if self._checks is not None:
            self._checks.stop()
        self._srtp = None
        self._records.put_nowait(None)
        if self._dtls is not None:
            task = self._dtls._task
            await self._dtls.stop()
            if task is not None:
                await asyncio.gather(task, return_exceptions=True)
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._fileno)
        reading_clock(loop).remove(self._fileno)
        self._socket.close()

    # --- what RTCDtlsTransport calls an ICE transport ---

    async def _recv(self) -> bytes:
        data = await self._records.get()
        if data is None:
            raise ConnectionError("closed")
        return data

    async def _send(self, data: bytes) -> None:
        self._send_now(data)

    # --- the socket ---

    def _send_now(self, data: bytes | memoryview) -> None:
        try:
            self._socket.send(data)
        except OSError:
            self.refused_sends += 1

    def _on_readable(self) -> None:
        while (count := self._batch.read(self._fileno)) > 0:
            self._take(count)
            if count < BATCH:
                return

    def _take(self, count: int) -> None:
        batch, srtp, handler = self._batch, self._srtp, self.handler
        messages, control, unpack = batch.messages, batch.control, STAMP.unpack_from
        for index in range(count):
            buffer = batch.buffers[index]
            data, size = buffer.data, messages[index].msg_len
            seconds, nanoseconds = unpack(control, index * CONTROL_BYTES + STAMP_OFFSET)
            if not 0x80 <= data[0] < 0xC0 or size < RTP_HEADER_BYTES:
                self._on_other(buffer, size)
            elif srtp is None or handler is None:
                continue
            elif 192 <= data[1] <= 223:  # RFC 5761 §4
                if self._down is None or not self._down.hits():
                    size = srtp.unprotect_rtcp(buffer, 0, size)
                    if size > 0:
                        handler.on_rtcp(bytes(buffer.view[:size]), arrival_s=seconds + nanoseconds * 1e-9)
            else:
                self.received_packets += 1
                self.received_bytes += size
                if self._down is None or not self._down.hits():
                    handler.on_rtp(buffer, size, arrival_s=seconds + nanoseconds * 1e-9)

    def _on_other(self, buffer: Buffer, size: int) -> None:
        """STUN or DTLS by the first byte (RFC 7983)."""
        first = buffer.data[0]
        if not size:
            return
        if first < 4 and self._checks is not None:
            self._checks.on_datagram(bytes(buffer.view[:size]), now=time.monotonic())
        elif 20 <= first <= 63:
            with contextlib.suppress(asyncio.QueueFull):
                self._records.put_nowait(bytes(buffer.view[:size]))
