"""A small WebRTC client for tests: checks by aioice's STUN codec, DTLS client role by aiortc, SRTP by pylibsrtp.

It shares no code with the transport under test but the description types.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport

from sfu.description import Candidate, Fingerprint, IceCredentials, RemoteDescription
from sfu.transport.transport import Transport, TransportState

WAIT_S = 5.0


class UdpWire:
    """A connected UDP socket."""

    def __init__(self, address: str, port: int, on_data: Callable[[bytes], None]) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.connect((address, port))
        self.sock.setblocking(False)
        self._on_data = on_data

    async def open(self) -> None:
        asyncio.get_running_loop().add_reader(self.sock.fileno(), self._read)

    def _read(self) -> None:
        while True:
            try:
                data = self.sock.recv(65536)
            except OSError:
                return
            self._on_data(data)

    def send(self, data: bytes) -> None:
        self.sock.send(data)

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sock.fileno())
        self.sock.close()


class TcpWire:
    """An active ICE-TCP connection."""

    def __init__(self, address: str, port: int, on_data: Callable[[bytes], None]) -> None:
        self._address, self._port, self._on_data = address, port, on_data
        self.ended = asyncio.Event()

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._address, self._port)
        self._task = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                size = int.from_bytes(await self._reader.readexactly(2), "big")
                self._on_data(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ended.set()

    def send(self, data: bytes) -> None:
        self._writer.write(len(data).to_bytes(2, "big") + data)

    def send_raw(self, data: bytes) -> None:
        self._writer.write(data)

    async def close(self) -> None:
        self._writer.close()
        await asyncio.wait([self._task], timeout=WAIT_S)


class LoopbackClient:
    """One browser's worth of transport. `rtp` and `rtcp` hold what arrived, decrypted."""

    role = "controlling"

    def __init__(self) -> None:
        self.ice = IceCredentials(ufrag=os.urandom(4).hex(), password=os.urandom(16).hex())
        self.certificate = RTCCertificate.generateCertificate()
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.lose: Callable[[bytes], bool] = lambda data: False
        self.received_dtls: list[bytes] = []
        self._dtls_queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._answers: dict[bytes, asyncio.Future[stun.Message]] = {}
        self.wire: Any = None
        self.dtls: RTCDtlsTransport | None = None
        self._wires: list[Any] = []

    def description(self) -> RemoteDescription:
        fingerprints = tuple(
            Fingerprint(algorithm=each.algorithm, value=each.value) for each in self.certificate.getFingerprints()
        )
        return RemoteDescription(ice=self.ice, fingerprints=fingerprints)

    async def open(self, candidate: Candidate) -> None:
        """A new local address towards the candidate; what follows is sent over it."""
        kind = TcpWire if candidate.protocol == "tcp" else UdpWire
        self.wire = kind(candidate.address, candidate.port, self._on_data)
        self._wires.append(self.wire)
        await self.wire.open()

    def request(self, remote: IceCredentials, *, nominate: bool = True, **attributes: Any) -> stun.Message:
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{remote.ufrag}:{self.ice.ufrag}"
        message.attributes["PRIORITY"] = 110 << 24 | 65535 << 8 | 255
        message.attributes["ICE-CONTROLLING"] = 1
        if nominate:
            message.attributes["USE-CANDIDATE"] = None
        message.attributes.update({key.replace("_", "-"): value for key, value in attributes.items()})
        message.add_message_integrity(remote.password.encode())
        return message

    async def check(self, remote: IceCredentials, *, nominate: bool = True) -> stun.Message:
        """One connectivity check over the newest wire, and its answer (integrity proven)."""
        message = self.request(remote, nominate=nominate)
        answer = await self.exchange(message)
        assert answer.check_message_integrity(remote.password.encode())
        return answer

    async def exchange(self, message: stun.Message) -> stun.Message:
        future: asyncio.Future[stun.Message] = asyncio.get_running_loop().create_future()
        self._answers[message.transaction_id] = future
        self.wire.send(bytes(message))
        return await asyncio.wait_for(future, WAIT_S)

    async def handshake(self, fingerprints: list[Fingerprint]) -> None:
        self.dtls = RTCDtlsTransport(self, [self.certificate])
        self.dtls._set_role("client")
        parameters = [RTCDtlsFingerprint(algorithm=each.algorithm, value=each.value) for each in fingerprints]
        await asyncio.wait_for(self.dtls.start(RTCDtlsParameters(fingerprints=parameters)), 2 * WAIT_S)

    async def connect(self, transport: Transport, candidate: Candidate, fingerprints: list[Fingerprint]) -> None:
        """Check, nominate, shake hands; returns when both sides are connected."""
        await self.open(candidate)
        await self.check(transport.local_ice)
        await self.handshake(fingerprints)
        await until(lambda: transport.state is TransportState.CONNECTED)

    def send_rtp(self, packet: bytes) -> None:
        self.wire.send(self.dtls._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        self.wire.send(self.dtls._tx_srtp.protect_rtcp(packet))

    async def close(self) -> None:
        self._dtls_queue.put_nowait(None)
        if self.dtls is not None:
            task = self.dtls._task
            if task is not None:
                await asyncio.wait([task], timeout=WAIT_S)
            await self.dtls.stop()
        for wire in self._wires:
            await wire.close()

    # --- from the wire ---

    def _on_data(self, data: bytes) -> None:
        if data[0] < 4:
            message = stun.parse_message(data)
            future = self._answers.pop(message.transaction_id, None)
            if future is not None and not future.done():
                future.set_result(message)
        elif data[0] < 64:
            if not self.lose(data):
                self.received_dtls.append(data)
                self._dtls_queue.put_nowait(data)
        elif self.dtls is not None and self.dtls._rx_srtp is not None:
            if 192 <= data[1] <= 223:
                self.rtcp.append(self.dtls._rx_srtp.unprotect_rtcp(data))
            else:
                self.rtp.append(self.dtls._rx_srtp.unprotect(data))

    async def _recv(self) -> bytes:
        data = await self._dtls_queue.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self.wire.send(data)


class RecordingHandler:
    """A TransportHandler that remembers."""

    def __init__(self) -> None:
        self.rtp: list[tuple[bytes, float]] = []
        self.rtcp: list[bytes] = []
        self.states: list[str] = []

    def on_rtp(self, data: bytes, *, arrival_s: float) -> None:
        self.rtp.append((data, arrival_s))

    def on_rtcp(self, data: bytes, *, arrival_s: float) -> None:
        self.rtcp.append(data)

    def on_transport_state(self, state: TransportState, *, now: float) -> None:
        self.states.append(str(state))


async def until(condition: Callable[[], object], timeout_s: float = WAIT_S) -> None:
    """Let the loop run until it holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.002)


def rtp_packet(sequence_number: int, payload: bytes = b"payload", ssrc: int = 0x11223344) -> bytes:
    return struct.pack("!BBHII", 0x80, 96, sequence_number & 0xFFFF, 1000, ssrc) + payload


def receiver_report(ssrc: int = 7) -> bytes:
    return struct.pack("!BBHI", 0x80, 201, 1, ssrc)
