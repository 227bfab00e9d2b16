"""One WebSocket of an endpoint: reads and checks messages, writes through a bounded queue."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from aiohttp import WSMsgType, web
from pydantic import BaseModel, ValidationError

from signalling import messages as m
from signalling.problem_words import REASONS_VI

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MAX_QUEUED = 256
MAX_MESSAGE_BYTES = 256 * 1024
HELLO_TIMEOUT_S = 5.0
SILENCE_TIMEOUT_S = 20.0  # the page pings each 5 s

log = structlog.get_logger("signalling")


class EndpointConnection:
    """A page's WebSocket. `send` never waits: a page that does not read is cut off and comes back by itself."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(MAX_QUEUED)
        self.closing = False

    def send(self, message: BaseModel) -> None:
        """Queue a message."""
        if self.closing:
            return
        if self._queue.full():
            self.close()
            return
        self._queue.put_nowait(message.model_dump_json())

    def close(self) -> None:
        """Write what is queued, then close."""
        if not self.closing:
            self.closing = True
            if self._queue.full():
                self._queue.get_nowait()
            self._queue.put_nowait(None)

    async def receive_hello(self) -> m.Hello | None:
        """The first message; None (and an error sent) if it is anything else or late."""
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                message = await self._receive()
        except TimeoutError:
            self.problem("hello_expected", "The first message must be hello, within 5 seconds")
            return None
        if not isinstance(message, m.Hello):
            if message is not None:
                self.problem("hello_expected", "The first message must be hello")
            return None
        return message

    async def run(self, on_message: Callable[[m.ClientMessage], Awaitable[None]]) -> None:
        """Read until the page or we close, or the page falls silent."""
        while not self.closing:
            try:
                async with asyncio.timeout(SILENCE_TIMEOUT_S):
                    message = await self._receive()
            except TimeoutError:
                return
            if message is None:
                return
            await on_message(message)

    async def _receive(self) -> m.ClientMessage | None:
        """The next valid message; None at the end. What is not valid is answered with an error and skipped."""
        while True:
            frame = await self._socket.receive()
            if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return None
            if frame.type is not WSMsgType.TEXT:
                self.problem("text_expected", "Messages are JSON in text frames")
                continue
            try:
                return m.client_message.validate_json(frame.data)
            except ValidationError as error:
                first = error.errors(include_url=False, include_context=False, include_input=False)[0]
                place = "/".join(str(part) for part in first["loc"])
                self.problem("invalid_message", "The message is not valid", f"{place}: {first['msg']}")

    def problem(self, code: str, title: str, detail: str = "", *, reason_vi: str = "") -> None:
        """Tell the page that something it sent was refused."""
        self.send(m.Problem(code=code, title=title, detail=detail, reason_vi=reason_vi or REASONS_VI.get(code, "")))

    async def write(self) -> None:
        """The writer's task: until closed."""
        while True:
            text = await self._queue.get()
            if text is None:
                break
            try:
                await self._socket.send_str(text)
            except (ConnectionError, RuntimeError):
                break
        self.closing = True
        await self._socket.close()
