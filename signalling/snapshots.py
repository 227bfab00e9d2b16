"""Small pictures of the endpoints for the console: pages take them while an operator looks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pydantic import BaseModel

from reception.permissions import Permission
from signalling.routing import Call, Route

if TYPE_CHECKING:
    from signalling.conference import Conference

LOOKS_FOR_S = 20.0  # after the console asked last
OLD_S = 30.0


class Snapshot(BaseModel):
    """A JPEG in base64, and how old it is."""

    endpoint_id: str
    jpeg: str
    age_s: float


class SnapshotList(BaseModel):
    """The newest of each endpoint that has sent one lately."""

    snapshots: list[Snapshot]


def wanted(conference: Conference) -> bool:
    """Whether an operator looks at them."""
    return time.monotonic() < conference.looked_at_s + LOOKS_FOR_S


async def get_snapshots(call: Call) -> BaseModel:
    """GET /sessions/{id}/snapshots."""
    conference = await call.services.conference(call.path("id"))
    was_wanted, now = wanted(conference), time.monotonic()
    conference.looked_at_s = now
    if not was_wanted:
        conference.room.changed()
    return SnapshotList(
        snapshots=[
            Snapshot(endpoint_id=seat.record.id, jpeg=seat.snapshot, age_s=round(now - seat.snapshot_at_s, 1))
            for seat in conference.seats.values()
            if seat.snapshot and now - seat.snapshot_at_s < OLD_S and not seat.record.removed
        ]
    )


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/snapshots",
        handler=get_snapshots,
        summary="Small pictures of the endpoints, some seconds old; asking makes the pages take them",
        permission=Permission.MODERATE,
        result=SnapshotList,
    ),
]
