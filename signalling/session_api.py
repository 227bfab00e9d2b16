"""The API's operations on sessions and endpoints."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pydantic import BaseModel

from reception.lifecycle import CLOSED_STATES
from reception.lobby import Lobby
from reception.permissions import Extent, Permission
from reception.records import SessionRecord
from reception.session_query import MAX_PAGE, SessionFilter
from reception.speaking_queue import QueueError
from reception.store import NotFound
from signalling import views as v
from signalling.course_api import actor_of
from signalling.endpoint_actions import ACTIONS
from signalling.problems import Problem, not_found
from signalling.room_api import refused
from signalling.routing import Call, Route
from signalling.session_list import LIST_QUERY, wanted_sessions
from signalling.session_views import endpoint_view, session_view

MOST_OWN = 5000  # sessions that are looked through for a unit's own


async def create_session(call: Call) -> BaseModel:
    """POST /sessions."""
    body: v.CreateSession = call.body
    services = call.services
    profile = body.profile or services.settings.default_profile
    services.profile(profile)
    record = await services.store.create_session(
        title=body.title,
        kind=body.kind,
        profile=profile,
        endpoints=body.seating(),
        worker=services.worker,
        plan=body.changes(),
        actor=actor_of(call),
    )
    lobby = body.lobby if body.lobby is not None else body.kind != "rehearsal"
    await services.rooms.save(record.id, "lobby", Lobby(on=lobby).model_dump(mode="json"))
    return session_view(services, await services.session(record.id))


async def list_sessions(call: Call) -> BaseModel:
    """GET /sessions; with ?running=true only those that run in this process."""
    store = call.services.store
    if call.request.query.get("running") == "true":
        records = [await store.session(identifier) for identifier in list(call.services.conferences)]
        total = len(records)
    else:
        wanted = wanted_sessions(call.request.query, now=datetime.now(UTC))
        records, total = await (_own(call, wanted) if call.extent is Extent.OWN else store.sessions(wanted))
    return v.SessionList(sessions=[session_view(call.services, record) for record in records], total=total)


async def _own(call: Call, wanted: SessionFilter) -> tuple[list[SessionRecord], int]:
    """One page of the sessions in which the bearer's unit has an endpoint. Text alone finds more than these."""
    unit = call.bearer.unit
    found: list[SessionRecord] = []
    for offset in range(0, MOST_OWN, MAX_PAGE) if unit.strip() else ():
        likely = replace(wanted, words=f"{wanted.words} {unit}", limit=MAX_PAGE, offset=offset)
        records, _ = await call.services.store.sessions(likely)
        found += [record for record in records if record.of_unit(unit)]
        if len(records) < MAX_PAGE:
            break
    return found[wanted.offset : wanted.offset + wanted.limit], len(found)


async def get_session(call: Call) -> BaseModel:
    """GET /sessions/{id}."""
    return session_view(call.services, await call.services.session(call.path("id")))


async def add_endpoint(call: Call) -> BaseModel:
    """POST /sessions/{id}/endpoints."""
    body: v.AddEndpoint = call.body
    record = await call.services.session(call.path("id"))
    if record.state in CLOSED_STATES:
        raise Problem(409, "session_ended", "The session has ended")
    endpoint = await call.services.store.add_endpoint(
        record.id,
        name=body.name,
        role=body.role,
        registered_id=body.registered_id,
        organisation=body.organisation,
        guest=body.guest,
        actor=actor_of(call),
    )
    conference = call.services.conferences.get(record.id)
    if conference is not None:
        conference.seat_for(endpoint)
        conference.roster_changed()
    return endpoint_view(call.services, endpoint, conference)


async def act_on_endpoint(call: Call) -> BaseModel:
    """POST /sessions/{id}/endpoints/{eid}/{action}."""
    conference = await call.services.conference(call.path("id"))
    seat = conference.seats.get(call.path("eid"))
    if seat is None or seat.record.removed:
        raise not_found("endpoint")
    action = ACTIONS.get(call.path("action"))
    if action is None:
        raise Problem(404, "not_found", "No such action", f"There are: {', '.join(ACTIONS)}.")
    body: v.EndpointAction = call.body
    try:
        await action(conference, seat, body)
    except QueueError as error:
        raise refused(error) from None
    reason = {"reason": body.reason} if body.reason else {}
    conference.note(call.path("action"), seat, actor=actor_of(call), by=call.actor, **reason)
    conference.roster_changed()
    try:
        record = await call.services.store.session(conference.record.id)
    except NotFound:
        raise not_found("session") from None
    return session_view(call.services, record)


_ENDPOINT = "/api/v1/sessions/{id}/endpoints/{eid}/{action}"

ROUTES = [
    Route(
        method="POST",
        path="/api/v1/sessions",
        handler=create_session,
        summary="Create a session with its endpoints",
        permission=Permission.EDIT_SESSION,
        body=v.CreateSession,
        result=v.SessionView,
        status=201,
    ),
    Route(
        method="GET",
        path="/api/v1/sessions",
        handler=list_sessions,
        summary="Sessions, newest first, page by page",
        permission=Permission.VIEW_SESSIONS,
        query=LIST_QUERY,
        result=v.SessionList,
    ),
    Route(
        method="GET",
        path="/api/v1/sessions/{id}",
        handler=get_session,
        summary="A session with its endpoints' live numbers",
        permission=Permission.VIEW_SESSIONS,
        result=v.SessionView,
    ),
    Route(
        method="POST",
        path="/api/v1/sessions/{id}/endpoints",
        handler=add_endpoint,
        summary="Invite one more endpoint",
        permission=Permission.EDIT_SESSION,
        body=v.AddEndpoint,
        result=v.EndpointView,
        status=201,
    ),
    Route(
        method="POST",
        path=_ENDPOINT,
        handler=act_on_endpoint,
        summary=f"One of: {', '.join(ACTIONS)}",
        permission=Permission.MODERATE,
        body=v.EndpointAction,
        result=v.SessionView,
    ),
]
