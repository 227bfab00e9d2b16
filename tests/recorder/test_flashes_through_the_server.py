"""Synthetic endpoints flash and beep through a real server; every track and derivative has it at that moment."""

from __future__ import annotations

import asyncio
import json
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest

from benchmarks.clip import Clip
from benchmarks.endpoint import SyntheticEndpoint
from benchmarks.outgoing_layer import OutgoingLayer
from benchmarks.sending import AUDIO_S, MediaSource
from recorder.catalogue import read_entry
from recorder.extract.compare import compare
from recorder.verify import verify
from tests.browser.harness import Server, free_port, wait_for
from tests.recorder.flashes import LONG_S, PERIOD_S, beeps, flashes, found_share, pictures, voice
from tests.recorder.test_compose import flashes_in_tiles

pytestmark = [pytest.mark.slow, pytest.mark.timeout(175)]

SECONDS = 8.0
FROM_S = 2.0  # of the extract
EDGE_S = 0.3  # what begins so close to an end may be cut off there


@dataclass(slots=True)
class Sent:
    """What one endpoint did, in Unix seconds."""

    flashes: list[float] = field(default_factory=list)
    beeps: list[float] = field(default_factory=list)


class FlashingSource(MediaSource):
    """Sends dark pictures, and white ones for LONG_S each PERIOD_S; beeps at the same moments; notes when."""

    def __init__(self, *arguments: Any, sent: Sent, phase_at_s: float, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._sent, self._phase_at_s = sent, phase_at_s
        self._was_lit = False

    def _send_frame(self, layer: OutgoingLayer, elapsed_s: float) -> None:
        lit = (elapsed_s - self._phase_at_s) % PERIOD_S < LONG_S
        if lit and not self._was_lit:
            self._sent.flashes.append(time.time())
        self._was_lit = lit
        layer.index = 1 if lit else 0  # both are key frames
        super()._send_frame(layer, elapsed_s)

    def _send_voice(self, voice: OutgoingLayer) -> None:
        if voice.index % round(PERIOD_S / AUDIO_S) == round(self._phase_at_s / AUDIO_S):
            captured = self._begun + voice.index * AUDIO_S
            self._sent.beeps.append(time.time() + captured - time.monotonic())
        super()._send_voice(voice)


def clip_of(number: int, phase_s: float) -> Clip:
    dark, lit = (pictures(number, (each,))[0] for each in (False, True))
    packets = voice(number, 0.0, 2 * PERIOD_S, phase_s)
    return Clip(video={"q": [[dark], [lit]]}, audio=packets[round(PERIOD_S / AUDIO_S) :][: round(PERIOD_S / AUDIO_S)])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("flashes") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


async def hold_session(server: Server) -> tuple[str, list[Sent]]:
    """Three endpoints for SECONDS, the third only in the middle; its id, and what each sent."""
    session = server.create(2)
    sent = [Sent() for _ in range(3)]
    endpoints = [
        SyntheticEndpoint(
            server.base,
            each["token"],
            clip=clip_of(number, 0.2 + 0.16 * number),
            slots=3,
            rids=("q",),
            number=number,
            make_source=partial(FlashingSource, sent=sent[number], phase_at_s=0.2 + 0.16 * number),
        )
        for number, each in enumerate(session["endpoints"])
    ]
    path = f"/sessions/{session['id']}"
    async with aiohttp.ClientSession() as client:
        for endpoint in endpoints[:2]:
            await endpoint.join(client)
        await asyncio.to_thread(server.call, "POST", f"{path}/start")
        await asyncio.sleep(SECONDS / 4)
        await endpoints[2].join(client)
        await asyncio.sleep(SECONDS / 2)
        await endpoints[2].leave()
        await asyncio.sleep(SECONDS / 4)
        await asyncio.to_thread(server.end, path)
        for endpoint in endpoints[:2]:
            await endpoint.leave()
    return session["id"], sent


async def test_every_flash_and_beep_is_in_every_track_and_derivative(server: Server, tmp_path: Path) -> None:
    identifier, sent = await hold_session(server)
    path = f"/recordings/{identifier}"
    await asyncio.to_thread(wait_for, lambda: server.call("GET", path)["state"] == "done", "sealed", timeout_s=60)
    view = server.call("GET", path)
    until_s = view["duration_s"] - 1.0
    part = {"kind": "extract", "from_ms": round(1000 * FROM_S), "to_ms": round(1000 * until_s)}
    for body in ({"kind": "multitrack"}, {"kind": "composed"}, part):
        server.call("POST", f"{path}/derivatives", body)

    def made() -> bool:
        jobs = server.call("GET", f"{path}/derivatives")["derivatives"]
        assert not [job["error"] for job in jobs if job["error"]]
        return all(job["state"] == "done" for job in jobs)

    await asyncio.to_thread(wait_for, made, "the derivatives", timeout_s=140)
    directory = server.data / "recordings" / identifier
    start_s = start_of(directory)
    assert len(view["tracks"]) == 3
    numbers = {each["id"]: n for n, each in enumerate(server.call("GET", f"/sessions/{identifier}")["endpoints"])}
    spans: dict[int, tuple[float, float]] = {}
    for track in view["tracks"]:
        number = numbers[track["endpoint_id"]]
        begin = track["start_offset_s"]
        spans[number] = begin, begin + track["duration_s"]
        check(directory / "tracks" / track["name"], number, sent[number], start_s, spans[number], offset_s=begin)
    names = {track["endpoint_name"]: numbers[track["endpoint_id"]] for track in view["tracks"]}
    check_multitrack(directory / "derived" / "multitrack.mkv", names, sent, start_s, spans)
    found = flashes_in_tiles(directory / "derived" / "composed.mp4", directory)
    for endpoint_id, number in numbers.items():
        expected = within(sent[number].flashes, start_s, spans[number])
        assert found_share(expected, found[endpoint_id]) >= 0.99, (expected, found[endpoint_id])
        with av.open(str(directory / "derived" / "composed.mp4")) as container:
            heard = beeps(container.streams.audio[0], number)
        assert found_share(within(sent[number].beeps, start_s, spans[number]), heard) >= 0.99
    check_extract(next((directory / "derived").glob("*.tar")), tmp_path, numbers, sent, start_s, spans, until_s)


def start_of(directory: Path) -> float:
    """When the recording began, Unix seconds."""
    assert verify(directory).verdict == "whole"
    return read_entry(directory).start_ms / 1000


def within(moments: list[float], start_s: float, span: tuple[float, float]) -> list[float]:
    """Unix seconds as seconds from the recording's beginning, those well within the stay."""
    found = [moment - start_s for moment in moments]
    kept = [each for each in found if span[0] + EDGE_S < each < span[1] - EDGE_S]
    assert len(kept) >= 2
    return kept


def check(path: Path, number: int, sent: Sent, start_s: float, span: tuple[float, float], *, offset_s: float) -> None:
    """Both are found within 40 ms, and at most 40 ms apart from each other as they were sent."""
    with av.open(str(path)) as container:
        seen = [offset_s + at for at in flashes(container.streams.video[0])]
    with av.open(str(path)) as container:
        heard = [offset_s + at for at in beeps(container.streams.audio[0], number)]
    expected = within(sent.flashes, start_s, span), within(sent.beeps, start_s, span)
    assert found_share(expected[0], seen) >= 0.99, (path.name, expected[0], seen)
    assert found_share(expected[1], heard) >= 0.99, (path.name, expected[1], heard)


def check_multitrack(
    path: Path, names: dict[str, int], sent: list[Sent], start_s: float, spans: dict[int, tuple[float, float]]
) -> None:
    for name, number in names.items():
        with av.open(str(path)) as container:
            stream = next(each for each in container.streams.video if each.metadata["title"] == name)
            seen = flashes(stream)
        with av.open(str(path)) as container:
            stream = next(each for each in container.streams.audio if each.metadata["title"] == name)
            heard = beeps(stream, number)
        assert found_share(within(sent[number].flashes, start_s, spans[number]), seen) >= 0.99
        assert found_share(within(sent[number].beeps, start_s, spans[number]), heard) >= 0.99


def check_extract(
    package: Path,
    to: Path,
    numbers: dict[str, int],
    sent: list[Sent],
    start_s: float,
    spans: dict[int, tuple[float, float]],
    until_s: float,
) -> None:
    with tarfile.open(package) as archive:
        archive.extractall(to, filter="data")
    (directory,) = to.iterdir()
    assert verify(directory).verdict == "whole"
    assert not compare(directory)
    for track in json.loads((directory / "extract.json").read_bytes())["tracks"]:
        number = numbers[track["endpoint_id"]]
        span = max(FROM_S, spans[number][0]), min(until_s, spans[number][1])
        check(directory / track["path"], number, sent[number], start_s, span, offset_s=track["offset_ms"] / 1000)
