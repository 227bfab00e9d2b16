"""The API's operations on simulation and the bearer."""

from __future__ import annotations

import asyncio

from aiohttp import web
from pydantic import BaseModel

from bandwidth.simulator import simulate
from signalling import views as v
from signalling.routing import Call, Route
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


async def run_simulation(call: Call) -> web.StreamResponse:
    """POST /simulate."""
    body: v.Simulate = call.body
    profile = call.services.profile(body.profile)
    site_bps = int(body.site_mbps * 1e6) if body.site_mbps else None
    result = await asyncio.to_thread(simulate, profile, delegates=body.delegates, site_bps=site_bps)
    return web.json_response(result.to_json())


ROUTES = [
    Route(method="GET", path="/api/v1/me", handler=me, summary="Who the bearer is", roles=ALL_ROLES, result=v.Me),
    Route(
        method="POST",
        path="/api/v1/simulate",
        handler=run_simulation,
        summary="What each endpoint would send and get",
        roles=READ_ROLES,
        body=v.Simulate,
    ),
]
