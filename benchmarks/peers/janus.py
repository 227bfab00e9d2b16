"""Janus's videoroom: its process as Debian ships it, and its JSON protocol over a WebSocket."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.peers.accounting import ServerProcess, until_listening
from benchmarks.peers.media import MediaSeat, free_tcp_port
from benchmarks.peers.plan import LAYERS, EndpointPlan
from benchmarks.peers.sdp import publisher_offer, read_description, subscriber_answer

ROOM = 1
KEEP_ALIVE_S = 20.0
SETTINGS = (
    "ICE-lite, videoroom plugin and WebSocket transport only, log off, bitrate=0, fir_freq=0; else Debian's defaults"
)
_MAIN = """
general: {
  configs_folder = "%(folder)s"  plugins_folder = "%(folder)s/plugins"  transports_folder = "%(folder)s/transports"
  events_folder = "%(folder)s/none"  loggers_folder = "%(folder)s/none"  debug_level = 0  log_to_stdout = false
}
nat: { ice_lite = true  ice_enforce_list = "127.0.0.1,lo" }
"""
_WEBSOCKETS = """
general: { json = "compact"  ws = true  ws_port = %(port)d  ws_ip = "127.0.0.1"  wss = false  ws_logging = "none" }
admin: { admin_ws = false  admin_wss = false }
"""


def library_folder() -> Path | None:
    """Where Debian's package has its plugins; None if there is no Janus."""
    return next(Path("/usr/lib").glob("*/janus"), None) if shutil.which("janus") else None


def version() -> str:
    """Of the installed Janus."""
    output = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False).stdout
    return output.split()[-1] if output.strip() else "?"


def write_configuration(folder: Path, libraries: Path, port: int) -> Path:
    """Three files and the two libraries that are loaded. Returns the main file."""
    for kind, name in (("plugins", "videoroom"), ("transports", "websockets")):
        (folder / kind).mkdir()
        (folder / kind / f"libjanus_{name}.so").symlink_to(libraries / kind / f"libjanus_{name}.so")
    (folder / "none").mkdir()
    main = folder / "janus.jcfg"
    main.write_text(_MAIN % {"folder": folder})
    (folder / "janus.transport.websockets.jcfg").write_text(_WEBSOCKETS % {"port": port})
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
    return main


def substream(rid: str) -> int:
    """Janus numbers layers from the lowest quality."""
    return LAYERS.index(rid)


def choices(streams: Sequence[dict[str, Any]], plan: EndpointPlan) -> list[dict[str, Any]]:
    """The `configure` entries that set a subscriber's layers, from the streams that Janus says it attached."""
    wanted = {watch.publisher + 1: watch.rid for watch in plan.watches}
    return [
        {"mid": each["mid"], "substream": substream(wanted[each["feed_id"]]), "temporal": 2}
        for each in streams
        if each["type"] == "video"
    ]


class JanusHandle:
    """A handle of the videoroom plugin: requests one at a time, answered by acknowledgement, event or success."""

    def __init__(self, session: JanusSession, identifier: int) -> None:
        self.connected = asyncio.Event()  # Janus says that DTLS is up
        self._session, self._identifier = session, identifier

    async def ask(self, body: dict[str, Any], sdp: str = "", kind: str = "") -> tuple[dict[str, Any], str]:
        """(plugin data, SDP or ''). Raises RuntimeError with Janus's reason."""
        message: dict[str, Any] = {"janus": "message", "handle_id": self._identifier, "body": body}
        if sdp:
            message["jsep"] = {"type": kind, "sdp": sdp, "rid_order": "lmh"}  # lowest first, as the rids are offered
        answer = await self._session.ask(message)
        data: dict[str, Any] = answer.get("plugindata", {}).get("data", {})
        if "error" in data:
            raise RuntimeError(f"Janus: {data['error']}")
        return data, answer.get("jsep", {}).get("sdp", "")


class JanusSession:
    """One WebSocket, one Janus session with any number of handles."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self._websocket = websocket
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._handles: dict[int, JanusHandle] = {}
        self._identifier = 0
        self._tasks = [asyncio.create_task(self._read())]

    async def open(self) -> None:
        """Create the session and keep it alive."""
        answer = await self.ask({"janus": "create"})
        self._identifier = answer["data"]["id"]
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def attach(self) -> JanusHandle:
        """A new handle."""
        answer = await self.ask({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        handle = JanusHandle(self, answer["data"]["id"])
        self._handles[answer["data"]["id"]] = handle
        return handle

    async def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """The final answer. Raises RuntimeError if Janus refuses, TimeoutError after 10 s."""
        transaction = secrets.token_hex(6)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = answer
        scope = {"session_id": self._identifier} if self._identifier else {}
        await self._websocket.send_json({**message, **scope, "transaction": transaction})
        result = await asyncio.wait_for(answer, 10)
        if result["janus"] == "error":
            raise RuntimeError(f"Janus: {result['error']}")
        return result

    async def _read(self) -> None:
        async for frame in self._websocket:
            message = json.loads(frame.data)
            if message["janus"] == "ack":  # of an asynchronous request: the event follows
                continue
            if message["janus"] == "webrtcup":
                self._handles[message["sender"]].connected.set()
            waiting = self._waiting.pop(message.get("transaction", ""), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE_S)
            await self.ask({"janus": "keepalive"})

    async def close(self) -> None:
        """End the tasks and the WebSocket."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._websocket.close()


class JanusServer:
    """A Janus with one room."""

    name = "Janus"

    def __init__(self, *, core: int) -> None:
        self._core = core
        self._directory = tempfile.TemporaryDirectory(prefix="diemcau-janus-")
        self._client = aiohttp.ClientSession()
        self._session: JanusSession | None = None

    async def start(self) -> None:
        """Up, with the room."""
        libraries = library_folder()
        assert libraries is not None
        port = free_tcp_port()
        folder = Path(self._directory.name)
        main = write_configuration(folder, libraries, port)
        self.process = ServerProcess(["janus", "-C", str(main), "-F", str(folder)], core=self._core)
        await until_listening(port, self.process)
        websocket = await self._client.ws_connect(f"ws://127.0.0.1:{port}", protocols=("janus-protocol",))
        self._session = JanusSession(websocket)
        await self._session.open()
        handle = await self._session.attach()
        room = {"request": "create", "room": ROOM, "publishers": 100, "bitrate": 0, "fir_freq": 0}
        await handle.ask({**room, "audiocodec": "opus", "videocodec": "vp8", "transport_wide_cc_ext": True})

    async def bring_in(self, plans: Sequence[EndpointPlan]) -> list[MediaSeat]:
        """All publish, then all subscribe: one more peer connection for everything that an endpoint watches."""
        assert self._session is not None
        seats = [await self._publish(self._session, plan) for plan in plans if plan.clip is not None]
        return seats + [await self._watch(self._session, plan) for plan in plans if plan.watches]

    async def _publish(self, session: JanusSession, plan: EndpointPlan) -> MediaSeat:
        handle = await session.attach()
        await handle.ask({"request": "join", "ptype": "publisher", "room": ROOM, "id": plan.index + 1})
        publisher = MediaSeat(plan)
        offer = publisher_offer(publisher.credentials, **publisher.offered)
        _, answer = await handle.ask({"request": "publish"}, offer, "offer")
        await publisher.publish(read_description(answer))
        await asyncio.wait_for(handle.connected.wait(), 10)  # before it, subscribers hear that there is no such feed
        return publisher

    async def _watch(self, session: JanusSession, plan: EndpointPlan) -> MediaSeat:
        handle = await session.attach()
        feeds = [{"feed": watch.publisher + 1} for watch in plan.watches]
        attached, text = await handle.ask({"request": "join", "ptype": "subscriber", "room": ROOM, "streams": feeds})
        subscriber = MediaSeat(plan)
        offer = read_description(text)
        await handle.ask({"request": "start"}, subscriber_answer(offer, subscriber.credentials), "answer")
        await subscriber.watch(offer)
        if plan.simulcast:
            await handle.ask({"request": "configure", "streams": choices(attached["streams"], plan)})
        return subscriber

    async def stop(self) -> None:
        """End everything."""
        if self._session is not None:
            await self._session.close()
        await self._client.close()
        if hasattr(self, "process"):
            self.process.stop()
        self._directory.cleanup()
