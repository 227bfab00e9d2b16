"""What an endpoint's page shows before it enters: which session, when, and as what it comes."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel

from reception.permissions import Permission
from signalling.problems import Problem
from signalling.routing import Call, Route


class JoinInfo(BaseModel):
    """For the page of one link. starts_at: when the session is planned to begin, null: nobody said. started_at: when it
    did. now: the server's time, for the countdown.
    """

    now: datetime

    session_id: str
    title: str
    state: str
    rehearsal: bool
    starts_at: datetime | None
    started_at: datetime | None
    endpoint_id: str
    endpoint_name: str
    role: str


async def get_join(call: Call) -> BaseModel:
    """GET /join."""
    bearer = call.bearer
    record = await call.services.session(bearer.session_id)
    endpoint = record.endpoint(bearer.endpoint_id)
    if endpoint is None or endpoint.removed:
        raise Problem(403, "endpoint_removed", "This endpoint was removed from the session")
    return JoinInfo(
        now=datetime.now(UTC),
        session_id=record.id,
        title=record.title,
        state=record.state.value,
        rehearsal=record.kind == "rehearsal",
        starts_at=record.plan.planned_start,
        started_at=record.started_at,
        endpoint_id=endpoint.id,
        endpoint_name=endpoint.name,
        role=endpoint.role,
    )


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/join",
        handler=get_join,
        summary="The session of an endpoint's link, and as what it comes",
        permission=Permission.WHO_AM_I,
        result=JoinInfo,
    ),
]
