"""`diemcau serve --workers 2` with real processes: one front, sessions apart, a death that the others do not feel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.clip import Clip, make_clip
from benchmarks.endpoint import SyntheticEndpoint
from tests.browser.harness import Server, free_port, wait_for
from tests.diemcau.placed import worker_of

pytestmark = pytest.mark.timeout(120)
OFFER = (Path(__file__).parents[1] / "signalling" / "chromium-offer.sdp").read_bytes().decode()
WORKERS = 2


def free_ports() -> int:
    """A port P free for HTTP and for the media of two workers."""
    while True:
        port = free_port()
        with contextlib.ExitStack() as stack:
            udp = [stack.enter_context(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(WORKERS)]
            tcp = [stack.enter_context(socket.socket()) for _ in range(WORKERS)]
            try:
                for index in range(WORKERS):
                    udp[index].bind(("127.0.0.1", port + 2 * index))
                    tcp[index].bind(("127.0.0.1", port + 2 * index + 1))
            except OSError:
                continue
            return port


def started(data: Path) -> Server:
    running = Server(data, free_ports(), "--workers", str(WORKERS))
    running.start()
    return running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = started(tmp_path_factory.mktemp("workers") / "data")
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="module")
def clip() -> Clip:
    return make_clip(0, ("q",))


def children(pid: int) -> dict[int, str]:
    """Every process below, by pid, with its command line."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, rest = stat.read_text().rsplit(")", 1)
            parents[int(name.partition(" ")[0])] = int(rest.split()[1])
    found: dict[int, str] = {}
    below = [pid]
    while below:
        below = [child for child, parent in parents.items() if parent in below]
        for child in below:
            with contextlib.suppress(OSError):
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
    return found


def workers(server: Server) -> dict[int, int]:
    """The workers' pids by their number. What they have just forked bears their name too, for a moment."""
    assert server.process is not None
    found: dict[int, int] = {}
    for pid, command in children(server.process.pid).items():  # parents come first
        match = re.search(r"diemcau\.worker (\d+) ", command)
        if match:
            found.setdefault(int(match[1]), pid)
    return found


def alive(pids: list[int]) -> list[int]:
    """Those that run; a process that only waits for its parent to look has ended."""
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                found.append(pid)
    return found


def text(server: Server, path: str, **headers: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(
        urllib.request.Request(f"{server.base}{path}", headers=headers), timeout=10
    ) as response:
        return response.status, response.read()


async def until(condition: Callable[[], Awaitable[Any]], what: str) -> Any:
    """The first true value of an asynchronous condition."""
    try:
        async with asyncio.timeout(40):
            while True:
                if value := await condition():
                    return value
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not within 40 s: {what}") from None


@contextlib.asynccontextmanager
async def page(
    client: aiohttp.ClientSession, server: Server, endpoint: dict[str, Any]
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """An endpoint's WebSocket after its welcome."""
    async with client.ws_connect(f"{server.base}/api/v1/signal") as websocket:
        await websocket.send_json({"type": "hello", "token": endpoint["token"]})
        assert (await websocket.receive_json())["type"] == "welcome"
        yield websocket


async def answer(websocket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next message of this type."""
    while (message := await websocket.receive_json())["type"] != kind:
        pass
    found: dict[str, Any] = message
    return found


async def test_sessions_live_on_different_workers_with_ports_of_their_own(server: Server) -> None:
    sessions = [server.create(1), server.create(1)]
    owners = [worker_of(server, each) for each in sessions]
    assert sorted(owners) == [0, 1]
    offer = {
        "type": "offer",
        "id": 1,
        "sdp": OFFER,
        "tracks": [{"mid": "0", "source": "microphone"}, {"mid": "1", "source": "camera"}],
        "slots": [{"audio": "2", "video": "3"}],
    }
    async with aiohttp.ClientSession() as client:
        for session, owner in zip(sessions, owners, strict=True):
            async with page(client, server, session["endpoints"][0]) as websocket:
                await websocket.send_json(offer)
                sdp = (await answer(websocket, "answer"))["sdp"]
            ports = set(re.findall(r"a=candidate:\S+ 1 (udp|tcp) \d+ 127\.0\.0\.1 (\d+) typ host", sdp))
            assert ports == {("udp", str(server.port + 2 * owner)), ("tcp", str(server.port + 2 * owner + 1))}


def test_the_list_readiness_and_metrics_are_of_all_workers(server: Server) -> None:
    sessions = [server.create(1), server.create(1)]
    for session in sessions:
        assert server.call("POST", f"/sessions/{session['id']}/start")["recording"]["state"] == "recording"
    listed = {each["id"]: each for each in server.call("GET", "/sessions")["sessions"]}
    assert [listed[each["id"]]["recording"]["state"] for each in sessions] == ["recording", "recording"]
    assert text(server, "/readyz") == (200, b'{"status": "ready"}')
    families = {each.name: each for each in text_string_to_metric_families(text(server, "/metrics")[1].decode())}
    live = {each.labels["worker"] for each in families["diemcau_sessions"].samples if each.labels["state"] == "live"}
    assert live == {"0", "1"}
    assert [sample.value for sample in families["diemcau_worker_up"].samples] == [1.0, 1.0]


async def test_what_is_said_wrongly_to_the_front_is_refused_as_a_worker_would(server: Server) -> None:
    async with aiohttp.ClientSession() as client:
        async with client.ws_connect(f"{server.base}/api/v1/signal") as websocket:
            await websocket.send_str("{")
            assert (await websocket.receive_json())["code"] == "invalid_message"
            await websocket.send_json({"type": "hello", "token": "x"})
            assert (await websocket.receive_json())["code"] == "invalid_token"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await client.ws_connect(f"{server.base}/api/v1/signal", headers={"Origin": "http://elsewhere.example"})


class Client:
    """What an endpoint needs of an HTTP client; its WebSockets are closed with the stack."""

    def __init__(self, client: aiohttp.ClientSession, stay: contextlib.AsyncExitStack) -> None:
        self._client, self._stay = client, stay

    async def ws_connect(self, url: str) -> aiohttp.ClientWebSocketResponse:
        websocket = await self._client.ws_connect(url)
        self._stay.push_async_callback(websocket.close)
        return websocket


async def join(
    stay: contextlib.AsyncExitStack,
    client: aiohttp.ClientSession,
    server: Server,
    session: dict[str, Any],
    clip: Clip,
) -> SyntheticEndpoint:
    """The session's first two endpoints, until the stack closes: one sends, the other gets it and is returned."""
    pair = [
        SyntheticEndpoint(server.base, each["token"], clip=with_clip, slots=2, rids=("q",))
        for each, with_clip in zip(session["endpoints"][:2], (clip, None), strict=True)
    ]
    for endpoint in pair:
        stay.push_async_callback(endpoint.leave)
        await endpoint.join(Client(client, stay))  # type: ignore[arg-type]
    return pair[1]


async def gets_more(endpoint: SyntheticEndpoint) -> None:
    """Media come."""

    def received() -> int:
        return sum(judge.packets for judge in endpoint.result.streams.values())

    before = received()

    async def more() -> bool:
        return received() > before + 50

    await until(more, "media flow")


async def recordings(server: Server) -> dict[str, str]:
    """As every session in the list shows its recording, by id."""
    shown = await asyncio.to_thread(server.call, "GET", "/sessions")
    return {each["id"]: each["recording"]["state"] for each in shown["sessions"]}


async def test_a_killed_worker_returns_with_its_session_and_the_other_session_notices_nothing(
    server: Server, clip: Clip
) -> None:
    hit, spared = sorted((server.create(2), server.create(2)), key=lambda each: worker_of(server, each))
    assert [worker_of(server, each) for each in (hit, spared)] == [0, 1]
    for session in (hit, spared):
        server.call("POST", f"/sessions/{session['id']}/start")
    pids = workers(server)
    async with aiohttp.ClientSession() as client, contextlib.AsyncExitStack() as stay:
        gets_hit = await join(stay, client, server, hit, clip)
        gets_spared = await join(stay, client, server, spared, clip)
        await gets_more(gets_hit)
        await gets_more(gets_spared)
        async with page(client, server, spared["endpoints"][2]) as websocket:
            os.kill(pids[0], signal.SIGKILL)

            async def back() -> bool:
                states = await recordings(server)
                assert states[spared["id"]] == "recording"
                again = workers(server).get(0, pids[0])
                return again != pids[0] and states[hit["id"]] == "recording"

            await until(back, "the killed worker's session is recorded again")
            assert server.call("GET", f"/sessions/{hit['id']}")["state"] == "interrupted"
            server.call("POST", f"/sessions/{hit['id']}/resume")
            await gets_more(gets_spared)
            await websocket.send_json({"type": "ping", "id": 5})
            assert (await answer(websocket, "pong"))["id"] == 5
        await gets_more(await join(stay, client, server, hit, clip))
    assert workers(server)[1] == pids[1]
    metrics = text(server, "/metrics")[1].decode()
    assert 'diemcau_worker_deaths_total{worker="0"} 1.0' in metrics
    assert 'diemcau_worker_deaths_total{worker="1"} 0.0' in metrics
    await recordings_are_whole(server, [hit, spared])


async def recordings_are_whole(server: Server, sessions: list[dict[str, Any]]) -> None:
    """The sessions are ended; their recordings are completed, whole, and can be had in pieces through the front."""
    for session in sessions:
        await asyncio.to_thread(server.end, f"/sessions/{session['id']}")
    ids = {each["id"] for each in sessions}

    async def done() -> bool:
        states = await recordings(server)
        return {states[each] for each in ids} == {"done"}

    await until(done, "the recordings are complete")
    diemcau = Path(sys.executable).with_name("diemcau")
    for each in ids:
        directory = server.data / "recordings" / each
        verify = [str(diemcau), "recording", "verify", "--json", str(directory)]
        report = json.loads((await asyncio.to_thread(subprocess.run, verify, capture_output=True, check=True)).stdout)
        assert report["verdict"] == "whole"
        recording = server.call("GET", f"/recordings/{each}")
        assert recording["state"] == "done"
        assert recording["tracks"]
        track = recording["tracks"][0]
        whole = (directory / "tracks" / track["name"]).read_bytes()
        bearer = {"Authorization": f"Bearer {server.token}"}
        assert text(server, track["url"], **bearer) == (200, whole)
        assert text(server, track["url"], Range="bytes=100-299", **bearer) == (206, whole[100:300])


def test_a_stop_ends_every_process(tmp_path: Path) -> None:
    server = started(tmp_path / "data")
    for session in (server.create(1), server.create(1)):
        server.call("POST", f"/sessions/{session['id']}/start")
    assert server.process is not None
    below = children(server.process.pid)
    assert sum("diemcau.worker" in command for command in below.values()) == WORKERS
    assert sum("recorder.process" in command for command in below.values()) == 2
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 0
    assert alive(list(below)) == []
    server.stop()


def test_workers_end_with_a_killed_main_process_and_the_next_server_goes_on(tmp_path: Path) -> None:
    server = started(tmp_path / "data")
    sessions = [server.create(1), server.create(1)]
    owners = [worker_of(server, each) for each in sessions]
    for session in sessions:
        server.call("POST", f"/sessions/{session['id']}/start")
    assert server.process is not None
    below = list(children(server.process.pid))
    server.kill()
    server.start()  # at once: it waits for the workers that are left
    try:
        assert alive(below) == []
        assert [worker_of(server, each) for each in sessions] == owners
        for session in sessions:
            shown = server.call("GET", f"/sessions/{session['id']}")
            assert (shown["state"], shown["recording"]["state"]) == ("interrupted", "recording")
    finally:
        server.stop()


def test_with_fewer_workers_each_session_is_recovered_once(tmp_path: Path) -> None:
    server = started(tmp_path / "data")
    sessions = [server.create(1), server.create(1)]
    for session in sessions:
        server.call("POST", f"/sessions/{session['id']}/start")
    server.stop()
    alone = Server(server.data, server.port)
    alone.start()
    try:
        assert workers(alone) == {}
        for session in sessions:
            assert alone.call("GET", f"/sessions/{session['id']}")["recording"]["state"] == "recording"
            assert len(list((server.data / "recordings" / session["id"] / "journal").iterdir())) == 2
    finally:
        alone.stop()


def test_a_second_server_on_the_same_data_is_refused(server: Server, tmp_path: Path) -> None:
    diemcau = Path(sys.executable).with_name("diemcau")
    command = [str(diemcau), "serve", "--workers", "2", "--port", str(free_ports()), "--data", str(server.data)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert "Another server" in second.stderr


def test_a_taken_media_port_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    port = free_ports()
    diemcau = Path(sys.executable).with_name("diemcau")
    command = [str(diemcau), "serve", "--workers", "2", "--port", str(port), "--data", str(tmp_path / "data")]
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port + 2))
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"UDP {port + 2}" in errors


def test_no_worker_opens_what_lives_on_another(server: Server) -> None:
    """Straight to a worker, past the front."""
    session = server.create(1)
    other = 1 - worker_of(server, session)

    async def misdirected() -> tuple[int, str]:
        connector = aiohttp.UnixConnector(str(server.data / "run" / f"worker-{other}.sock"))
        async with (
            aiohttp.ClientSession(connector=connector) as client,
            client.post(
                f"http://worker/api/v1/sessions/{session['id']}/start",
                headers={"Authorization": f"Bearer {server.token}"},
            ) as refused,
        ):
            return refused.status, (await refused.json())["code"]

    assert asyncio.run(misdirected()) == (421, "other_worker")
    wait_for(lambda: server.call("GET", f"/sessions/{session['id']}")["state"] == "draft", "it is still a draft")
