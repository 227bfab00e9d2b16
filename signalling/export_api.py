"""A recording's package handed out as one tar file, with a purpose that is logged."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from aiohttp import web

from reception.permissions import Extent, Permission
from recorder.custody import BEGUN, DONE
from recorder.export import stream_package
from signalling.custody import Use, log_it
from signalling.media_files import recording_directory
from signalling.problems import Problem
from signalling.routing import Call, Route

CHUNK = 256 << 10
LEAST_PURPOSE, MOST_PURPOSE = 3, 500


async def export_package(call: Call) -> web.StreamResponse:
    """GET /recordings/{id}/export: streamed as it is packed; nothing is kept on the server."""
    directory = recording_directory(call.services, call.path("id"))
    purpose = call.request.query.get("purpose", "").strip()[:MOST_PURPOSE]
    if len(purpose) < LEAST_PURPOSE:
        vi, en = "Hãy nêu mục đích xuất gói hồ sơ.", "Say what the package is exported for (?purpose=…)."
        raise Problem(422, "purpose_needed", en, en, reason_vi=vi, reason_en=en)
    call.facts["purpose"] = purpose
    return await send_package(call, directory, purpose=purpose)


async def send_package(call: Call, directory: Path, *, purpose: str, **facts: str) -> web.StreamResponse:
    """The package as an answer, with its lines in the custody log. Raises Problem 503 if that takes none."""
    use = Use(call=call, recording_id=directory.name, what="export", purpose=purpose)
    await log_it(use, result=BEGUN, **facts)
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/x-tar",
            "Content-Disposition": f'attachment; filename="{directory.name}.tar"',
        }
    )
    await response.prepare(call.request)
    sent = 0
    try:
        sent = await _send(directory, response)
    except (OSError, asyncio.CancelledError) as error:
        await asyncio.shield(log_it(use, result=f"failed: {error or type(error).__name__}"))
        raise
    await log_it(use, result=DONE, bytes=sent, **facts)
    return response


async def _send(directory: Path, response: web.StreamResponse) -> int:
    """Bytes sent. A thread packs into a pipe, which holds it back while the client is slow."""
    reading, writing = os.pipe()
    packing = asyncio.create_task(asyncio.to_thread(_pack, directory, os.fdopen(writing, "wb")))
    sent = 0
    try:
        while chunk := await asyncio.to_thread(os.read, reading, CHUNK):
            await response.write(chunk)
            sent += len(chunk)
    finally:
        os.close(reading)  # a thread that still packs ends with a broken pipe
        with suppress(BrokenPipeError):
            await packing
    await response.write_eof()
    return sent


def _pack(directory: Path, output: BinaryIO) -> None:
    with suppress(BrokenPipeError), output:
        stream_package(directory, output)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/export",
        handler=export_package,
        summary="The whole package as a tar file with the verifier; logged with person and purpose",
        permission=Permission.EXPORT_RECORDING,
        extents=frozenset({Extent.FULL}),
        query={"purpose": "what it is exported for"},
        audited=True,
    ),
]
