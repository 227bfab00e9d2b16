"""Recordings over HTTP: the catalogue, verification, and the files with byte ranges."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from recorder.catalogue import CatalogueEntry, list_recordings, read_entry, short_hash
from recorder.keys import load_or_make_key
from recorder.live_index import FOLDER
from recorder.verify import verify
from signalling import views as v
from signalling.media_response import media_response
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.services import Services
from signalling.tokens import MEDIA_ROLE, READ_ROLES, InvalidToken

ACCESS_HOURS = 4.0


class TrackView(BaseModel):
    """A file of a recording; offset and duration in seconds from the recording's beginning."""

    name: str
    endpoint_id: str
    endpoint_name: str
    source: str
    url: str
    start_offset_s: float
    duration_s: float
    bytes: int
    kind: str
    width: int
    height: int
    audio: bool


class RecordingView(BaseModel):
    """A recording. `state`: done, finishing or recording."""

    id: str
    title: str
    kind: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    duration_s: float
    bytes: int
    seal: str
    seal_short: str
    tracks: list[TrackView]
    events: list[dict[str, Any]]
    gaps: list[dict[str, Any]]


class RecordingList(BaseModel):
    """Recordings, newest first."""

    recordings: list[RecordingView]


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


def _view(services: Services, entry: CatalogueEntry, live: Collection[str], *, whole: bool) -> RecordingView:
    """`live`: ids of the sessions that go on, in whichever process."""
    directory = services.recorder.root / entry.id
    tracks = [
        TrackView(
            name=Path(line["path"]).name,
            endpoint_id=line["endpoint_id"],
            endpoint_name=line["endpoint_name"],
            source=line["source"],
            url=f"/api/v1/recordings/{entry.id}/files/{line['path']}",
            start_offset_s=line["offset_ms"] / 1000,
            duration_s=line["duration_ms"] / 1000,
            bytes=(directory / line["path"]).stat().st_size if (directory / line["path"]).exists() else 0,
            kind="video" if line["video"] else "audio",
            width=line["width"],
            height=line["height"],
            audio=line["audio"],
        )
        for line in entry.tracks
    ]
    return RecordingView(
        id=entry.id,
        title=entry.title,
        kind=entry.kind,
        state="done" if entry.state == "done" else ("recording" if entry.id in live else "finishing"),
        started_at=datetime.fromtimestamp(entry.start_ms / 1000, UTC) if entry.start_ms else None,
        ended_at=datetime.fromtimestamp(entry.end_ms / 1000, UTC) if entry.end_ms else None,
        duration_s=max(0, entry.end_ms - entry.start_ms) / 1000 if entry.end_ms else 0.0,
        bytes=entry.bytes,
        seal=entry.seal,
        seal_short=short_hash(entry.seal),
        tracks=tracks if whole else [],
        events=entry.events if whole else [],
        gaps=entry.gaps if whole else [],
    )


async def list_all(call: Call) -> BaseModel:
    """GET /recordings."""
    entries = await asyncio.to_thread(list_recordings, call.services.recorder.root)
    live = await _live(call.services)
    return RecordingList(recordings=[_view(call.services, entry, live, whole=False) for entry in entries])


async def get_recording(call: Call) -> BaseModel:
    """GET /recordings/{id}."""
    directory = recording_directory(call.services, call.path("id"))
    entry = await asyncio.to_thread(read_entry, directory)
    return _view(call.services, entry, await _live(call.services), whole=True)


async def _live(services: Services) -> set[str]:
    return {record.id for record in await services.store.open_sessions()}


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
    """POST /recordings/{id}/access."""
    directory = recording_directory(call.services, call.path("id"))
    token = call.services.tokens.issue(role=MEDIA_ROLE, hours=ACCESS_HOURS, session_id=directory.name)
    bearer = call.services.tokens.check(token)
    return v.MediaAccess(access=token, expires_at=datetime.fromtimestamp(bearer.expires_at, UTC))


async def get_file(call: Call) -> web.StreamResponse:
    """GET /recordings/{id}/files/{path}: by bearer token, or by ?access= for media elements. With byte ranges."""
    request, services = call.request, call.services
    identifier = call.path("id")
    header = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    try:
        bearer = services.tokens.check(request.query.get("access") or header)
    except InvalidToken as error:
        raise Problem(401, "invalid_token", "The token is not valid", str(error)) from None
    if bearer.role not in READ_ROLES and not (bearer.role == MEDIA_ROLE and bearer.session_id == identifier):
        raise Problem(403, "forbidden", "This token does not permit that")
    directory = recording_directory(services, identifier)
    path = (directory / call.path("path")).resolve()
    if not path.is_relative_to(directory) or not path.is_file():
        raise not_found("file")
    unfinished = path.is_relative_to(directory / FOLDER)
    return await media_response(request, path, services.recorder.keys, unfinished=unfinished)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/recordings",
        handler=list_all,
        summary="All recordings, newest first",
        roles=READ_ROLES,
        result=RecordingList,
    ),
    Route(
        method="GET",
        path="/api/v1/recordings/{id}",
        handler=get_recording,
        summary="A recording with its tracks, events and gaps",
        roles=READ_ROLES,
        result=RecordingView,
    ),
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/verify",
        handler=verify_recording,
        summary="Verify a recording's chain, signatures and files",
        roles=READ_ROLES,
    ),
    Route(
        method="GET",
        path="/api/v1/recording-key",
        handler=get_key,
        summary="The public key that signs recordings, to be kept apart from them",
        roles=READ_ROLES,
        result=KeyView,
    ),
    Route(
        method="POST",
        path="/api/v1/recordings/{id}/access",
        handler=grant_access,
        summary="A token for media elements, good for this recording only",
        roles=READ_ROLES,
        result=v.MediaAccess,
    ),
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/files/{path:.+}",
        handler=get_file,
        summary="A file of a recording, with byte ranges",
    ),
]
