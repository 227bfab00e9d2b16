"""The front before workers of the test's own: what goes through it goes through unchanged, and nothing is kept."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType, web
from yarl import URL

from reception.store import Store
from signalling.connection import MAX_QUEUED
from signalling.front.app import make_front
from signalling.front.pool import Pool
from signalling.front.reports import Report
from signalling.tokens import Tokens

pytestmark = pytest.mark.timeout(30)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Workers:
    """A front, and two workers whose answers the test gives. `calls`: (worker, method, path as written)."""

    def __init__(self, store: Store, directory: Path) -> None:
        self.store = store
        self.tokens = Tokens(b"s" * 32)
        self.pool = Pool(store, [directory / f"{index}.sock" for index in range(2)])
        self.calls: list[tuple[int, str, str]] = []
        self.handler: Handler | None = None
        self.base = ""
        self.client = aiohttp.ClientSession(auto_decompress=False)
        self._runners: list[web.AppRunner] = []

    async def start(self) -> None:
        for backend in self.pool.backends:
            await web.UnixSite(await self._runner(self._worker(backend.index)), str(backend.socket)).start()
            self.pool.on_report(backend, Report(ready=True, share=0.5))
        front = await self._runner(make_front(self.pool, self.tokens))
        await web.TCPSite(front, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{front.addresses[0][1]}"

    async def _runner(self, app: web.Application) -> web.AppRunner:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, auto_decompress=False)
        await runner.setup()
        self._runners.append(runner)
        return runner

    def _worker(self, index: int) -> web.Application:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.calls.append((index, request.method, str(request.rel_url)))
            if self.handler is not None:
                return await self.handler(request)
            return web.json_response({"worker": index})

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        return app

    async def session(self, worker: int) -> str:
        record = await self.store.create_session(
            title="t", kind="rehearsal", profile="30-5", endpoints=[("x", "central")], worker=worker
        )
        return record.id

    def token(self, session_id: str) -> str:
        return self.tokens.issue(role="endpoint", hours=1, session_id=session_id, endpoint_id="e")

    async def stop(self) -> None:
        await self.client.close()
        await self.pool.close()
        for runner in reversed(self._runners):
            await runner.cleanup()


@pytest.fixture
async def workers(tmp_path: Path) -> AsyncIterator[Workers]:
    store = await Store.open(tmp_path / "store.sqlite")
    running = Workers(store, tmp_path)
    await running.start()
    yield running
    await running.stop()
    await store.close()


async def test_requests_of_a_session_go_to_its_worker_and_new_ones_are_spread(workers: Workers) -> None:
    placed = [await workers.session(1), await workers.session(0)]
    for session_id in placed:
        async with workers.client.post(f"{workers.base}/api/v1/sessions/{session_id}/start?x=a%20b") as answer:
            assert answer.status == 200
    assert [(worker, method) for worker, method, _ in workers.calls] == [(1, "POST"), (0, "POST")]
    assert workers.calls[0][2] == f"/api/v1/sessions/{placed[0]}/start?x=a%20b"
    await workers.session(0)
    async with workers.client.post(f"{workers.base}/api/v1/sessions", data=b"{}") as answer:
        assert await answer.json() == {"worker": 1}


async def test_paths_are_handed_on_as_they_were_written(workers: Workers) -> None:
    url = f"{workers.base}/api/v1/recordings/..%2f..%2fkeys?a=1%262"

    async with workers.client.get(URL(url, encoded=True)) as answer:
        assert answer.status == 200
    assert workers.calls[0][2] == "/api/v1/recordings/..%2f..%2fkeys?a=1%262"


async def test_headers_and_bodies_go_through_and_those_of_the_connection_stay(workers: Workers) -> None:
    seen: list[web.Request] = []
    packed = gzip.compress(b"what was said")

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(request)
        assert await request.read() == packed
        response = web.Response(status=201, body=packed, headers={"Location": "/a", "Content-Encoding": "gzip"})
        response.headers.add("Link", "<b>")
        response.headers.add("Link", "<c>")
        return response

    workers.handler = handler
    headers = {"X-Mine": "1", "Connection": "keep-alive, X-Hop", "X-Hop": "1", "Content-Encoding": "gzip"}
    async with workers.client.post(f"{workers.base}/whip/none", data=packed, headers=headers) as answer:
        assert (answer.status, answer.headers["Location"]) == (201, "/a")
        assert answer.headers.getall("Link") == ["<b>", "<c>"]
        assert await answer.read() == packed
    assert seen[0].headers["X-Mine"] == "1"
    assert "X-Hop" not in seen[0].headers
    assert seen[0].headers["Host"] == workers.base.removeprefix("http://")


async def test_files_are_streamed_however_large(workers: Workers) -> None:
    session = await workers.session(1)
    taken: list[tuple[str, int]] = []

    async def take(request: web.Request) -> web.StreamResponse:
        async for part in await request.multipart():
            assert isinstance(part, aiohttp.BodyPartReader)
            crc = 0
            while piece := await part.read_chunk():
                crc = zlib.crc32(piece, crc)
            taken.append((part.name or "", crc))
        return web.json_response({}, status=201)

    workers.handler = take
    content = bytes(range(256)) * 8192  # 2 MiB; other bodies may have a quarter of that
    form = aiohttp.FormData({"visibility": "tat_ca"})
    form.add_field("file", io.BytesIO(content), filename="x.pdf")
    path = f"{workers.base}/api/v1/sessions/{session}/documents"
    async with workers.client.post(path, data=form) as answer:
        assert answer.status == 201
    assert taken == [("visibility", zlib.crc32(b"tat_ca")), ("file", zlib.crc32(content))]

    async def scan(request: web.Request) -> web.StreamResponse:
        size = sum([len(chunk) async for chunk in request.content.iter_any()])
        return web.json_response({"size": size})

    workers.handler = scan
    pdf = {"Content-Type": "application/pdf"}
    async with workers.client.post(path, data=io.BytesIO(content), headers=pdf) as answer:
        assert (await answer.read()).decode() == f'{{"size": {len(content)}}}'
    async with workers.client.post(path, data=io.BytesIO(content)) as answer:
        assert answer.status == 413


async def test_an_answer_is_streamed_while_the_worker_still_makes_it(workers: Workers) -> None:
    go_on = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await go_on.wait()
        await response.write(b"second")
        return response

    workers.handler = handler
    async with workers.client.get(f"{workers.base}/x") as answer:
        assert await answer.content.readany() == b"first"
        go_on.set()
        assert await answer.read() == b"second"


async def test_a_reader_that_waits_holds_the_worker_up(workers: Workers) -> None:
    written = 0
    stopped = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        while written < 256 << 20:
            try:
                async with asyncio.timeout(1.0):
                    await response.write(bytes(1 << 20))
            except TimeoutError:
                break
            written += 1 << 20
        stopped.set()
        return response

    workers.handler = handler
    async with workers.client.get(f"{workers.base}/x"):
        await stopped.wait()
    assert written < 64 << 20


async def test_half_an_answer_does_not_look_whole(workers: Workers) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 10)
        assert request.transport is not None
        request.transport.abort()
        return response

    workers.handler = handler
    with pytest.raises(aiohttp.ClientError):
        async with workers.client.get(f"{workers.base}/x") as answer:
            await answer.read()


async def test_a_worker_that_is_away_is_said_so_and_the_others_answer(workers: Workers) -> None:
    away, here = await workers.session(0), await workers.session(1)
    await workers.pool.on_death(workers.pool.backends[0])
    async with workers.client.get(f"{workers.base}/api/v1/sessions/{away}") as answer:
        assert answer.status == 503
        assert (await answer.json())["code"] == "worker_restarting"
    for path in (f"/api/v1/sessions/{here}", "/api/v1/sessions/none", "/anything"):
        async with workers.client.get(f"{workers.base}{path}") as answer:
            assert await answer.json() == {"worker": 1}
    async with workers.client.get(f"{workers.base}/readyz") as answer:
        assert answer.status == 503
    async with workers.client.get(f"{workers.base}/metrics") as answer:
        assert 'diemcau_worker_up{worker="0"} 0.0' in await answer.text()
    await workers.pool.on_death(workers.pool.backends[1])
    async with workers.client.get(f"{workers.base}/anything") as answer:
        assert answer.status == 503


async def test_a_worker_lost_before_it_answered_is_a_bad_gateway(workers: Workers) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    workers.handler = handler
    async with workers.client.post(f"{workers.base}/x") as answer:
        assert answer.status == 502
        assert (await answer.json())["code"] == "worker_lost"


async def test_what_only_reads_is_asked_of_another_worker_where_one_is_lost_over_it(workers: Workers) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if workers.calls[-1][0] == 0 and request.transport is not None:
            request.transport.abort()
        return web.json_response({"sessions": []})

    workers.handler = handler
    for path in ("/x", "/api/v1/sessions"):
        async with workers.client.get(f"{workers.base}{path}") as answer:
            assert await answer.json() == {"sessions": []}


async def test_readiness_is_that_of_the_worker_that_lacks_something(workers: Workers) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response({"code": "recorder_unavailable"}, status=503 if len(workers.calls) > 1 else 200)

    workers.handler = handler
    async with workers.client.get(f"{workers.base}/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {"code": "recorder_unavailable"}


# --- the WebSocket ---


async def hello(workers: Workers, session_id: str) -> aiohttp.ClientWebSocketResponse:
    socket = await workers.client.ws_connect(f"{workers.base}/api/v1/signal")
    await socket.send_json({"type": "hello", "token": workers.token(session_id)})
    return socket


@pytest.mark.parametrize("worker", [0, 1])
async def test_a_page_is_connected_to_the_worker_of_its_session(workers: Workers, worker: int) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for frame in socket:
            await (socket.send_bytes if frame.type is WSMsgType.BINARY else socket.send_str)(frame.data)
        return socket

    workers.handler = handler
    session_id = await workers.session(worker)
    async with await hello(workers, session_id) as page:
        token = (await page.receive_json())["token"]
        assert workers.tokens.check(token).session_id == session_id
        await page.send_str("tiếng Việt")
        assert await page.receive_str() == "tiếng Việt"
        await page.send_bytes(b"\x00")
        assert await page.receive_bytes() == b"\x00"
    assert workers.calls[0][0] == worker


async def test_both_ends_learn_with_which_code_the_other_closed(workers: Workers) -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def handler(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        if (await socket.receive()).type is WSMsgType.TEXT:
            await socket.close(code=4321)
        codes.put_nowait(socket.close_code)
        return socket

    workers.handler = handler
    session_id = await workers.session(0)
    async with await hello(workers, session_id) as page:
        await page.close(code=4001)
        assert await codes.get() == 4001
    async with await hello(workers, session_id) as page:
        await page.send_str("close")
        frame = await page.receive()
        assert (frame.type, frame.data) == (WSMsgType.CLOSE, 4321)


async def test_a_page_whose_worker_dies_is_told_to_come_back(workers: Workers) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        assert request.transport is not None
        request.transport.abort()
        return socket

    workers.handler = handler
    session_id = await workers.session(0)
    async with await hello(workers, session_id) as page:
        assert (await page.receive()).data == WSCloseCode.SERVICE_RESTART
    await workers.pool.on_death(workers.pool.backends[0])
    async with await hello(workers, session_id) as page:
        assert (await page.receive()).data == WSCloseCode.TRY_AGAIN_LATER


async def test_a_page_that_does_not_read_holds_its_worker_up_and_nothing_is_queued(workers: Workers) -> None:
    stopped = asyncio.Event()
    sent = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.receive()
        while sent < 100 * MAX_QUEUED:
            try:
                async with asyncio.timeout(1.0):
                    await socket.send_str("x" * 16_384)
            except TimeoutError:
                break
            sent += 1
        stopped.set()
        return socket

    workers.handler = handler
    session_id = await workers.session(0)
    page = await workers.client.ws_connect(f"{workers.base}/api/v1/signal", compress=0)
    await page.send_json({"type": "hello", "token": workers.token(session_id)})
    await stopped.wait()
    assert sent < 100 * MAX_QUEUED
    await page.close()
