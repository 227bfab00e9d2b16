"""LiveKit: one process as its own documentation starts it, and its signalling as JSON over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import jwt

from benchmarks.peers.accounting import ServerProcess, until_listening
from benchmarks.peers.media import MediaSeat, free_tcp_port, free_udp_port
from benchmarks.peers.plan import LAYERS, EndpointPlan
from benchmarks.peers.sdp import Description, publisher_offer, read_candidate, read_description, subscriber_answer

KEY, SECRET = "benchmark", "a-secret-that-protects-nothing-but-a-loopback-port"
QUALITIES = dict(zip(LAYERS, ("LOW", "MEDIUM", "HIGH"), strict=True))
SIZES = {"q": (320, 180), "h": (640, 360), "f": (1280, 720)}
SETTINGS = "ICE-lite, one UDP port, loopback candidates, no TURN, no Redis, log level error; else its defaults"
PING_S = 5.0
LIMIT_S = 10.0  # for any answer of the server
_CONFIGURATION = """
port: %(port)d
bind_addresses: ["127.0.0.1"]
rtc: { udp_port: %(udp)d, tcp_port: %(tcp)d, node_ip: 127.0.0.1, use_external_ip: false, use_ice_lite: true,
  enable_loopback_candidate: true, interfaces: { includes: [lo] } }
turn: { enabled: false }
logging: { level: error, pion_level: error }
keys: { %(key)s: %(secret)s }
"""


def binary(cache: Path) -> Path | None:
    """The newest LiveKit that `--install` built."""
    built = sorted(cache.glob("livekit-*/server"), key=lambda path: path.stat().st_mtime)
    return built[-1] if built else None


def version(path: Path) -> str:
    """What the binary says."""
    output = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    return output.split()[-1] if output.strip() else "?"


def token(plan: EndpointPlan) -> str:
    """A participant's access token; who watches nothing may not subscribe, and so needs no connection for it."""
    now = int(time.time())
    grant = {"room": "benchmark", "roomJoin": True, "canPublish": True, "canSubscribe": bool(plan.watches)}
    claims = {"iss": KEY, "sub": f"endpoint-{plan.index}", "nbf": now - 5, "exp": now + 600, "video": grant}
    return jwt.encode(claims, SECRET)


def camera_request(plan: EndpointPlan) -> dict[str, Any]:
    """The AddTrackRequest of a camera with the plan's layers."""
    width, height = SIZES[plan.rids[-1]]
    layers = [
        {"quality": QUALITIES[rid] if plan.simulcast else "HIGH", "width": SIZES[rid][0], "height": SIZES[rid][1]}
        for rid in plan.rids
    ]
    body = {"cid": f"{plan.index}-video", "type": "VIDEO", "source": "CAMERA", "width": width, "height": height}
    return {**body, "layers": layers}


def microphone_request(plan: EndpointPlan) -> dict[str, Any]:
    """The AddTrackRequest of a microphone; no RED, as nobody else in the comparison sends it."""
    return {"cid": f"{plan.index}-audio", "type": "AUDIO", "source": "MICROPHONE", "disableRed": True}


def read_message(data: str | bytes) -> dict[str, Any]:
    """A signal response: JSON, or one of the few in protobuf that come before the server knows that we speak JSON."""
    if isinstance(data, str):
        message: dict[str, Any] = json.loads(data)
        return message
    for number, body in protobuf_fields(data):
        if number == 3 and isinstance(body, bytes):  # SignalResponse.offer, a SessionDescription
            fields = dict(protobuf_fields(body))
            return {"offer": {"sdp": _text(fields.get(2)), "id": fields.get(3, 0)}}
        if number == 4 and isinstance(body, bytes):  # SignalResponse.trickle, a TrickleRequest
            return {"trickle": {"candidateInit": _text(dict(protobuf_fields(body)).get(1))}}
    return {}


def _text(value: int | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else ""


def protobuf_fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, value) of a message with varints and length-delimited fields only; ends at any other."""
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        elif tag & 7 == 2:
            size = varint()
            yield tag >> 3, data[position : position + size]
            position += size
        else:
            return


class LiveKitParticipant:
    """One WebSocket with two peer connections: we offer what we publish, the server offers what we watch."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse, plan: EndpointPlan) -> None:
        loop = asyncio.get_running_loop()
        self.plan = plan
        self.sids: dict[str, str] = {}
        self.subscriber = MediaSeat(plan)
        self._websocket = websocket
        self._answer: asyncio.Future[Description] = loop.create_future()
        self._address: asyncio.Future[tuple[str, int]] = loop.create_future()
        self._offered: asyncio.Future[Description] = loop.create_future()
        self._complete = asyncio.Event()
        self._published: dict[str, asyncio.Event] = {}
        self._handlers: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "answer": self._on_answer,
            "offer": self._on_offer,
            "trickle": self._on_trickle,
            "trackPublished": self._on_published,
        }
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._ping())]

    async def publish(self) -> MediaSeat:
        """Announce both tracks, offer, send."""
        for request in (microphone_request(self.plan), camera_request(self.plan)):
            self._published[request["cid"]] = asyncio.Event()
            await self._say(addTrack=request)
            await asyncio.wait_for(self._published[request["cid"]].wait(), LIMIT_S)
        seat = MediaSeat(self.plan)
        offer = publisher_offer(seat.credentials, msid=str(self.plan.index), **seat.offered)
        await self._say(offer={"type": "offer", "sdp": offer})
        answer = await self._with_address(self._answer)
        await seat.connect(answer)
        seat.send(answer)
        return seat

    async def watch(self, sids: dict[int, dict[str, str]]) -> MediaSeat:
        """Connect by the server's first offer; subscribe to the publishers' tracks; choose the layers."""
        await self.subscriber.connect(await self._with_address(self._offered))
        wanted = [sid for watch in self.plan.watches for sid in sids[watch.publisher].values()]
        await self._say(subscription={"trackSids": wanted, "subscribe": True})
        await asyncio.wait_for(self._complete.wait(), LIMIT_S)
        if self.plan.simulcast:
            for watch in self.plan.watches:
                width, height = SIZES[watch.rid]
                setting = {"trackSids": [sids[watch.publisher]["video"]], "quality": QUALITIES[watch.rid]}
                await self._say(trackSetting={**setting, "width": width, "height": height})
        return self.subscriber

    async def _with_address(self, awaited: asyncio.Future[Description]) -> Description:
        description = await asyncio.wait_for(awaited, LIMIT_S)
        if description.address is None:
            description.address = await asyncio.wait_for(asyncio.shield(self._address), LIMIT_S)
        return description

    async def _say(self, **message: Any) -> None:
        await self._websocket.send_str(json.dumps(message))

    async def _ping(self) -> None:
        """The first one also tells the server to speak JSON."""
        while True:
            await self._say(ping=str(int(1000 * time.time())))
            await asyncio.sleep(PING_S)

    async def _read(self) -> None:
        async for frame in self._websocket:
            for name, body in read_message(frame.data).items():
                if name in self._handlers:
                    await self._handlers[name](body)

    async def _on_answer(self, body: dict[str, Any]) -> None:
        if not self._answer.done():
            self._answer.set_result(read_description(body["sdp"]))

    async def _on_offer(self, body: dict[str, Any]) -> None:
        """The first has no media yet; each is answered, and the one with all that is watched is the last we need."""
        offer = read_description(body["sdp"])
        answer = subscriber_answer(offer, self.subscriber.credentials)
        await self._say(answer={"type": "answer", "sdp": answer, "id": body.get("id", 0)})
        self.subscriber.receive(offer)
        if not self._offered.done():
            self._offered.set_result(offer)
        if sum(section.kind != "application" for section in offer.sections) >= 2 * len(self.plan.watches):
            self._complete.set()

    async def _on_trickle(self, body: dict[str, Any]) -> None:
        address = read_candidate(json.loads(body.get("candidateInit") or "{}").get("candidate", ""))
        if address is not None and not self._address.done():
            self._address.set_result(address)

    async def _on_published(self, body: dict[str, Any]) -> None:
        self.sids[body["cid"].partition("-")[2]] = body["track"]["sid"]
        self._published[body["cid"]].set()

    async def close(self) -> None:
        """End the tasks and the WebSocket."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._websocket.close()


class LiveKitServer:
    """A LiveKit with one room."""

    name = "LiveKit"

    def __init__(self, path: Path, *, core: int) -> None:
        self._path, self._core = path, core
        self._directory = tempfile.TemporaryDirectory(prefix="diemcau-livekit-")
        self._client = aiohttp.ClientSession()
        self._participants: list[LiveKitParticipant] = []
        self._port = free_tcp_port()

    async def start(self) -> None:
        """Up."""
        file = Path(self._directory.name) / "livekit.yaml"
        values = {"port": self._port, "udp": free_udp_port(), "tcp": free_tcp_port(), "key": KEY, "secret": SECRET}
        file.write_text(_CONFIGURATION % values)
        self.process = ServerProcess([str(self._path), "--config", str(file)], core=self._core)
        await until_listening(self._port, self.process)

    async def bring_in(self, plans: Sequence[EndpointPlan]) -> list[MediaSeat]:
        """All join, all publish, then all subscribe."""
        for plan in plans:
            url = f"ws://127.0.0.1:{self._port}/rtc?auto_subscribe=0&sdk=js&protocol=15"
            headers = {"Authorization": f"Bearer {token(plan)}"}
            self._participants.append(LiveKitParticipant(await self._client.ws_connect(url, headers=headers), plan))
        seats = [await each.publish() for each in self._participants if each.plan.clip is not None]
        sids = {each.plan.index: each.sids for each in self._participants}
        return seats + [await each.watch(sids) for each in self._participants if each.plan.watches]

    async def stop(self) -> None:
        """End everything."""
        for participant in self._participants:
            with contextlib.suppress(ConnectionError):
                await participant.close()
        await self._client.close()
        if hasattr(self, "process"):
            self.process.stop()
        self._directory.cleanup()
