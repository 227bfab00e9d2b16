"""Documents that rooms fetch leave the lines to voices and pictures: so many bits a second each, and all together."""

from __future__ import annotations

import asyncio
import time
from typing import BinaryIO

from aiohttp import web

from config.models import DocumentSettings

PIECE_BYTES = 16_384


class Pace:
    """Hands out turns at a rate."""

    def __init__(self, rate_bps: float) -> None:
        self._rate_bps = rate_bps
        self._free_at_s = 0.0

    def wait_s(self, size_bytes: int, *, now: float) -> float:
        """How long who wants to send so many bytes at `now` (seconds, monotonic) has to wait; they are then his."""
        begin = max(now, self._free_at_s)
        self._free_at_s = begin + size_bytes * 8 / self._rate_bps
        return begin - now


class DocumentPaces:
    """One for the process. Rooms at the server's own site are held to it as well: nobody knows their line."""

    def __init__(self, settings: DocumentSettings) -> None:
        self._room_bps = settings.room_kbps * 1000
        self._all = Pace(settings.rooms_kbps * 1000)

    async def send(
        self, request: web.Request, file: BinaryIO, size_bytes: int, headers: dict[str, str]
    ) -> web.StreamResponse:
        """The file from where it stands, so many bytes, as fast as one room may have it. Raises OSError."""
        room = Pace(self._room_bps)
        response = web.StreamResponse(headers=headers)
        response.content_length = size_bytes
        await response.prepare(request)
        while piece := file.read(PIECE_BYTES):
            now = time.monotonic()
            await asyncio.sleep(max(room.wait_s(len(piece), now=now), self._all.wait_s(len(piece), now=now)))
            await response.write(piece)
        await response.write_eof()
        return response
