"""The API's operations on simulation and the bearer."""

from __future__ import annotations

from pydantic import BaseModel

from bandwidth.simulation.result import Simulation
from reception.permissions import READING, Permission, extents
from signalling import views as v
from signalling.routing import Call, Route
from signalling.simulation import run_simulation


async def me(call: Call) -> BaseModel:
    """GET /me."""
    bearer = call.bearer
    return v.Me(
        role=bearer.role,
        name=bearer.name,
        user_id=bearer.user_id or None,
        unit=bearer.unit,
        pending=bearer.pending,
        session_id=bearer.session_id or None,
        endpoint_id=bearer.endpoint_id or None,
        permissions={str(key): str(value) for key, value in extents(bearer.role, console=bearer.console).items()},
    )


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/me",
        handler=me,
        summary="Who the bearer is",
        permission=Permission.WHO_AM_I,
        result=v.Me,
    ),
    Route(
        method="POST",
        path="/api/v1/simulate",
        handler=run_simulation,
        summary="What each endpoint would send and get, what is cut first, how many fit",
        permission=Permission.VIEW_LINES,
        extents=READING,
        audited=False,
        body=v.Simulate,
        result=Simulation,
    ),
]
