"""Disks and space over the API."""

from __future__ import annotations

import asyncio
import math

from pydantic import BaseModel

from recorder.storage.speed import measure_write_speed
from signalling import storage_views as s
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.space import room_for, usual_session, wanted_space
from signalling.tokens import OPERATOR_ROLES, READ_ROLES


async def get_space(call: Call) -> BaseModel:
    """GET /sessions/{id}/space."""
    services = call.services
    record = await services.session(call.path("id"))
    wanted = wanted_space(services, record, hours=_hours(call.request.query.get("hours")))
    room = await room_for(services, record)
    lasts = room.hours(wanted.bytes_per_hour)
    return s.SpaceView(
        session_id=record.id,
        profile=record.profile,
        recorded=services.is_recorded(record),
        endpoints=wanted.endpoints,
        hours=wanted.hours,
        bps=wanted.bps,
        needed_bytes=wanted.bytes,
        journal_bytes=wanted.journal_bytes,
        tracks_bytes=wanted.tracks_bytes,
        free_bytes=room.free,
        committed_bytes=room.committed,
        hours_left=round(lasts, 2) if math.isfinite(lasts) else 0.0,
        fits=room.fits(wanted),
        comfortable=room.free >= 2 * wanted.bytes,
    )


def _hours(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 48:
        raise Problem(400, "invalid_query", "The query is not valid", "hours: above 0, at most 48.")
    return value


async def check_speed(call: Call) -> BaseModel:
    """POST /storage/speed-check."""
    body: s.SpeedRequest = call.body
    services = call.services
    wanted = wanted_space(services, await services.session(body.session_id)) if body.session_id else None
    needed = (wanted or usual_session(services)).bytes_per_hour / 3600
    async with services.measuring_disk:
        try:
            found = await asyncio.to_thread(measure_write_speed, services.recorder.root, megabytes=body.megabytes)
        except OSError as error:
            raise Problem(503, "disk_unwritable", "The recordings' disk cannot be written", str(error)) from None
    return s.SpeedView(
        bytes=found.bytes,
        bytes_per_s=found.bytes_per_s,
        worst_sync_ms=found.worst_sync_ms,
        needed_bytes_per_s=round(needed),
        verdict=found.verdict(needed),
    )


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/space",
        handler=get_space,
        summary="What the session's recording will take, and whether it fits",
        roles=READ_ROLES,
        query={"hours": "how long the session is expected to be, if not as the settings say"},
        result=s.SpaceView,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/speed-check",
        handler=check_speed,
        summary="Measure how fast the recordings' disk writes, and whether that is enough",
        roles=OPERATOR_ROLES,
        body=s.SpeedRequest,
        result=s.SpeedView,
    ),
]
