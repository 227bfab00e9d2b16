"""Recordings over HTTP: each with its timeline, verification, and the files with byte ranges."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import structlog
from aiohttp import web
from pydantic import BaseModel, StringConstraints

from reception.permissions import READING, Extent, Permission, Role
from recorder.catalogue import read_entry
from recorder.keys import load_or_make_key
from recorder.live_index import FOLDER
from recorder.verify import verify
from signalling import views as v
from signalling.media_response import media_response
from signalling.problems import not_found
from signalling.recording_views import RecordingView, live_sessions, recording_view
from signalling.routing import Call, Route
from signalling.services import Services

log = structlog.get_logger("http")

ACCESS_HOURS = 4.0


class AskAccess(v.Body):
    """What somebody wants to watch a recording for."""

    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]


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


async def grant_access(call: Call) -> BaseModel:
    """POST /recordings/{id}/access. Who watches says what for, and it is written down before anything can be seen."""
    body: AskAccess = call.body
    directory = recording_directory(call.services, call.path("id"))
    note_access(call, directory, body.purpose)
    token = call.services.tokens.issue(role=Role.MEDIA, hours=ACCESS_HOURS, session_id=directory.name)
    bearer = call.services.tokens.check(token)
    return v.MediaAccess(access=token, expires_at=datetime.fromtimestamp(bearer.expires_at, UTC))


def note_access(call: Call, directory: Path, purpose: str) -> None:
    """Write down that somebody watches a recording, and what for."""
    call.facts["purpose"] = purpose
    log.info("recording opened", session=directory.name, by=call.actor, role=call.bearer.role, purpose=purpose)


async def get_file(call: Call) -> web.StreamResponse:
    """GET /recordings/{id}/files/{path}: by bearer token, or by ?access= for media elements. With byte ranges."""
    directory = recording_directory(call.services, call.path("id"))
    path = (directory / call.path("path")).resolve()
    if not path.is_relative_to(directory) or not path.is_file():
        raise not_found("file")
    unfinished = path.is_relative_to(directory / FOLDER)
    return await media_response(call.request, path, call.services.recorder.keys, unfinished=unfinished)


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
        method="POST",
        path="/api/v1/recordings/{id}/access",
        handler=grant_access,
        summary="A token for media elements, good for this recording only; the purpose is written down",
        permission=Permission.PLAY_RECORDING,
        extents=READING - {Extent.OWN},  # who has a token for one recording does not make it last longer
        body=AskAccess,
        result=v.MediaAccess,
    ),
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/files/{path:.+}",
        handler=get_file,
        summary="A file of a recording, with byte ranges",
        permission=Permission.PLAY_RECORDING,
        query={"access": "a token of POST /recordings/{id}/access instead of the header"},
        query_token="access",  # noqa: S106
    ),
]
