"""The API's operations on surveys: a registered endpoint checks itself at any time, without a session.

An operator hands out the link; what is found stays, survey by survey, and the newest of each makes the readiness page.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import BaseModel

from config.profile import Profile
from reception.permissions import Extent, Permission, Role
from reception.preflight import Assessment, Results, assess
from reception.preflight_checks import Standard, Value, standard_for
from reception.preflight_store import SURVEY, Kept
from reception.records import RegisteredEndpoint
from signalling import preflight_views as p
from signalling.line_api import STREAM, MeasureLine, Say, measure, stream
from signalling.preflight_api import check_signed, checked_values
from signalling.preflight_service import oldest_of, preflight_store
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

EVERYTHING = 100_000  # rooms

if TYPE_CHECKING:
    from signalling.services import Services

LINK_HOURS = 24.0 * 30
VISIT = re.compile(r"[0-9a-f]{16}")
ROLE = "delegate"  # as which a room is measured: whoever it will be in a session has at least that


def survey_standard(services: Services) -> Standard:
    """By the server's default profile."""
    return standard_for(services.settings.preflight, survey_profile(services), ROLE, survey=True)


def survey_profile(services: Services) -> Profile:
    """The server's default."""
    return services.profiles.get(services.settings.default_profile)


async def get_survey(call: Call) -> BaseModel:
    """GET /survey."""
    return await _view(call, await _name(call), _visit(call) or secrets.token_hex(8))


async def post_survey(call: Call) -> BaseModel:
    """POST /survey."""
    name, visit = await _name(call), _needed_visit(call)
    values = checked_values(call.body.values)
    await preflight_store(call.services).add_run(SURVEY, name, values, kind="self", by=name, visit=visit)
    return await _view(call, name, visit)


async def sign_survey(call: Call) -> BaseModel:
    """POST /survey/sign."""
    body: p.Sign = call.body
    name, visit = await _name(call), _needed_visit(call)
    check_signed(body.check, by_itself=True, at_centre=False)
    await preflight_store(call.services).sign(
        SURVEY, name, body.check, name=body.name, answer=body.answer, note=body.note, visit=visit
    )
    return await _view(call, name, visit)


async def measure_survey_line(call: Call) -> web.StreamResponse:
    """POST /survey/line."""
    name, visit, services = await _name(call), _needed_visit(call), call.services

    async def work(say: Say) -> None:
        values = await measure(
            services,
            call.body,
            standard=survey_standard(services),
            profile=survey_profile(services),
            whose=f"survey-{visit}",
            say=say,
        )
        kept: dict[str, Value] = dict(values)
        await preflight_store(services).add_run(SURVEY, name, kept, kind="server", by=name, visit=visit)
        await say({"type": "result", "values": values})

    return await stream(call, work)


async def get_readiness(call: Call) -> BaseModel:
    """GET /readiness."""
    services = call.services
    newest = await preflight_store(services).newest_surveys()
    standard = survey_standard(services)
    endpoints = await _rooms(services)
    return p.Readiness(endpoints=[_row(each, newest.get(each.name, Kept()), standard) for each in endpoints])


async def get_history(call: Call) -> BaseModel:
    """GET /readiness/history."""
    endpoint = await _registered(call.services, call.request.query.get("name", ""))
    surveys = await preflight_store(call.services).surveys_of(endpoint.name)
    standard = survey_standard(call.services)
    return p.SurveyHistory(surveys=[_row(endpoint, kept, standard) for kept in surveys])


async def get_one_survey(call: Call) -> BaseModel:
    """GET /readiness/survey."""
    endpoint = await _registered(call.services, call.request.query.get("name", ""))
    return await _view(call, endpoint.name, _needed_visit(call), as_it_was=True)


async def make_link(call: Call) -> BaseModel:
    """POST /readiness/link."""
    endpoint = await _registered(call.services, call.body.name)
    token = call.services.tokens.issue(role=Role.SURVEY, hours=LINK_HOURS, name=endpoint.name)
    bearer = call.services.tokens.check(token)
    return p.SurveyLink(
        name=endpoint.name,
        url=f"{call.services.public_url}/survey#{token}",
        token=token,
        expires_at=datetime.fromtimestamp(bearer.expires_at, UTC),
    )


async def _rooms(services: Services) -> list[RegisteredEndpoint]:
    """The whole registry, by name."""
    return (await services.store.registry.rooms(limit=EVERYTHING))[0]


async def _registered(services: Services, name: str) -> RegisteredEndpoint:
    found = next((each for each in await _rooms(services) if each.name == name), None)
    if found is None:
        raise not_found("registered endpoint")
    return found


async def _name(call: Call) -> str:
    """The endpoint whose link this is. Raises Problem 404 if it is registered no more."""
    return (await _registered(call.services, call.bearer.name)).name


def _visit(call: Call) -> str:
    visit = call.request.query.get("visit", "")
    if visit and not VISIT.fullmatch(visit):
        raise Problem(400, "invalid_query", "The query is not valid", "visit: 16 hexadecimal digits.")
    return visit


def _needed_visit(call: Call) -> str:
    visit = _visit(call)
    if not visit:
        raise Problem(400, "invalid_query", "The query is not valid", "visit: as GET /survey told it.")
    return visit


def _assess(kept: Kept, standard: Standard, *, as_it_was: bool = False) -> Assessment:
    """as_it_was: at the time of the survey, else now."""
    results = Results(standard=standard, measurements=kept.measurements, signatures=kept.signatures)
    return assess(results, [], now=kept.last_at if as_it_was and kept.last_at else datetime.now(UTC))


async def _view(call: Call, name: str, visit: str, *, as_it_was: bool = False) -> BaseModel:
    kept = await preflight_store(call.services).survey(name, visit)
    assessment = _assess(kept, survey_standard(call.services), as_it_was=as_it_was)
    return p.SurveyView.model_validate(
        {"name": name, "role": ROLE, "visit": visit, "at": kept.last_at, "oldest": oldest_of(call.services)}
        | p.SurveyView.facts_of(assessment)
    )


def _row(endpoint: RegisteredEndpoint, kept: Kept, standard: Standard) -> p.ReadinessRow:
    """A survey keeps its verdict as it was; how long ago that is, is told beside it."""
    assessment = _assess(kept, standard, as_it_was=True)
    values = {each.key: each.value for each in kept.measurements}
    down, up = values.get("network.down_mbps"), values.get("network.up_mbps")
    return p.ReadinessRow(
        name=endpoint.name,
        level=endpoint.level,
        organisation=endpoint.organisation,
        place=endpoint.place,
        state=assessment.state.value,
        surveyed_at=kept.last_at,
        visit=kept.visit,
        down_mbps=float(down) if down is not None else None,
        up_mbps=float(up) if up is not None else None,
        items={each.item.value: each.verdict.value for each in assessment.items} if kept.visit else {},
    )


_STAFF = frozenset({Extent.FULL, Extent.READ})  # the whole registry: not for who sees the own endpoint alone
_QUERY = {"visit": "which survey, as GET /survey told it"}
_NAME = {"name": "the registered endpoint"}

ROUTES = [
    Route(
        method="GET",
        path="/api/v1/survey",
        handler=get_survey,
        summary="The bearer's survey; without a visit a new one begins",
        permission=Permission.SURVEY,
        query=_QUERY,
        result=p.SurveyView,
    ),
    Route(
        method="POST",
        path="/api/v1/survey",
        handler=post_survey,
        summary="Hand in what was measured",
        permission=Permission.SURVEY,
        query=_QUERY,
        body=p.Measured,
        result=p.SurveyView,
    ),
    Route(
        method="POST",
        path="/api/v1/survey/sign",
        handler=sign_survey,
        summary="Answer by name what cannot be measured, or sign the whole",
        permission=Permission.SURVEY,
        query=_QUERY,
        body=p.Sign,
        result=p.SurveyView,
    ),
    Route(
        method="POST",
        path="/api/v1/survey/line",
        handler=measure_survey_line,
        summary=f"Measure the bearer's line through the media path; the answer is a stream ({STREAM})",
        permission=Permission.SURVEY,
        query=_QUERY,
        body=MeasureLine,
    ),
    Route(
        method="GET",
        path="/api/v1/readiness",
        handler=get_readiness,
        summary="Every registered endpoint with its last survey",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_STAFF,
        result=p.Readiness,
    ),
    Route(
        method="GET",
        path="/api/v1/readiness/history",
        handler=get_history,
        summary="The surveys of a registered endpoint, newest first",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_STAFF,
        query=_NAME,
        result=p.SurveyHistory,
    ),
    Route(
        method="GET",
        path="/api/v1/readiness/survey",
        handler=get_one_survey,
        summary="One survey, check by check",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_STAFF,
        query={**_NAME, **_QUERY},
        result=p.SurveyView,
    ),
    Route(
        method="POST",
        path="/api/v1/readiness/link",
        handler=make_link,
        summary="A link by which a registered endpoint surveys itself",
        permission=Permission.PREFLIGHT,
        extents=frozenset({Extent.FULL}),
        body=p.MakeSurveyLink,
        result=p.SurveyLink,
    ),
]
