"""A file of a recording as an HTTP answer with byte ranges; encrypted tracks are decrypted on the way."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from aiohttp import web

from recorder.encrypted_file import SUFFIX, DamagedFile, DecryptingFile, plain_name
from recorder.master_key import Keyring
from signalling.case_keys import readable
from signalling.problems import Problem

PIECE_BYTES = 1 << 18
PLAYER_BYTES = 1 << 19
_OPEN_END = re.compile(r"bytes=\d+-")
_TYPES = {".webm": "video/webm", ".mkv": "video/x-matroska", ".mp4": "video/mp4", ".jsonl": "application/jsonl"}


async def media_response(
    request: web.Request, path: Path, keys: Keyring, *, unfinished: bool = False, in_pieces: bool = False
) -> web.StreamResponse:
    """`path` exists. `unfinished`: it is still being written. `in_pieces`: a range without an end is answered with its
    first PLAYER_BYTES, as RFC 9110 §15.3.7 permits; players ask on. A browser has six connections to a server: a dozen
    videos that each hold one open would wait for each other.

    Raises Problem: 409 key_unavailable where the master key is missing, 500 damaged_file where it was altered.
    """
    headers = {"Accept-Ranges": "bytes"}
    headers["Cache-Control"] = "no-store" if unfinished or path.suffix == SUFFIX else "private, max-age=3600"
    headers["Content-Type"] = _TYPES.get(Path(plain_name(path.name)).suffix, "application/octet-stream")
    limit = PLAYER_BYTES if in_pieces and _OPEN_END.fullmatch(request.headers.get("Range", "")) else None
    if path.suffix != SUFFIX:
        if limit is None:
            return web.FileResponse(path, headers=headers)
        return await asyncio.to_thread(_piece, path, request.http_range.start, limit, headers)
    file = await asyncio.to_thread(readable, lambda: DecryptingFile(path, keys, unfinished=unfinished))
    with file:
        return await _send(request, file, headers, limit)


async def file_response(request: web.Request, path: Path, keys: Keyring, headers: dict[str, str]) -> web.StreamResponse:
    """A file that is complete, with these headers. Raises Problem as media_response does."""
    if path.suffix != SUFFIX:
        return web.FileResponse(path, headers=headers)
    file = await asyncio.to_thread(readable, lambda: DecryptingFile(path, keys))
    with file:
        return await _send(request, file, {"Accept-Ranges": "bytes", **headers}, None)


def _piece(path: Path, start: int, limit: int, headers: dict[str, str]) -> web.Response:
    with path.open("rb") as file:
        size = path.stat().st_size
        if start >= size:
            return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        file.seek(start)
        data = file.read(limit)
    place = f"bytes {start}-{start + len(data) - 1}/{size}"
    return web.Response(status=206, body=data, headers={**headers, "Content-Range": place})


async def _send(
    request: web.Request, file: DecryptingFile, headers: dict[str, str], limit: int | None
) -> web.StreamResponse:
    try:
        asked = request.http_range
        start, stop, _ = asked.indices(file.size)
    except ValueError:
        start = stop = -1
    if start >= stop and (start < 0 or file.size):
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    stop = stop if limit is None else min(stop, start + limit)
    partial = asked.start is not None or asked.stop is not None
    response = web.StreamResponse(status=206 if partial else 200, headers=headers)
    response.content_length = stop - start
    if partial:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    first = await _read(file, start, stop)
    await response.prepare(request)
    while first:
        await response.write(first)
        start += len(first)
        first = await _read(file, start, stop)
    await response.write_eof()
    return response


async def _read(file: DecryptingFile, start: int, stop: int) -> bytes:
    """The next piece; b"" at the end. Raises Problem before anything was sent, else ends the answer short."""

    def read() -> bytes:
        file.seek(start)
        out = bytearray()
        while len(out) < min(PIECE_BYTES, stop - start) and (piece := file.read(stop - start - len(out))):
            out += piece
        return bytes(out[: stop - start])

    try:
        return await asyncio.to_thread(read) if start < stop else b""
    except DamagedFile as error:
        raise Problem(500, "damaged_file", "The file is damaged", str(error)) from None
