"""DTLS by aiortc (RFC 5763, 5764), behind a guard.

aiortc's receive loop dies of an empty datagram and of one larger than its buffer, so only what is plainly DTLS, and of
a size it can take, comes to its queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport

from sfu.description import Fingerprint
from sfu.transport.srtp import InPlaceSrtp, SrtpSession

HANDSHAKE_TIMEOUT_S = 20.0
MAX_RECORD_BYTES = 1500
QUEUE_RECORDS = 64


class DtlsSession:
    """The server's side of one DTLS association over datagrams that the transport feeds in.

    send: gives a datagram to the peer's path.
    on_ready: called once with the SRTP sessions when the handshake succeeded.
    on_closed: called once when it failed or the peer closed.
    """

    def __init__(
        self,
        certificate: RTCCertificate,
        fingerprints: tuple[Fingerprint, ...],
        *,
        send: Callable[[bytes], None],
        on_ready: Callable[[SrtpSession], None],
        on_closed: Callable[[], None],
    ) -> None:
        self.role = "controlled"  # what RTCDtlsTransport asks of its ICE transport
        self._certificate = certificate
        self._parameters = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(algorithm=each.algorithm, value=each.value) for each in fingerprints]
        )
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_RECORDS)
        self._send_datagram = send
        self._on_ready = on_ready
        self._on_closed = on_closed
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to wait for the peer's hello. Calls after the first do nothing."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="dtls")

    def receive_untrusted(self, data: bytes) -> bool:
        """A datagram whose first byte says DTLS; False if it was not taken (wrong size, or the queue is full)."""
        if not 13 <= len(data) <= MAX_RECORD_BYTES or self._closed or self._queue.full():
            return False
        self._queue.put_nowait(data)
        return True

    def close(self) -> None:
        """End the association; tells the peer if it can."""
        if not self._closed:
            self._closed = True
            if self._queue.full():
                self._queue.get_nowait()
            self._queue.put_nowait(None)

    async def _recv(self) -> bytes:
        data = await self._queue.get()
        if data is None:
            raise ConnectionError("closed")
        return data

    async def _send(self, data: bytes) -> None:
        self._send_datagram(data)

    async def _run(self) -> None:
        dtls = RTCDtlsTransport(self, [self._certificate])  # type: ignore[arg-type]
        dtls._set_role("server")
        closed = asyncio.Event()
        dtls.on("statechange", lambda: closed.set() if dtls.state in ("closed", "failed") else None)
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await dtls.start(self._parameters)
        except TimeoutError:
            closed.set()
        if dtls.state == "connected" and not self._closed:
            self._on_ready(InPlaceSrtp(sender=dtls._tx_srtp, receiver=dtls._rx_srtp))
            await closed.wait()
        await dtls.stop()
        self._closed = True
        self._on_closed()
