"""Flashes and beeps published by synthetic endpoints over a real server, found again in every track; and what happened
in the session, found again in the signed chain."""

from __future__ import annotations

import asyncio
import io
import json
import time
import urllib.request
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from benchmarks.clip import Clip
from benchmarks.endpoint import SyntheticEndpoint
from recorder.chain import read_chain
from recorder.verify import verify
from tests.browser.harness import Server, free_port, wait_for
from tests.recorder.flash_source import AT_S, EVENT_S, FlashSource, beeps, flash_clip, flashes, is_on, matched

SECONDS = 12.0
RUNNING_S = 14.0


def test_the_clip_itself_has_them_together() -> None:
    clip = flash_clip(2)
    assert len(clip.video["q"]) == 50
    assert len(clip.audio) == 100
    assert [is_on(index / 25) for index in range(8, 15)] == [False, False, True, True, True, False, False]


async def join_all(server: Server, session: dict[str, Any], clip: Clip, client: aiohttp.ClientSession) -> list[Any]:
    endpoints = []
    for number, each in enumerate(session["endpoints"]):
        endpoint = SyntheticEndpoint(
            server.base,
            each["token"],
            clip=clip,
            slots=3,
            rids=("q",),
            loss_up=0.02 * number,
            number=number,
            red=True,
            make_source=FlashSource,
        )
        await endpoint.join(client)
        endpoints.append(endpoint)
    return endpoints


def live_file(server: Server, path: str) -> bytes:
    """A track's bytes while the session goes on; nothing if there is none yet."""
    tracks = server.call("GET", path)["tracks"]
    if not tracks:
        return b""
    request = urllib.request.Request(
        server.base + tracks[0]["url"], headers={"Authorization": f"Bearer {server.token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        content: bytes = answer.read()
    return content


async def play_session(server: Server) -> dict[str, Any]:
    """Three endpoints, two of them over lines that lose; what people do meanwhile."""
    session = server.create(2)
    path = f"/sessions/{session['id']}"
    clip = flash_clip()
    async with aiohttp.ClientSession() as client:
        endpoints = await join_all(server, session, clip, client)
        call = lambda method, where: asyncio.to_thread(server.call, method, where)  # noqa: E731
        await call("POST", f"{path}/start")
        begun = time.monotonic()
        await asyncio.sleep(RUNNING_S / 2)
        second = session["endpoints"][2]["id"]
        await call("POST", f"{path}/endpoints/{second}/mute")
        await call("POST", f"{path}/pause")
        await call("POST", f"{path}/resume")
        await call("POST", f"{path}/endpoints/{second}/unmute")
        await asyncio.sleep(max(0.0, RUNNING_S - (time.monotonic() - begun)))
        session["skipped"] = [endpoint.result.source.skipped_ticks for endpoint in endpoints]
        session["live"] = await asyncio.to_thread(live_file, server, f"/recordings/{session['id']}")
        for endpoint in endpoints:
            await endpoint._websocket.send_json({"type": "leave"})
            await endpoint.leave()
        await asyncio.to_thread(
            wait_for,
            lambda: all(each["state"] != "connected" for each in server.call("GET", path)["endpoints"]),
            "they left",
        )
        await asyncio.to_thread(server.end, path)
    return session


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Any:
    server = Server(tmp_path_factory.mktemp("flashes") / "data", free_port())
    server.start()
    session = asyncio.run(play_session(server))
    recording = f"/recordings/{session['id']}"
    wait_for(lambda: server.call("GET", recording)["state"] == "done", "the seal")
    view = server.call("GET", recording)
    server.stop()
    return server.data / "recordings" / session["id"], view, session


@pytest.mark.timeout(180)
def test_every_event_is_found_in_every_track_and_together(played: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    directory, view, session = played
    assert verify(directory).verdict == "whole"
    assert len(view["tracks"]) == 3
    names = [each["name"] for each in session["endpoints"]]
    for track in view["tracks"]:
        number = names.index(track["endpoint_name"])
        path = directory / "tracks" / track["name"]
        pictures, voices = flashes(path), beeps(path)
        assert len(pictures) >= SECONDS, track["endpoint_name"]
        # The third was muted for a moment; and what this machine was too slow to send cannot be found.
        share, _ = matched(pictures, voices)
        assert share >= (0.99 if number < 2 and not session["skipped"][number] else 0.8), (track, pictures, voices)


def test_the_endpoints_are_on_one_timeline(played: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    """Each began at a moment of its own; within the second each flashes when its own clip says so."""
    directory, view, _ = played
    for track in view["tracks"]:
        moments = [track["start_offset_s"] + at for at in flashes(directory / "tracks" / track["name"])]
        steps = [
            round((later - earlier) / EVENT_S) * EVENT_S - (later - earlier) for earlier, later in pairwise(moments)
        ]
        assert max(map(abs, steps)) <= 0.040, "no drift and no jump"


def test_a_track_was_playable_while_the_session_went_on(played: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    _, _, session = played
    pictures, voices = flashes(io.BytesIO(session["live"])), beeps(io.BytesIO(session["live"]))
    assert len(pictures) >= 5
    share, offset = matched(pictures[:-1], voices[: len(pictures) - 1])
    assert share >= 0.8, (pictures, voices)
    assert offset <= 0.040
    assert AT_S < 1


def test_what_happened_is_in_the_signed_chain(played: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    directory, _, session = played
    chain = read_chain((directory / "manifest.jsonl").read_bytes())
    notes = [json.loads(line["facts"]) for line in chain.lines if line["type"] == "note" and line["what"] == "event"]
    kinds = {note["kind"] for note in notes}
    assert {"join", "leave", "mute", "unmute", "start", "pause", "resume", "end", "speak"} <= kinds, kinds
    everybody = {each["id"] for each in session["endpoints"]}
    assert {note["endpoint_id"] for note in notes if note["kind"] == "join"} == everybody
    muted = [note["endpoint_id"] for note in notes if note["kind"] == "mute"]
    assert muted == [session["endpoints"][2]["id"]]
