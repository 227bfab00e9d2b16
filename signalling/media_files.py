"""Recordings over HTTP: each with its timeline, verification, and the files with byte ranges."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from reception.permissions import Extent, Permission, Role
from recorder.catalogue import read_entry
from recorder.keys import load_or_make_key
from recorder.live_index import FOLDER
from recorder.verify import verify
from recorder.verify_session import SESSION_FOLDER
from signalling.custody import Use, log_it
from signalling.media_response import media_response
from signalling.problems import Problem, not_found
from signalling.recording_views import RecordingView, live_sessions, recording_view
from signalling.routing import Call, Route
from signalling.services import Services
from signalling.tokens import Bearer

MADE = "derived"  # of a recording's directory: files made of it for use


class KeyView(BaseModel):
    """The public key that signs recordings (Ed25519), and how earlier ones handed over to it."""

    key: str
    pem: str
    rotations: list[dict[str, Any]]


def recording_directory(services: Services, identifier: str) -> Path:
    """Where a recording lies. Raises Problem 404."""
    root = services.recorder.root.resolve()
    directory = (root / identifier).resolve()
    if directory.parent != root or not (directory / "manifest.jsonl").exists():
        raise not_found("recording")
    return directory


async def get_recording(call: Call) -> BaseModel:
    """GET /recordings/{id}."""
    directory = recording_directory(call.services, call.path("id"))
    entry = await asyncio.to_thread(read_entry, directory)
    return recording_view(directory, entry, await live_sessions(call.services))


async def verify_recording(call: Call) -> web.StreamResponse:
    """GET /recordings/{id}/verify."""
    directory = recording_directory(call.services, call.path("id"))
    report = await asyncio.to_thread(verify, directory)
    return web.json_response({**report.to_json(), "directory": directory.name})


async def get_key(call: Call) -> BaseModel:
    """GET /recording-key."""
    key = await asyncio.to_thread(load_or_make_key, call.services.data)
    return KeyView(key=key.public_hex, pem=key.public_pem, rotations=key.history)


async def get_file(call: Call) -> web.StreamResponse:
    """GET /recordings/{id}/files/{path}: by ?access= (granting it was logged), or by bearer token: each is logged."""
    directory = recording_directory(call.services, call.path("id"))
    path = (directory / call.path("path")).resolve()
    if not path.is_relative_to(directory) or not path.is_file() or path.is_relative_to(directory / SESSION_FOLDER):
        raise not_found("file")  # papers are shown by their own routes, to those who may see them
    if path.is_relative_to(directory / MADE) and not _takes(call.bearer):
        vi = "Tệp tạo từ bản ghi chỉ cung cấp theo đề nghị đã được người chủ trì duyệt: trang Đề nghị cung cấp bản ghi."
        en = "Files made of a recording are given on a request that the chair approved: page Requests for recordings."
        raise Problem(403, "export_needed", en, en, reason_vi=vi, reason_en=en)
    if call.bearer.role is not Role.MEDIA:
        await _log_download(call, path.relative_to(directory))
    unfinished = path.is_relative_to(directory / FOLDER)
    in_pieces = call.bearer.role is Role.MEDIA
    return await media_response(
        call.request, path, call.services.recorder.keys, unfinished=unfinished, in_pieces=in_pieces
    )


def _takes(bearer: Bearer) -> bool:
    return bearer.takes or bearer.extent(Permission.EXPORT_RECORDING) is Extent.FULL


async def _log_download(call: Call, path: Path) -> None:
    """A file fetched without an access token: a line in the custody log. Raises Problem."""
    purpose = call.request.query.get("purpose", "").strip() or "not stated (file fetched over the API)"
    use = Use(call=call, recording_id=call.path("id"), what="download", purpose=purpose)
    await log_it(use, path=path, range=call.request.headers.get("Range", "all"))


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/recordings/{id}",
        handler=get_recording,
        summary="A recording with its tracks, and its timeline: markers, turns, pauses, interruptions",
        permission=Permission.VIEW_RECORDINGS,
        result=RecordingView,
    ),
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/verify",
        handler=verify_recording,
        summary="Verify a recording's chain, signatures and files",
        permission=Permission.VIEW_RECORDINGS,
    ),
    Route(
        method="GET",
        path="/api/v1/recording-key",
        handler=get_key,
        summary="The public key that signs recordings, to be kept apart from them",
        permission=Permission.VIEW_RECORDINGS,
        result=KeyView,
    ),
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/files/{path:.+}",
        handler=get_file,
        summary="A file of a recording, with byte ranges; with a bearer token each request is logged",
        permission=Permission.PLAY_RECORDING,
        query={
            "access": "a token of POST /recordings/{id}/access instead of the header",
            "purpose": "without it: what the file is fetched for",
        },
        query_token="access",  # noqa: S106
    ),
]
