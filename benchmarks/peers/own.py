"""Điểm Cầu itself: `diemcau serve` with a rehearsal that is not recorded, joined over its WebSocket."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import urllib.request
from array import array
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Any

import aiohttp

from benchmarks.endpoint import SyntheticEndpoint, Want
from benchmarks.offer import VP8, SyntheticOffer
from benchmarks.peers.accounting import ServerProcess
from benchmarks.peers.media import WatchingEnd
from benchmarks.peers.plan import EndpointPlan
from benchmarks.profile_file import profile_text
from benchmarks.running import free_port
from config.models import PROFILES
from config.profile import Profile, load_profile

SETTINGS = (
    "rehearsal, recording.rehearsals=false, log level error, media.start_bps 30 Mb/s,"
    " a profile whose lines do not limit; else its defaults"
)
START_S = 20.0
ENVIRONMENT = {
    "DIEMCAU_RECORDING__REHEARSALS": "false",
    "DIEMCAU_LOG__LEVEL": "error",
    # One layer of 18 Mb/s is more than a first guess of 1.5 Mb/s ever finds room for: nothing smaller could be sent.
    "DIEMCAU_MEDIA__START_BPS": "30000000",
}
UNLIMITED = "unlimited"
LINE_BPS = 1_000_000_000
SITE_BPS = 10_000_000_000
TOP_LAYER_BPS = 50_000_000


def unlimited_profile() -> str:
    """TOML: the private network's profile with lines that no scenario fills, as the other servers know no lines."""
    document = load_profile("mang-rieng").model_dump()
    document["name"] = UNLIMITED
    document["site"] |= {"up_bps": SITE_BPS, "down_bps": SITE_BPS}
    for role in document["roles"].values():
        role |= {key: LINE_BPS for key in ("line_up_bps", "line_down_bps", "cap_up_bps", "cap_down_bps") if key in role}
        if "camera" in role:
            role["camera"]["layers"][-1]["max_bitrate_bps"] = TOP_LAYER_BPS
    return profile_text(Profile.model_validate(document))


class OwnEndpoint(SyntheticEndpoint):
    """Sends all its layers, also those that the server says nobody needs: every server gets the same packets."""

    async def _listen(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        async for _ in websocket:
            pass

    def _build(self, offer: SyntheticOffer, answer: str) -> None:
        super()._build(offer, answer)
        receiver = self.result.receiver
        assert receiver is not None
        end = WatchingEnd(self.link, receiver, frozenset({VP8}), source=self.result.source)
        self._end = self.link.handler = self._watching = end

    @property
    def received(self) -> int:
        """As MediaSeat."""
        return sum(judge.packets + judge.repaired for judge in self.result.streams.values())

    @property
    def lost(self) -> int:
        """As MediaSeat."""
        return sum(judge.lost for judge in self.result.streams.values())

    @property
    def latencies_s(self) -> array[float]:
        """As MediaSeat."""
        return self._watching.latencies_s

    def forget_latencies(self) -> None:
        """As MediaSeat."""
        del self._watching.latencies_s[:]

    def send_key_frames(self) -> None:
        """As MediaSeat."""
        if self.result.source is not None:
            self.result.source.restart()


class OwnServer:
    """A server with one session."""

    name = "Điểm Cầu"

    def __init__(self, *, core: int) -> None:
        self._core = core
        self._directory = tempfile.TemporaryDirectory(prefix="diemcau-")
        self._client = aiohttp.ClientSession()
        self._base = f"http://127.0.0.1:{free_port()}"
        self._token = ""

    async def start(self) -> None:
        """Up, with an operator's token."""
        folder = Path(self._directory.name)
        port = self._base.rpartition(":")[2]
        program = str(Path(sys.executable).with_name("diemcau"))
        arguments = [program, "serve", "--port", port, "--data", str(folder / "data")]
        self.process = ServerProcess(arguments, core=self._core, environment=ENVIRONMENT, stdout=PIPE)
        self._token = await asyncio.wait_for(asyncio.to_thread(self._read_token), START_S)

    def _read_token(self) -> str:
        stdout = self.process.process.stdout
        assert stdout is not None
        for line in stdout:
            if b"#token=" in line:
                return bytes(line).strip().partition(b"#token=")[2].decode()
        raise RuntimeError("the server did not start")

    def _call(self, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self._base}/api/v1{path}",
            method="POST",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    async def bring_in(self, plans: Sequence[EndpointPlan]) -> list[OwnEndpoint]:
        """All join, then the session starts."""
        profiles = Path(self._directory.name) / "data" / PROFILES
        profiles.mkdir(exist_ok=True)
        (profiles / f"{UNLIMITED}.toml").write_text(unlimited_profile(), encoding="utf-8")
        names = [{"name": f"Điểm cầu {plan.index}"} for plan in plans[1:]]
        body = {
            "title": "So sánh",
            "kind": "rehearsal",
            "profile": UNLIMITED,
            "central": {"name": "Trung tâm"},
            "delegates": names,
        }
        session = await asyncio.to_thread(self._call, "/sessions", body)
        endpoints = [self._endpoint(plan, plans, session["endpoints"]) for plan in plans]
        for endpoint in endpoints:
            await endpoint.join(self._client)
        await asyncio.to_thread(self._call, f"/sessions/{session['id']}/start")
        return endpoints

    def _endpoint(
        self, plan: EndpointPlan, plans: Sequence[EndpointPlan], known: Sequence[dict[str, Any]]
    ) -> OwnEndpoint:
        wants = [
            Want(endpoint_id=known[watch.publisher]["id"], width=1280, height=720, place="stage")
            if watch.rid == plan.rids[-1]
            else Want(endpoint_id=known[watch.publisher]["id"], width=320, height=180)
            for watch in plan.watches
        ]
        senders = sum(each.clip is not None for each in plans)
        return OwnEndpoint(
            self._base,
            known[plan.index]["token"],
            clip=plan.clip,
            slots=max(1, senders - (plan.clip is not None)),
            rids=plan.rids,
            wants=wants,
            number=plan.index,
        )

    async def stop(self) -> None:
        """End it."""
        await self._client.close()
        if hasattr(self, "process"):
            self.process.stop()
        self._directory.cleanup()
