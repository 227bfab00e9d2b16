"""The API's operations on sessions and endpoints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from reception.lifecycle import Action, IllegalTransition, SessionState
from reception.lobby import Lobby
from reception.permissions import Extent, Permission, same_unit
from reception.speaking_queue import QueueError
from reception.store import NotFound
from signalling import views as v
from signalling.endpoint_actions import ACTIONS
from signalling.problems import Problem, not_found
from signalling.room_api import refused
from signalling.routing import Call, Route
from signalling.session_views import endpoint_view, session_view


async def create_session(call: Call) -> BaseModel:
    """POST /sessions."""
    body: v.CreateSession = call.body
    services = call.services
    profile = body.profile or services.settings.default_profile
    services.profile(profile)
    endpoints = [(body.central.name, "central"), *((delegate.name, "delegate") for delegate in body.delegates)]
    record = await services.store.create_session(
        title=body.title, kind=body.kind, profile=profile, endpoints=endpoints, worker=services.worker
    )
    for invited, endpoint in zip((body.central, *body.delegates), record.endpoints, strict=True):
        if invited.guest:
            await services.store.change_endpoint(endpoint.id, guest=True)
    lobby = body.lobby if body.lobby is not None else body.kind != "rehearsal"
    await services.rooms.save(record.id, "lobby", Lobby(on=lobby).model_dump(mode="json"))
    return session_view(services, await services.session(record.id))


async def list_sessions(call: Call) -> BaseModel:
    """GET /sessions; with ?running=true only those that run in this process."""
    store = call.services.store
    if call.request.query.get("running") == "true":
        records = [await store.session(identifier) for identifier in list(call.services.conferences)]
    else:
        records = await store.sessions()
    if call.extent is Extent.OWN:
        records = [
            record for record in records if any(same_unit(each.name, call.bearer.unit) for each in record.endpoints)
        ]
    return v.SessionList(sessions=[session_view(call.services, record) for record in records])


async def get_session(call: Call) -> BaseModel:
    """GET /sessions/{id}."""
    return session_view(call.services, await call.services.session(call.path("id")))


def _act(action: Action) -> Callable[[Call], Awaitable[BaseModel]]:
    async def act(call: Call) -> BaseModel:
        session_id = call.path("id")
        record = await call.services.session(session_id)
        try:
            if record.state is SessionState.ENDED:
                raise IllegalTransition(record.state, action)
            await call.services.act(session_id, action)
        except IllegalTransition as error:
            raise Problem(
                409,
                "illegal_transition",
                f"The session cannot {action} now",
                str(error),
                reason_vi=error.reason_vi,
                reason_en=error.reason_en,
            ) from None
        return session_view(call.services, await call.services.session(session_id))

    act.__name__ = f"{action}_session"
    return act


async def add_endpoint(call: Call) -> BaseModel:
    """POST /sessions/{id}/endpoints."""
    body: v.AddEndpoint = call.body
    record = await call.services.session(call.path("id"))
    if record.state is SessionState.ENDED:
        raise Problem(409, "session_ended", "The session has ended")
    endpoint = await call.services.store.add_endpoint(record.id, name=body.name, role=body.role, guest=body.guest)
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
    conference.note(call.path("action"), seat, by=call.actor, **reason)
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
        summary="All sessions, newest first",
        permission=Permission.VIEW_SESSIONS,
        query={"running": "true: only those that run in this process"},
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
    *(
        Route(
            method="POST",
            path=f"/api/v1/sessions/{{id}}/{action}",
            handler=_act(action),
            summary=f"{action.capitalize()} the session",
            permission=Permission.RUN_SESSION,
            result=v.SessionView,
        )
        for action in (Action.START, Action.PAUSE, Action.RESUME, Action.INTERRUPT, Action.END)
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
