"""An endpoint's page as a test drives it: the WebSocket alone, without media."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.browser.harness import Server


class PageSocket:
    """Says hello, and keeps the newest message of each type."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token
        self._client = aiohttp.ClientSession()
        self.newest: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self._socket = await self._client.ws_connect(f"{self._server.base}/api/v1/signal")
        await self.send("hello", token=self._token)
        await self.until(lambda: "welcome" in self.newest or "bye" in self.newest)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._client.close()

    async def send(self, message: str, /, **values: Any) -> None:
        """One message."""
        await self._socket.send_json({"type": message, **values})

    @property
    def room(self) -> dict[str, Any]:
        """The room as this page was told last."""
        found: dict[str, Any] = self.newest.get("room") or self.newest["welcome"]["room"]
        return found

    async def until(self, condition: Any, *, timeout_s: float = 10.0) -> None:
        """Read until the condition holds. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                message = await self._socket.receive_json()
                self.newest[message["type"]] = message
