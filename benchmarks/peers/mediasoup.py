"""mediasoup: its worker under its own Node library, with as little of Node as the library needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.peers.accounting import ServerProcess, until_listening
from benchmarks.peers.install import MEDIASOUP
from benchmarks.peers.media import MediaSeat, free_tcp_port
from benchmarks.peers.plan import LAYERS, EndpointPlan
from benchmarks.peers.sdp import FEEDBACK, OFFERED_AUDIO, OFFERED_VIDEO, OPUS, RTX, VP8, Description, Section

SETTINGS = "log off, one UDP port a transport, initialAvailableOutgoingBitrate 20 Mb/s; else its defaults"
SCRIPT = Path(__file__).with_name("mediasoup_server.mjs")


def installed(cache: Path) -> Path | None:
    """The folder that `--install` filled: node_modules and the worker."""
    folder = cache / f"mediasoup-{MEDIASOUP}"
    return folder if (folder / "mediasoup-worker").exists() and (folder / "node_modules/mediasoup").exists() else None


def version(folder: Path) -> str:
    """Of the library; the worker is of the same package."""
    return str(json.loads((folder / "node_modules/mediasoup/package.json").read_text())["version"])


def produce_options(kind: str, mid: str, encodings: list[dict[str, Any]]) -> dict[str, Any]:
    """What the library's `produce` takes for a synthetic endpoint's voice or picture."""
    feedback = [dict(zip(("type", "parameter"), name.split(), strict=False)) for name in FEEDBACK]
    if kind == "audio":
        codecs: list[dict[str, Any]] = [
            {"mimeType": "audio/opus", "payloadType": OPUS, "clockRate": 48_000, "channels": 2},
        ]
        codecs[0]["rtcpFeedback"] = [{"type": "transport-cc"}]
    else:
        codecs = [
            {"mimeType": "video/VP8", "payloadType": VP8, "clockRate": 90_000, "rtcpFeedback": feedback},
            {"mimeType": "video/rtx", "payloadType": RTX, "clockRate": 90_000, "parameters": {"apt": VP8}},
        ]
    offered = OFFERED_AUDIO if kind == "audio" else OFFERED_VIDEO
    extensions = [{"uri": uri, "id": number} for number, uri in offered.items()]
    parameters = {"mid": mid, "codecs": codecs, "headerExtensions": extensions, "encodings": encodings}
    return {"kind": kind, "rtpParameters": parameters | {"rtcp": {"cname": "synthetic"}}}


def section_of(kind: str, parameters: dict[str, Any]) -> Section:
    """mediasoup's RTP parameters as the m-section that another server would have offered."""
    section = Section(kind, mid=str(parameters.get("mid", "")))
    section.formats = tuple(str(codec["payloadType"]) for codec in parameters["codecs"])
    for codec in parameters["codecs"]:
        section.codecs[codec["payloadType"]] = codec["mimeType"].partition("/")[2].lower()
        if "apt" in codec.get("parameters", {}):
            section.repairs[codec["payloadType"]] = codec["parameters"]["apt"]
    section.extensions = {each["uri"]: each["id"] for each in parameters["headerExtensions"]}
    return section


def description_of(transport: dict[str, Any], sections: list[Section]) -> Description:
    """mediasoup's transport with these sections."""
    candidate = transport["iceCandidates"][0]
    return Description(
        sections=sections,
        ufrag=transport["iceParameters"]["usernameFragment"],
        password=transport["iceParameters"]["password"],
        setup="passive",
        fingerprints=tuple((each["algorithm"], each["value"]) for each in transport["dtlsParameters"]["fingerprints"]),
        address=(candidate.get("address") or candidate["ip"], candidate["port"]),
    )


class MediasoupServer:
    """A worker with one router."""

    name = "mediasoup"

    def __init__(self, folder: Path, *, core: int) -> None:
        self._folder, self._core = folder, core
        self._port = free_tcp_port()
        self._client = aiohttp.ClientSession(base_url=f"http://127.0.0.1:{self._port}")
        self._producers: dict[int, dict[str, str]] = {}

    async def start(self) -> None:
        """Up."""
        environment = {
            "NODE_PATH": str(self._folder / "node_modules"),
            "MEDIASOUP_WORKER_BIN": str(self._folder / "mediasoup-worker"),
        }
        self.process = ServerProcess(["node", str(SCRIPT), str(self._port)], core=self._core, environment=environment)
        await until_listening(self._port, self.process)

    async def bring_in(self, plans: Sequence[EndpointPlan]) -> list[MediaSeat]:
        """All publish, then all subscribe."""
        seats = [await self._publish(plan) for plan in plans if plan.clip is not None]
        return seats + [await self._watch(plan) for plan in plans if plan.watches]

    async def _publish(self, plan: EndpointPlan) -> MediaSeat:
        seat = MediaSeat(plan)
        transport = await self._connected(seat)
        single = {"ssrc": seat.offered["video_ssrc"], "rtx": {"ssrc": seat.video_rtx_ssrc}}
        layers = [{"rid": rid} for rid in plan.rids] if plan.simulcast else [single]
        tracks = {
            "audio": produce_options("audio", "0", [{"ssrc": seat.offered["audio_ssrc"]}]),
            "video": produce_options("video", "1", layers),
        }
        ids = {}
        for kind, options in tracks.items():
            ids[kind] = (await self._ask("produce", transport=transport["id"], **options))["id"]
        self._producers[plan.index] = ids
        sections = [section_of(kind, options["rtpParameters"]) for kind, options in tracks.items()]
        await seat.publish(description_of(transport, sections))
        return seat

    async def _watch(self, plan: EndpointPlan) -> MediaSeat:
        seat = MediaSeat(plan)
        transport = await self._connected(seat)
        sections = []
        for watch in plan.watches:
            for kind, producer in self._producers[watch.publisher].items():
                layer = LAYERS.index(watch.rid) if kind == "video" and plan.simulcast else None
                consumer = await self._ask("consume", transport=transport["id"], producer=producer, layer=layer)
                sections.append(section_of(consumer["kind"], consumer["rtpParameters"]))
        await seat.watch(description_of(transport, sections))
        return seat

    async def _connected(self, seat: MediaSeat) -> dict[str, Any]:
        transport = await self._ask("transport")
        fingerprint = {"algorithm": "sha-256", "value": seat.credentials.fingerprint}
        parameters = {"role": "client", "fingerprints": [fingerprint]}
        await self._ask("connect", transport=transport["id"], dtlsParameters=parameters)
        return transport

    async def _ask(self, name: str, **body: Any) -> dict[str, Any]:
        async with self._client.post(f"/{name}", json=body) as response:
            if response.status != 200:
                raise RuntimeError(f"mediasoup: {await response.text()}")
            answer: dict[str, Any] = json.loads(await response.text())
            return answer

    async def stop(self) -> None:
        """End it."""
        await self._client.close()
        if hasattr(self, "process"):
            self.process.stop()
