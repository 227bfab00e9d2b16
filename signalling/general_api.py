"""The API's operations on profiles, simulation and the bearer."""

from __future__ import annotations

from pydantic import BaseModel

from bandwidth.simulation.result import Simulation
from config.profile import check_profile_text, load_profile, profile_names
from signalling import views as v
from signalling.routing import Call, Route
from signalling.simulation import run_simulation
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
        summary="What each endpoint would send and get, what is cut first, how many fit",
        roles=READ_ROLES,
        body=v.Simulate,
        result=Simulation,
    ),
]
