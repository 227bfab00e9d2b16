"""The Python baseline: what one writes first with aiortc, forwarding without decoding. Run: python -m … PORT.

Used as aiortc ships it: its DTLS transport with its receive loop, RtpPacket parsed and serialised again for each
subscriber, a coroutine a packet, pylibsrtp's protect. Only ICE is replaced, by a UDP socket that answers checks, since
aioice gathers no loopback addresses. No retransmission, no feedback of its own, no statistics; key frame requests pass.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import (
    RTCRtpCodecParameters,
    RTCRtpHeaderExtensionParameters,
    RTCRtpReceiveParameters,
    RTCRtpSendParameters,
)
from aiortc.rtp import RTCP_PSFB_PLI, AnyRtcpPacket, HeaderExtensions, RtcpPsfbPacket, RtpPacket

from benchmarks.peers.naive_sdp import forwarder_answer, forwarder_offer
from benchmarks.peers.sdp import MID, OPUS, RID, TRANSPORT_CC, VP8, Credentials, read_description

BUFFER_BYTES = 4 << 20  # bursts of a whole frame to every subscriber fit
VOICE = "voice"  # stands where a picture has its rid; a picture without layers has an empty one
EXTENSIONS = {TRANSPORT_CC: 3, MID: 4, RID: 10}


class LiteIce(asyncio.DatagramProtocol):
    """One peer's UDP socket: answers checks, remembers where they came from, queues the rest as aioice does."""

    def __init__(self) -> None:
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.role = "controlled"
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._remote: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Bind."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        bound: socket.socket = self._transport.get_extra_info("socket")
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            bound.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
        self.port: int = bound.getsockname()[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """STUN is answered here, the rest waits for the DTLS transport."""
        if data[0] > 3:
            self._queue.put_nowait(data)
            return
        assert self._transport is not None
        request = stun.parse_message(data)
        if not request.check_message_integrity(self.password.encode()):
            return
        response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=request.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = addr
        response.add_message_integrity(self.password.encode())
        self._remote = addr
        self._transport.sendto(bytes(response), addr)

    async def _recv(self) -> bytes:
        return await self._queue.get()

    async def _send(self, data: bytes) -> None:
        assert self._transport is not None
        if self._remote is not None:
            self._transport.sendto(data, self._remote)


class Connection:
    """ICE and DTLS of one peer."""

    def __init__(self, certificate: RTCCertificate) -> None:
        self.ice = LiteIce()
        self.dtls = RTCDtlsTransport(self.ice, [certificate])  # type: ignore[arg-type]
        self.dtls._set_role("server")
        self._certificate = certificate

    @property
    def credentials(self) -> Credentials:
        """For the SDP."""
        digest = next(each for each in self._certificate.getFingerprints() if each.algorithm == "sha-256")
        return Credentials(ufrag=self.ice.ufrag, password=self.ice.password, fingerprint=digest.value)

    def begin(self, fingerprints: Sequence[tuple[str, str]]) -> asyncio.Task[None]:
        """Handshake when the client speaks."""
        parameters = [RTCDtlsFingerprint(algorithm=name, value=value) for name, value in fingerprints]
        return asyncio.create_task(self.dtls.start(RTCDtlsParameters(fingerprints=parameters)))


class Forwarder:
    """Registered as aiortc's receiver of one publisher's voice and picture: sends each packet on to who wants it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.subscribers: dict[str, list[RTCDtlsTransport]] = defaultdict(list)
        self.rids: dict[int, str] = {}
        self.heard: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        codecs = [(OPUS, "audio/opus", 48_000), (VP8, "video/VP8", 90_000)]
        parameters = RTCRtpReceiveParameters(
            codecs=[RTCRtpCodecParameters(mimeType=name, clockRate=rate, payloadType=pt) for pt, name, rate in codecs],
            headerExtensions=[
                RTCRtpHeaderExtensionParameters(id=number, uri=uri) for uri, number in EXTENSIONS.items()
            ],
        )
        connection.dtls._register_rtp_receiver(self, parameters)

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        if packet.payload_type == OPUS:
            rid = VOICE
        else:
            rid = self.rids.setdefault(packet.ssrc, packet.extensions.rtp_stream_id or "")
            self.heard[rid].set()
        packet.extensions = HeaderExtensions()  # the publisher's MID, RID and numbers mean nothing to a subscriber
        for subscriber in self.subscribers[rid]:
            await subscriber._send_rtp(packet.serialize(subscriber._rtp_header_extensions_map))

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        """Sender reports of the publisher end here."""

    def _handle_disconnect(self) -> None:
        """The publisher left."""
        self.subscribers.clear()

    async def request_key_frame(self, rid: str) -> None:
        """A PLI for the layer."""
        for ssrc, each in self.rids.items():
            if each == rid:
                pli = RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc)
                await self.connection.dtls._send_rtp(bytes(pli))


class Sending:
    """Registered as aiortc's sender to one subscriber: passes its key frame requests to the publisher."""

    def __init__(self, forwarder: Forwarder, rid: str, ssrc: int) -> None:
        self._forwarder, self._rid, self._ssrc = forwarder, rid, ssrc

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_PLI:
            await self._forwarder.request_key_frame(self._rid)


class NaiveServer:
    """Three requests: publish (an offer in, an answer out), watch (an offer out), answer."""

    def __init__(self) -> None:
        self._certificate = RTCCertificate.generateCertificate()
        self._publishers: dict[int, Forwarder] = {}
        self._waiting: dict[int, tuple[Connection, list[tuple[Forwarder, str]]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def application(self) -> web.Application:
        """The routes."""
        application = web.Application()
        application.router.add_post("/publish/{index}", self._publish)
        application.router.add_post("/watch/{index}", self._watch)
        application.router.add_post("/answer/{index}", self._answer)
        return application

    async def _publish(self, request: web.Request) -> web.Response:
        offer = read_description(await request.text())
        connection = Connection(self._certificate)
        await connection.ice.open()
        self._publishers[int(request.match_info["index"])] = Forwarder(connection)
        self._tasks.append(connection.begin(offer.fingerprints))
        return web.Response(text=forwarder_answer(offer, connection.credentials, connection.ice.port))

    async def _watch(self, request: web.Request) -> web.Response:
        watches: list[dict[str, Any]] = await request.json()
        connection = Connection(self._certificate)
        await connection.ice.open()
        wanted = [(self._publishers[each["publisher"]], str(each["rid"])) for each in watches]
        self._waiting[int(request.match_info["index"])] = connection, wanted
        return web.Response(text=forwarder_offer(connection.credentials, connection.ice.port, len(wanted)))

    async def _answer(self, request: web.Request) -> web.Response:
        connection, wanted = self._waiting.pop(int(request.match_info["index"]))
        handshake = connection.begin(read_description(await request.text()).fingerprints)
        self._tasks.append(asyncio.create_task(self._forward(handshake, connection, wanted)))
        return web.Response()

    async def _forward(
        self, handshake: asyncio.Task[None], connection: Connection, wanted: list[tuple[Forwarder, str]]
    ) -> None:
        await handshake
        for forwarder, rid in wanted:
            await forwarder.heard[rid].wait()
            ssrc = next(ssrc for ssrc, each in forwarder.rids.items() if each == rid)
            sending = Sending(forwarder, rid, ssrc)
            connection.dtls._register_rtp_sender(sending, RTCRtpSendParameters())
            for stream in (VOICE, rid):
                forwarder.subscribers[stream].append(connection.dtls)
            await forwarder.request_key_frame(rid)


def main() -> None:
    """Serve on a port of loopback."""
    web.run_app(NaiveServer().application(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
