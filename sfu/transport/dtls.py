"""DTLS by aiortc (RFC 5763, 5764), behind a guard.

aiortc's receive loop dies of an empty datagram and of one larger than its buffer, and OpenSSL of noise, so only what
looks like DTLS comes to their queue.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from OpenSSL import SSL

from sfu.description import Fingerprint
from sfu.drops import DropReason
from sfu.errors import NegotiationError
from sfu.transport.dtls_records import is_plausible_untrusted
from sfu.transport.srtp import InPlaceSrtp, SrtpSession

HANDSHAKE_TIMEOUT_S = 20.0
QUEUE_RECORDS = 64
ALGORITHMS = ("sha-256", "sha-384", "sha-512")

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]
log = structlog.get_logger("sfu")


class DtlsSession:
    """The server's side of one DTLS association over datagrams that the transport feeds in.

    spawn: starts a task and keeps it. send: gives a datagram to the peer's path. on_ready: called once with the SRTP
    sessions when the handshake succeeded. on_closed: called once, when it failed, the peer closed, or `close` is done.
    """

    def __init__(
        self,
        certificate: RTCCertificate,
        fingerprints: tuple[Fingerprint, ...],
        *,
        spawn: Spawn,
        send: Callable[[bytes], None],
        on_ready: Callable[[SrtpSession], None],
        on_closed: Callable[[], None],
        label: str = "",
        handshake_timeout_s: float = HANDSHAKE_TIMEOUT_S,
    ) -> None:
        usable = [each for each in fingerprints if each.algorithm.lower() in ALGORITHMS]
        if not usable:
            raise NegotiationError(f"the offer has no certificate fingerprint of a kind known here: {ALGORITHMS}")
        self.role = "controlled"  # what RTCDtlsTransport asks of its ICE transport
        self.failure = ""
        self._certificate = certificate
        self._parameters = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(algorithm=each.algorithm, value=each.value) for each in usable]
        )
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_RECORDS)
        self._spawn = spawn
        self._send_datagram = send
        self._on_ready = on_ready
        self._on_closed = on_closed
        self._label = label
        self._handshake_timeout_s = handshake_timeout_s
        self._task: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._closing = False

    def start(self) -> None:
        """Begin to wait for the peer's hello. Calls after the first do nothing."""
        if self._task is None and not self._closing:
            self._task = self._spawn(self._run())

    def receive_untrusted(self, data: bytes) -> DropReason | None:
        """A datagram whose first byte says DTLS; why it was not taken, or None."""
        if self._closing or not is_plausible_untrusted(data):
            return DropReason.DTLS_NOT_EXPECTED
        if self._queue.full():
            return DropReason.DTLS_QUEUE_FULL
        self._queue.put_nowait(data)
        return None

    def close(self) -> None:
        """End the association and tell the peer, if there is one; `on_closed` follows. Safe to call again."""
        if self._closing:
            return
        self._closing = True
        if self._task is None:
            self._on_closed()
            return
        self._over.set()
        self._end_of_records()

    def _end_of_records(self) -> None:
        """Let a handshake that waits for a record end: cancelling it could be swallowed by asyncio.wait_for."""
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    def _expire(self) -> None:
        self.failure = f"no DTLS handshake within {self._handshake_timeout_s:g} s"
        self._end_of_records()

    # --- what RTCDtlsTransport calls an ICE transport ---

    async def _recv(self) -> bytes:
        data = await self._queue.get()
        if data is None:
            raise ConnectionError("closed")
        return data

    async def _send(self, data: bytes) -> None:
        self._send_datagram(data)

    # --- the task ---

    async def _run(self) -> None:
        dtls = RTCDtlsTransport(self, [self._certificate])  # type: ignore[arg-type]
        dtls._set_role("server")
        try:
            await self._handshake(dtls)
            if dtls.state == "connected" and not self._closing:
                self._on_ready(InPlaceSrtp(sender=dtls._tx_srtp, receiver=dtls._rx_srtp))
                await self._over.wait()
        except Exception:
            self.failure = "an error of ours"
            log.exception("the DTLS association failed", peer=self._label)
        finally:
            await _stop(dtls)
            self._finish()

    async def _handshake(self, dtls: RTCDtlsTransport) -> None:
        def on_state() -> None:
            if dtls.state in ("closed", "failed"):
                self._over.set()

        dtls.on("statechange", on_state)
        timer = asyncio.get_running_loop().call_later(self._handshake_timeout_s, self._expire)
        try:
            await dtls.start(self._parameters)
        except SSL.Error as error:
            self.failure = f"DTLS: {error}"
        finally:
            timer.cancel()
        if dtls.state == "failed" and not self.failure:
            self.failure = "the DTLS handshake was refused, or the certificate is not the one offered"

    def _finish(self) -> None:
        if self.failure and not self._closing:
            log.warning("no encrypted connection; the peer has to join again", peer=self._label, cause=self.failure)
        self._closing = True
        self._on_closed()


async def _stop(dtls: RTCDtlsTransport) -> None:
    """Tell the peer (close_notify) and wait for aiortc's own task."""
    task = dtls._task
    if dtls.state == "failed" and dtls._ssl is not None:  # aiortc says nothing then; the peer would wait for long
        with contextlib.suppress(SSL.Error, ConnectionError):
            dtls._ssl.shutdown()
            await dtls._write_ssl()
    await dtls.stop()
    if task is not None:
        await asyncio.gather(task, return_exceptions=True)
    dtls.remove_all_listeners()
