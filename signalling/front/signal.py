"""WS /api/v1/signal at the front: the hello says which worker; from then on frames go both ways as they are."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import WSCloseCode, WSMsgType, web

from signalling import messages as m
from signalling.connection import MAX_MESSAGE_BYTES, EndpointConnection
from signalling.guard import address_of
from signalling.problems import Problem
from signalling.tokens import InvalidToken, Tokens
from signalling.websocket import WRITE_TIMEOUT_S

if TYPE_CHECKING:
    from signalling.front.pool import Backend, Pool

Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse
NEVER_SENT = (None, WSCloseCode.ABNORMAL_CLOSURE, 1005)  # RFC 6455 §7.4.1


async def serve_signal(request: web.Request, pool: Pool, tokens: Tokens) -> web.WebSocketResponse:
    """One page's WebSocket, until either side ends it."""
    page = web.WebSocketResponse(max_msg_size=MAX_MESSAGE_BYTES, heartbeat=None)
    await page.prepare(request)
    hello = await _receive_hello(page)
    if hello is None:
        return page
    try:
        backend = await pool.of_session(session_of(hello, tokens))
        worker = await _connect(backend, request)
    except (Problem, aiohttp.ClientError, TimeoutError):
        await page.close(code=WSCloseCode.TRY_AGAIN_LATER)  # the page comes back by itself
        return page
    async with worker:
        await worker.send_str(hello.model_dump_json())
        await _exchange(page, worker)
    return page


async def _receive_hello(page: web.WebSocketResponse) -> m.Hello | None:
    """The first message, with the refusals that a worker would give; None where the page was let go."""
    connection = EndpointConnection(page)
    writer = asyncio.get_running_loop().create_task(connection.write(), name="websocket writer")
    hello = await connection.receive_hello()
    if hello is None:
        connection.close()
        await asyncio.wait([writer], timeout=WRITE_TIMEOUT_S)
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
    return hello


def session_of(hello: m.Hello, tokens: Tokens) -> str:
    """The session that the token is for; "" where it is not valid, and any worker may say so."""
    try:
        return tokens.check(hello.token).session_id
    except InvalidToken:
        return ""


async def _connect(backend: Backend, request: web.Request) -> aiohttp.ClientWebSocketResponse:
    if backend.client is None:
        raise aiohttp.ClientConnectionError("the worker has just gone")
    headers = {"Host": request.host, "X-Forwarded-For": address_of(request)}
    return await backend.client.ws_connect("http://worker/api/v1/signal", headers=headers)


async def _exchange(page: web.WebSocketResponse, worker: aiohttp.ClientWebSocketResponse) -> None:
    """Frames both ways until one side ends. Who does not read holds the other up; nothing is queued here."""
    loop = asyncio.get_running_loop()
    up = loop.create_task(_pump(page, worker), name="websocket to worker")
    down = loop.create_task(_pump(worker, page), name="websocket to page")
    try:
        await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (up, down):
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)
    # Which side ended is told by its close code; the other gets the same.
    await worker.close(code=_code(page, WSCloseCode.GOING_AWAY))
    await page.close(code=_code(worker, WSCloseCode.SERVICE_RESTART))


async def _pump(source: Socket, target: Socket) -> None:
    while True:
        frame = await source.receive()
        try:
            if frame.type is WSMsgType.TEXT:
                await target.send_str(frame.data)
            elif frame.type is WSMsgType.BINARY:
                await target.send_bytes(frame.data)
            else:
                return
        except (ConnectionError, RuntimeError, aiohttp.ClientError):
            return


def _code(ended: Socket, otherwise: int) -> int:
    return otherwise if ended.close_code in NEVER_SENT else int(ended.close_code or otherwise)
