"""The API's operations on simulation and the bearer."""

from __future__ import annotations

from pydantic import BaseModel

from bandwidth.simulation.result import Simulation
from signalling import views as v
from signalling.routing import Call, Route
from signalling.simulation import run_simulation
from signalling.tokens import ALL_ROLES, READ_ROLES


async def me(call: Call) -> BaseModel:
    """GET /me."""
    bearer = call.bearer
    return v.Me(
        role=bearer.role,
        name=bearer.name,
        session_id=bearer.session_id or None,
        endpoint_id=bearer.endpoint_id or None,
    )


ROUTES = [
    Route(method="GET", path="/api/v1/me", handler=me, summary="Who the bearer is", roles=ALL_ROLES, result=v.Me),
    Route(
        method="POST",
        path="/api/v1/simulate",
        handler=run_simulation,
        summary="What each endpoint would send and get, what is cut first, how many fit",
        roles=READ_ROLES,
        body=v.Simulate,
        result=Simulation,
    ),
]
