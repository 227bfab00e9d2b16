"""ICE of a synthetic endpoint: a controlling agent with one candidate pair (RFC 8445), and consent (RFC 7675)."""

from __future__ import annotations

import asyncio
import secrets
import struct
import time
from collections.abc import Callable

from aioice import stun

CHECK_INTERVAL_S = 0.1  # until the pair is nominated
CONSENT_INTERVAL_S = 2.5
REMEMBERED = 16
PRIORITY = 1853817087  # of a peer-reflexive candidate


class ConnectivityChecks:
    """Checks until the pair works, nominates it (regular nomination), then asks for consent.

    local, remote: (ufrag, password). send: gives a datagram to the path. `nominated` is set when the server answered
    the nominating check.
    """

    def __init__(
        self,
        *,
        send: Callable[[bytes], None],
        local: tuple[str, str],
        remote: tuple[str, str],
        local_port: int,
    ) -> None:
        self.nominated = asyncio.Event()
        self.rtt_s = 0.0
        self._send = send
        self._username = f"{remote[0]}:{local[0]}"
        self._local_password, self._remote_password = local[1].encode(), remote[1].encode()
        self._mapped = ("127.0.0.1", local_port)
        self._tie_breaker = secrets.randbits(64)
        self._works = False
        self._sent: dict[bytes, tuple[float, bool]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """The first check now, the next ones by themselves."""
        self._check()
        interval = CONSENT_INTERVAL_S if self.nominated.is_set() else CHECK_INTERVAL_S
        self._timer = asyncio.get_running_loop().call_later(interval, self.start)

    def stop(self) -> None:
        """No more checks."""
        if self._timer is not None:
            self._timer.cancel()

    def _check(self) -> None:
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = self._username
        request.attributes["PRIORITY"] = PRIORITY
        request.attributes["ICE-CONTROLLING"] = self._tie_breaker
        if self._works:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self._remote_password)
        while len(self._sent) >= REMEMBERED:
            self._sent.pop(next(iter(self._sent)))
        self._sent[request.transaction_id] = (time.monotonic(), self._works)
        self._send(bytes(request))

    def on_datagram(self, data: bytes, *, now: float) -> None:
        """A STUN message: an answer to a check, or the server's own check. What is neither is ignored."""
        try:
            message = stun.parse_message(data)
        except (ValueError, KeyError, IndexError, struct.error):
            return
        if message.message_class == stun.Class.REQUEST:
            self._answer(message)
        elif message.message_class == stun.Class.RESPONSE and message.transaction_id in self._sent:
            sent_s, nominating = self._sent.pop(message.transaction_id)
            self.rtt_s = now - sent_s
            if nominating:
                self.nominated.set()
            elif not self._works:
                self._works = True
                self._check()

    def _answer(self, request: stun.Message) -> None:
        """A server that is not ICE-lite checks too."""
        response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=request.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = self._mapped
        response.add_message_integrity(self._local_password)
        response.add_fingerprint()
        self._send(bytes(response))
