"""The API's operations on profiles, simulation and the bearer."""

from __future__ import annotations

import asyncio

from aiohttp import web
from pydantic import BaseModel

from bandwidth.simulator import simulate
from config.profile import check_profile_text, load_profile, profile_names
from signalling import views as v
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.tokens import ALL_ROLES, OPERATOR_ROLES, READ_ROLES


async def me(call: Call) -> BaseModel:
    """GET /me."""
    bearer = call.bearer
    return v.Me(
        role=bearer.role,
        name=bearer.name,
        session_id=bearer.session_id or None,
        endpoint_id=bearer.endpoint_id or None,
    )


async def profiles(call: Call) -> BaseModel:
    """GET /profiles."""
    found = [load_profile(name) for name in profile_names()]
    return v.ProfileList(
        profiles=[
            v.ProfileView(
                name=profile.name,
                title_vi=profile.title.vi,
                title_en=profile.title.en,
                site_up_bps=profile.site.up_bps,
                delegate_down_bps=profile.roles.delegate.line_down_bps,
            )
            for profile in found
        ]
    )


async def check_profile(call: Call) -> BaseModel:
    """POST /profiles/check."""
    body: v.ProfileText = call.body
    problems = check_profile_text(body.text)
    return v.CheckResult(
        ok=not problems,
        problems=[
            v.CheckedProblem(line=each.line, key=each.key, value=each.value, message=each.message) for each in problems
        ],
    )


async def run_simulation(call: Call) -> web.StreamResponse:
    """POST /simulate."""
    body: v.Simulate = call.body
    if body.profile not in profile_names():
        raise Problem(422, "unknown_profile", "There is no such profile", f"There are {', '.join(profile_names())}.")
    profile = load_profile(body.profile)
    site_bps = int(body.site_mbps * 1e6) if body.site_mbps else None
    result = await asyncio.to_thread(simulate, profile, delegates=body.delegates, site_bps=site_bps)
    return web.json_response(result.to_json())


ROUTES = [
    Route(method="GET", path="/api/v1/me", handler=me, summary="Who the bearer is", roles=ALL_ROLES, result=v.Me),
    Route(
        method="GET",
        path="/api/v1/profiles",
        handler=profiles,
        summary="The bandwidth profiles",
        roles=READ_ROLES,
        result=v.ProfileList,
    ),
    Route(
        method="POST",
        path="/api/v1/profiles/check",
        handler=check_profile,
        summary="What is wrong with a profile's text",
        roles=OPERATOR_ROLES,
        body=v.ProfileText,
        result=v.CheckResult,
    ),
    Route(
        method="POST",
        path="/api/v1/simulate",
        handler=run_simulation,
        summary="What each endpoint would send and get",
        roles=READ_ROLES,
        body=v.Simulate,
    ),
]
