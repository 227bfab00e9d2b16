"""A synthetic endpoint: true ICE, DTLS-SRTP, simulcast, transport-wide feedback and reports, but no decoder."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import time
from dataclasses import dataclass, field

import aiohttp
from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport

from benchmarks.clip import Clip
from benchmarks.judge import StreamJudge
from benchmarks.offer import OPUS, ServerSide, SyntheticOffer, make_offer, read_answer
from benchmarks.sending import MediaSource
from sfu.errors import MalformedPacket
from sfu.rtp.packet import parse_rtp_untrusted
from sfu.rtp.rtcp import Nack, Pli, ReceiverReport
from sfu.rtp.rtcp_parse import parse_compound_untrusted
from sfu.rtp.transport_feedback import ArrivalRecorder
from sfu.transport.srtp import Buffer, InPlaceSrtp

CHECK_INTERVAL_S = 2.5
FEEDBACK_S = 0.05
_certificate: list[RTCCertificate] = []


@dataclass(slots=True)
class EndpointResult:
    """What an endpoint saw."""

    join_s: float = 0.0
    first_media_s: float = 0.0
    streams: dict[int, StreamJudge] = field(default_factory=dict)
    sent_packets: int = 0


class SyntheticEndpoint:
    """Joins by token, sends a clip if it has one, judges what it gets."""

    def __init__(
        self,
        base: str,
        token: str,
        *,
        clip: Clip | None,
        slots: int,
        rids: tuple[str, ...] = ("q", "h", "f"),
        stage: str = "",
    ) -> None:
        """`stage`: the endpoint shown in 1280 × 720; without it every picture is as large as the server supposes."""
        self.result = EndpointResult()
        self._base, self._token = base, token
        self._clip, self._slots, self._rids, self._stage = clip, slots, rids, stage
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._buffer = Buffer(2048)
        self._srtp: InPlaceSrtp | None = None
        self._arrivals = ArrivalRecorder()
        self._ssrc = 1 + secrets.randbelow(1 << 30)
        self._tasks: list[asyncio.Task[None]] = []
        self._server: ServerSide | None = None
        self._offer: SyntheticOffer | None = None
        self._source: MediaSource | None = None
        self._begun = 0.0
        self._reachable = asyncio.Event()
        self.role = "controlling"

    async def join(self, session: aiohttp.ClientSession) -> None:
        """Until DTLS is up."""
        self._begun = time.monotonic()
        if not _certificate:
            _certificate.append(RTCCertificate.generateCertificate())
        digests = {each.algorithm: each.value for each in _certificate[0].getFingerprints()}
        self._offer = make_offer(digests["sha-256"], sends=self._clip is not None, slots=self._slots, rids=self._rids)
        websocket = await session.ws_connect(f"{self._base.replace('http', 'ws')}/api/v1/signal")
        await websocket.send_json({"type": "hello", "token": self._token})
        await self._negotiate(websocket)
        self._start(self._drain(websocket))
        assert self._server is not None
        self._socket.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, 4 << 20)
        self._socket.connect(self._server.address)
        asyncio.get_running_loop().add_reader(self._socket, self._on_readable)
        self._start(self._check())
        await asyncio.wait_for(self._reachable.wait(), 10)
        await self._handshake()
        self.result.join_s = time.monotonic() - self._begun
        self._start(self._feed_back())
        if self._clip is not None:
            self._source = MediaSource(self._clip, self._offer, self._rids, self._send_rtp, self._send_rtcp)
            self._start(self._source.run())

    def _start(self, work: object) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))  # type: ignore[arg-type]

    async def _negotiate(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        offer = self._offer
        assert offer is not None
        async for frame in websocket:
            message = json.loads(frame.data)
            if message["type"] == "welcome":
                body = {"type": "offer", "id": 1, "sdp": offer.sdp, "tracks": offer.tracks, "slots": offer.slots}
                await websocket.send_json(body)
            elif message["type"] == "answer":
                self._server = read_answer(message["sdp"])
                if self._stage:
                    want = {
                        "endpoint_id": self._stage,
                        "source": "camera",
                        "width": 1280,
                        "height": 720,
                        "place": "stage",
                    }
                    await websocket.send_json({"type": "view", "wants": [want]})
                return
            elif message["type"] in ("error", "bye"):
                raise RuntimeError(f"refused: {message}")

    async def _drain(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        """Pings, and the layers that somebody needs."""
        last_ping = time.monotonic()
        while True:
            try:
                frame = await websocket.receive(timeout=5)
            except TimeoutError:
                frame = None
            if frame is not None and frame.type is not aiohttp.WSMsgType.TEXT:
                return
            if frame is not None and '"layers"' in frame.data[:40] and self._source is not None:
                message = json.loads(frame.data)
                if message["source"] == "camera":
                    self._source.active = set(message["active"])
            if time.monotonic() - last_ping > 5:
                last_ping = time.monotonic()
                await websocket.send_json({"type": "ping", "id": 1})

    async def _check(self) -> None:
        """ICE checks, also as consent (RFC 7675)."""
        assert self._server is not None
        assert self._offer is not None
        while True:
            request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
            request.attributes["USERNAME"] = f"{self._server.ufrag}:{self._offer.ufrag}"
            request.attributes["PRIORITY"] = 1853817087
            request.attributes["ICE-CONTROLLING"] = 1
            request.attributes["USE-CANDIDATE"] = None
            request.add_message_integrity(self._server.password.encode())
            with contextlib.suppress(OSError):
                self._socket.send(bytes(request))
            await asyncio.sleep(CHECK_INTERVAL_S if self._srtp is not None else 0.25)

    async def _handshake(self) -> None:
        assert self._server is not None
        dtls = RTCDtlsTransport(self, [_certificate[0]])  # type: ignore[arg-type]
        dtls._set_role("client")
        fingerprints = [RTCDtlsFingerprint(algorithm=name, value=value) for name, value in self._server.fingerprints]
        await dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        if dtls.state != "connected":
            raise RuntimeError(f"DTLS {dtls.state}")
        self._srtp = InPlaceSrtp(sender=dtls._tx_srtp, receiver=dtls._rx_srtp)
        self._dtls = dtls

    async def _recv(self) -> bytes:
        data = await self._queue.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.send(data)

    def _on_readable(self) -> None:
        buffer, srtp = self._buffer, self._srtp
        for _ in range(64):
            try:
                size = self._socket.recv_into(buffer.data)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue
            first = buffer.data[0]
            if first < 4:
                self._reachable.set()
            if 20 <= first <= 63:
                self._queue.put_nowait(bytes(buffer.view[:size]))
            elif first >= 128 and srtp is not None:
                self._on_media(buffer, srtp, size)

    def _on_media(self, buffer: Buffer, srtp: InPlaceSrtp, size: int) -> None:
        now = time.monotonic()
        if 192 <= buffer.data[1] <= 223:
            size = srtp.unprotect_rtcp(buffer, 0, size)
            if size > 0:
                self._on_rtcp(bytes(buffer.view[:size]))
            return
        size = srtp.unprotect(buffer, 0, size)
        if size <= 0:
            return
        try:
            packet = parse_rtp_untrusted(bytes(buffer.view[:size]), arrival_s=now)
        except MalformedPacket:
            return
        judge = self.result.streams.get(packet.ssrc)
        if judge is None:
            judge = self.result.streams[packet.ssrc] = StreamJudge(audio=packet.payload_type == OPUS)
            if not self.result.first_media_s:
                self.result.first_media_s = now - self._begun
        number = judge.on_packet(packet, now)
        if number is not None:
            self._arrivals.on_packet(number, arrival_s=now)

    def _on_rtcp(self, data: bytes) -> None:
        if self._source is None:
            return
        for packet in parse_compound_untrusted(data):
            if isinstance(packet, Pli):
                self._source.restart()
            elif isinstance(packet, Nack):
                self._source.repair(packet.media_ssrc, packet.lost)

    async def _feed_back(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(FEEDBACK_S)
            for packet in self._arrivals.build(sender_ssrc=self._ssrc, media_ssrc=1):
                self._send_rtcp(packet)
            ticks += 1
            if ticks % 20 == 0:
                blocks = tuple(judge.report(ssrc) for ssrc, judge in list(self.result.streams.items())[:31])
                self._send_rtcp(ReceiverReport(ssrc=self._ssrc, reports=blocks).build())

    def _send_rtp(self, data: bytes | bytearray) -> None:
        self._protect_and_send(data, rtcp=False)
        self.result.sent_packets += 1

    def _send_rtcp(self, data: bytes) -> None:
        self._protect_and_send(data, rtcp=True)

    def _protect_and_send(self, data: bytes | bytearray, *, rtcp: bool) -> None:
        srtp, buffer = self._srtp, self._buffer
        if srtp is None:
            return
        buffer.view[: len(data)] = data
        protect = srtp.protect_rtcp if rtcp else srtp.protect
        size = protect(buffer, 0, len(data))
        if size > 0:
            with contextlib.suppress(OSError):
                self._socket.send(buffer.view[:size])

    async def leave(self) -> None:
        """Stop everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._queue.put_nowait(None)
        if self._srtp is not None:
            await self._dtls.stop()
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
