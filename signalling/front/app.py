"""The front's HTTP application: a table from what a request is to who answers it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import structlog
from aiohttp import web
from multidict import CIMultiDict
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from signalling.app import MAX_BODY_BYTES, add_headers, problems
from signalling.front.merging import merge_metrics, merge_sessions
from signalling.front.pool import Backend, Pool
from signalling.front.proxy import WorkerLost, end_to_end, forward
from signalling.front.routes import Kind, target_of
from signalling.front.signal import serve_signal
from signalling.guard import check_origin
from signalling.problems import Problem
from signalling.tokens import Tokens

SAFE = ("GET", "HEAD", "OPTIONS")
_SESSIONS = "/api/v1/sessions"
ASK_TIMEOUT_S = 5.0  # for one worker's part of a merged answer

log = structlog.get_logger("front")
Answer = tuple[int, str, CIMultiDict[str]]  # status, text, headers
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _WorkersCollector(Collector):
    """What only the front knows of the workers."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterator[Metric]:
        """All families."""
        up = GaugeMetricFamily("diemcau_worker_up", "Whether the worker answers", labels=["worker"])
        deaths = CounterMetricFamily("diemcau_worker_deaths", "Times the worker ended unasked", labels=["worker"])
        for backend in self._pool.backends:
            up.add_metric([str(backend.index)], backend.client is not None)
            deaths.add_metric([str(backend.index)], backend.deaths)
        yield up
        yield deaths


class Front:
    """Answers what concerns all workers, and hands on the rest."""

    def __init__(self, pool: Pool, tokens: Tokens) -> None:
        self._pool = pool
        self._tokens = tokens
        self._registry = CollectorRegistry()
        self._registry.register(_WorkersCollector(pool))
        self._handlers: dict[Kind, Handler] = {
            Kind.ANY: self._any,
            Kind.SESSION: self._session,
            Kind.CREATE: self._create,
            Kind.LIST: self._list,
            Kind.SIGNAL: self._signal,
            Kind.METRICS: self._metrics,
            Kind.READY: self._ready,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Every request."""
        return await self._handlers[target_of(request.method, request.path).kind](request)

    async def _any(self, request: web.Request) -> web.StreamResponse:
        """What only reads is asked of the next where a worker is lost over it."""
        *others, last = self._pool.by_load()[: None if request.method in SAFE else 1]
        for backend in others:
            with contextlib.suppress(WorkerLost):
                return await forward(request, backend)
        return await forward(request, last)

    async def _session(self, request: web.Request) -> web.StreamResponse:
        target = target_of(request.method, request.path)
        return await forward(request, await self._pool.of_session(target.session_id))

    async def _create(self, request: web.Request) -> web.StreamResponse:
        async with self._pool.placing() as backend:
            return await forward(request, backend)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        """One worker says what sessions there are, and each what runs there. Of a page only its own are shown."""
        live = self._pool.by_load()
        running = await asyncio.gather(*(_ask(each, request, "/api/v1/sessions?running=true") for each in live))
        query = request.rel_url.raw_query_string
        status, text, headers = await _ask_one(live, request, f"/api/v1/sessions?{query}" if query else _SESSIONS)
        if status == 200:
            page = json.loads(text)
            parts = [json.loads(each[1])["sessions"] for each in running if each is not None and each[0] == 200]
            page["sessions"] = merge_sessions(page["sessions"], parts, whole_list=not query)
            text = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
        headers.popall("Content-Length", None)
        return web.Response(body=text.encode(), status=status, headers=headers)

    async def _signal(self, request: web.Request) -> web.StreamResponse:
        check_origin(request)
        return await serve_signal(request, self._pool, self._tokens)

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        live = self._pool.live()
        answers = await asyncio.gather(*(_ask(each, request, "/metrics") for each in live))
        texts = {"": generate_latest(self._registry).decode()}
        for backend, answer in zip(live, answers, strict=True):
            if answer is not None and answer[0] == 200:
                texts[str(backend.index)] = answer[1]
        return web.Response(body=merge_metrics(texts).encode(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        if not self._pool.ready:
            waiting = [each.index for each in self._pool.backends if each.client is None or not each.report.ready]
            raise Problem(503, "workers_starting", "Not ready: workers are starting", f"Workers {waiting}.")
        for answer in await asyncio.gather(*(_ask(each, request, "/readyz") for each in self._pool.live())):
            if answer is None:
                raise Problem(503, "worker_lost", "Not ready: a worker does not answer")
            status, text, headers = answer
            if status != 200:
                headers.popall("Content-Length", None)
                return web.Response(body=text.encode(), status=status, headers=headers)
        return web.json_response({"status": "ready"})


async def _ask(backend: Backend, request: web.Request, path: str) -> Answer | None:
    """A worker's answer to a question of ours on behalf of the request's sender; None if there is none in time."""
    headers = {name: request.headers[name] for name in ("Authorization", "Cookie", "Host") if name in request.headers}
    try:
        if backend.client is None:
            return None
        timeout = aiohttp.ClientTimeout(total=ASK_TIMEOUT_S)
        async with backend.client.get(f"http://worker{path}", headers=headers, timeout=timeout) as answer:
            return answer.status, await answer.text(), end_to_end(answer.headers)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("a worker does not answer", worker=backend.index, path=path, cause=str(error))
        return None


async def _ask_one(backends: list[Backend], request: web.Request, path: str) -> Answer:
    """The answer of the first that gives one. Raises WorkerLost."""
    for backend in backends:
        answer = await _ask(backend, request, path)
        if answer is not None:
            return answer
    raise WorkerLost("no worker answers")


def make_front(pool: Pool, tokens: Tokens) -> web.Application:
    """The application."""
    app = web.Application(middlewares=[problems], client_max_size=MAX_BODY_BYTES)
    app.on_response_prepare.append(add_headers)
    app.router.add_route("*", "/{path:.*}", Front(pool, tokens).handle)
    return app
