"""Runs one case: namespaces, server, senders and viewers; changes the line; keeps what was seen."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.bases import NAMED_PROFILES
from benchmarks.clip import Clip, load_clip
from benchmarks.endpoint import SyntheticEndpoint, Want, stage_and_thumbnails
from benchmarks.links.cases import Case
from benchmarks.links.meter import ArrivalMeter
from benchmarks.links.network import SERVER_ADDRESS, LineCounts, ShapedNetwork, Shaper
from benchmarks.profile_file import profile_text
from benchmarks.running import RunningServer
from config.profile import Profile, load_profile

SAMPLE_S = 0.2
PROFILE = "lines"
SITE_BPS, LINE_BPS = 1_000_000_000, 200_000_000  # more than any case shapes to
MEDIA_SHARE = 0.95
PINNED_BPS = 50_000_000
CROSS_PACKET_BYTES = 1200
CROSS_PORT = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A look at everything at one moment, seconds since the case began."""

    at_s: float
    lines: list[LineCounts]
    site: LineCounts | None
    estimates_bps: list[int]


@dataclass(slots=True, kw_only=True)
class PictureLook:
    """Totals of one picture of one viewer at a moment."""

    frames: int
    freezes: int
    frozen_s: float
    longest_s: float
    switches: int
    pauses: int = 0
    longest_pause_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Observation:
    """What was seen. `begun_s`: Unix time of second 0. looks: per moment and viewer, by SSRC."""

    case: Case
    pinned: bool
    begun_s: float
    samples: list[Sample] = field(default_factory=list)
    meters: list[ArrivalMeter] = field(default_factory=list)
    looks: list[tuple[float, list[dict[int, PictureLook]]]] = field(default_factory=list)
    kernel_drops: int = 0
    unsent_ticks: int = 0  # of 20 ms, that this process had no time to send in
    skipped: str = ""


def lines_profile(richness: int = 1) -> str:
    """The 30-5 profile without lines of its own: what binds is what is shaped. Its plan for the cameras is what they
    send: a layer that is off counts as what it was planned for.
    """
    document = load_profile("30-5").model_dump()
    document["name"] = PROFILE
    document["site"] |= {"up_bps": SITE_BPS, "down_bps": SITE_BPS, "media_share": MEDIA_SHARE}
    for role in document["roles"].values():
        limits = ("line_up_bps", "line_down_bps", "cap_up_bps", "cap_down_bps")
        role |= {key: LINE_BPS for key in limits if key in role} | {"media_share": MEDIA_SHARE}
        for layer in role["camera"]["layers"] if "camera" in role else ():
            layer["max_bitrate_bps"] *= richness
    return profile_text(Profile.model_validate(document))


def richer(clip: Clip, times: int) -> Clip:
    """The same pictures at so many times the bit rate: nobody decodes more than their first bytes."""
    video = {rid: [pieces * times for pieces in frames] for rid, frames in clip.video.items()}
    return Clip(video=video, audio=clip.audio)


class CaseRun:
    """One run of a case; `pinned`: with the estimator held at PINNED_BPS, so that the highest layers are sent."""

    def __init__(self, case: Case, *, pinned: bool) -> None:
        self.case, self.pinned = case, pinned
        self._network = ShapedNetwork(case.homes)
        self._clip = richer(load_clip(0), case.richness)
        self._server: RunningServer | None = None
        self._session: dict[str, Any] = {}
        self._viewers: list[SyntheticEndpoint] = []
        self._senders: list[SyntheticEndpoint] = []
        self._watched: list[Shaper] = []
        self._site: Shaper | None = None
        self._processes: list[asyncio.subprocess.Process] = []

    async def run(self) -> Observation:
        """The whole case. Raises RuntimeError if somebody cannot join."""
        try:
            with self._network.inside("office"):
                return await self._run()
        finally:
            self._network.close()

    async def _run(self) -> Observation:
        self._shape()
        self._start_server()
        try:
            async with aiohttp.ClientSession() as client:
                await self._join(client)
                return await self._watch()
        finally:
            for process in self._processes:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()
            await asyncio.gather(*(each.leave() for each in self._endpoints), return_exceptions=True)
            if self._server is not None:
                await asyncio.to_thread(self._server.stop)

    @property
    def _endpoints(self) -> list[SyntheticEndpoint]:
        return [*self._senders, *self._viewers]

    def _shape(self) -> None:
        case, network = self.case, self._network
        for home in range(1, case.homes + 1):
            down, up = network.line(home)
            network.shape(down, case.rate_at(0))
            network.shape(up, case.up_bps)
            self._watched.append(down)
        if case.site_bps:
            self._site, site_down = network.site()
            network.shape(self._site, case.site_bps)
            network.shape(site_down, case.site_bps)

    def _start_server(self) -> None:
        case = self.case
        settings: dict[str, object] = {"log.level": "error", "recording.rehearsals": False}
        if case.site_bps:
            settings["media.site_networks"] = ["10.77.2.0/24"]  # the office, which is the centre's room
        else:
            settings |= {"default_profile": PROFILE} | NAMED_PROFILES
        if self.pinned:
            settings |= {"media.start_bps": PINNED_BPS, "media.min_bps": PINNED_BPS}
        self._server = RunningServer(
            host=SERVER_ADDRESS,
            namespace=self._network.name("server"),
            settings=settings,
            files={f"profiles/{PROFILE}.toml": lines_profile(case.richness)},
        )
        profile = "30-5" if case.site_bps else None
        others = case.viewers + (0 if case.site_bps else case.senders - 1)
        self._session = self._server.create(others, case.title, profile=profile)
        self._server.call("POST", f"/sessions/{self._session['id']}/start")

    async def _join(self, client: aiohttp.ClientSession) -> None:
        """The centre and the senders from the office, the viewers from behind their lines."""
        case, facts = self.case, self._session["endpoints"]
        ids = [each["id"] for each in facts]
        if case.site_bps:
            self._senders = [self._endpoint(0, ids, sends=True)]
        else:
            self._senders = [self._endpoint(index, ids, sends=True, looks=False) for index in range(case.senders)]
        first = len(self._senders)
        for viewer in range(case.viewers):
            with self._network.inside(f"client{case.home(viewer)}"):
                endpoint = self._endpoint(first + viewer, ids, sends=bool(case.site_bps), loss=case.loss)
            endpoint.link.rtcp_delay_s = case.rtt_s
            self._viewers.append(endpoint)
        for endpoint in self._endpoints:
            await endpoint.join(client)

    def _endpoint(
        self, index: int, ids: list[str], *, sends: bool, looks: bool = True, loss: float = 0.0
    ) -> SyntheticEndpoint:
        case, server = self.case, self._server
        assert server is not None
        senders = ids if case.site_bps else ids[: case.senders]
        others = [each for each in senders if each != ids[index]]
        wants: list[Want] = []
        if looks and case.site_bps:
            wants = stage_and_thumbnails(others[0], others[1:])
        elif looks:
            wants = [Want(endpoint_id=each, width=1280, height=720) for each in others]
            wants[0] = Want(endpoint_id=others[0], width=1280, height=720, place="stage")
        return SyntheticEndpoint(
            server.base,
            self._session["endpoints"][index]["token"],
            clip=self._clip if sends else None,
            slots=len(others) if looks else 1,
            wants=wants,
            depth="full" if looks else "header",
            loss_down=loss,
            number=index,
            level_dbov=20 if index == 0 else 40,
            red=True,
            temporal=True,
            speaks=index < case.voices,
        )

    async def _watch(self) -> Observation:
        case = self.case
        observation = Observation(case=case, pinned=self.pinned, begun_s=time.time())
        observation.meters = [self._meter(each) for each in self._viewers]
        async with asyncio.TaskGroup() as tasks:
            others = [tasks.create_task(self._change_line())]
            if case.tcp is not None:
                others.append(tasks.create_task(self._download(*case.tcp, observation)))
            if case.cross_up_bps:
                others.append(tasks.create_task(self._crowd_way_back()))
            begun, due = time.monotonic(), 0.0
            while due < case.seconds:
                await asyncio.sleep(max(0.0, begun + due - time.monotonic()))
                await self._look(observation, time.monotonic() - begun)
                due += SAMPLE_S
            for task in others:
                task.cancel()
        sources = [each.result.source for each in self._endpoints]
        observation.unsent_ticks = sum(each.skipped_ticks for each in sources if each is not None)
        observation.kernel_drops = sum(each.link.kernel_drops for each in self._viewers)
        return observation

    def _meter(self, viewer: SyntheticEndpoint) -> ArrivalMeter:
        receiver = viewer.result.receiver
        assert receiver is not None
        meter = ArrivalMeter(receiver)
        end = viewer.link.handler
        assert end is not None
        end.on_rtp = meter.on_rtp  # type: ignore[method-assign]
        return meter

    async def _look(self, observation: Observation, at_s: float) -> None:
        facts = await asyncio.to_thread(self._facts)
        observation.samples.append(
            Sample(at_s=at_s, lines=facts[0], site=facts[1], estimates_bps=[int(each) for each in facts[2]])
        )
        observation.looks.append((at_s, [_pictures(each) for each in self._viewers]))

    def _facts(self) -> tuple[list[LineCounts], LineCounts | None, list[float]]:
        assert self._server is not None
        network = self._network
        lines = [network.counts(each) for each in self._watched]
        site = network.counts(self._site) if self._site is not None else None
        session = self._server.call("GET", f"/sessions/{self._session['id']}")
        first = len(self._senders)
        endpoints = session["endpoints"][first : first + len(self._viewers)]
        return lines, site, [(each.get("stats") or {}).get("estimate_bps", 0) for each in endpoints]

    async def _change_line(self) -> None:
        begun = time.monotonic()
        for at_s, bps in self.case.down[1:]:
            await asyncio.sleep(max(0.0, begun + at_s - time.monotonic()))
            self._network.shape(self._watched[0], bps)

    async def _download(self, begin_s: float, end_s: float, observation: Observation) -> None:
        """A download with TCP cubic to the viewer's place."""
        if shutil.which("iperf3") is None:
            observation.skipped = "no TCP download: iperf3 is missing (apt-get install iperf3)"
            return
        await self._spawn("client1", "iperf3", "-s", "-1")
        await asyncio.sleep(begin_s)
        length = ("-t", str(int(end_s - begin_s)))
        await self._spawn("server", "iperf3", "-c", self._network.address(1), "-C", "cubic", *length)

    async def _spawn(self, place: str, *command: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *("ip", "netns", "exec", self._network.name(place), *command),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self._processes.append(process)

    async def _crowd_way_back(self) -> None:
        """Somebody else at the viewer's place sends at a constant rate."""
        with self._network.inside("client1"):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        interval_s = 8 * (CROSS_PACKET_BYTES + 42) / self.case.cross_up_bps
        due = time.monotonic()
        with sock:
            while True:
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    sock.sendto(bytes(CROSS_PACKET_BYTES), (SERVER_ADDRESS, CROSS_PORT))
                due += interval_s
                await asyncio.sleep(max(0.0, due - time.monotonic()))


def _pictures(viewer: SyntheticEndpoint) -> dict[int, PictureLook]:
    receiver = viewer.result.receiver
    assert receiver is not None
    looks = {}
    for ssrc, stream in receiver.streams.items():
        if stream.kind != "video":
            continue
        clock = stream.judge.frames
        looks[ssrc] = PictureLook(
            frames=clock.frames,
            freezes=clock.freezes,
            frozen_s=clock.frozen_s,
            longest_s=clock.longest_s,
            longest_pause_s=clock.longest_pause_s,
            switches=stream.pictures.layer_switches,
            pauses=clock.pauses,
        )
        clock.longest_s = clock.longest_pause_s = 0.0
    return looks
