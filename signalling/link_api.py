"""The API's operations on endpoints' links: renew and revoke."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel

from reception.lifecycle import SessionState
from reception.permissions import Extent, Permission
from reception.records import EndpointRecord
from signalling import messages as m
from signalling import views as v
from signalling.problems import Problem, not_found
from signalling.routing import Call, Handler, Route
from signalling.session_views import endpoint_view


async def renew_link(call: Call) -> BaseModel:
    """POST /sessions/{id}/endpoints/{eid}/link/renew: the link before is worth nothing from now on."""
    endpoint = await _endpoint(call)
    plan = (await call.services.session(endpoint.session_id)).plan
    begins = max(datetime.now(UTC), plan.planned_start or datetime.now(UTC))
    return await _changed(call, endpoint, link_serial=endpoint.link_serial + 1, link_from=begins, link_revoked=False)


async def revoke_link(call: Call) -> BaseModel:
    """POST /sessions/{id}/endpoints/{eid}/link/revoke: who is in the seat by it must leave."""
    return await _changed(call, await _endpoint(call), link_revoked=True)


async def _endpoint(call: Call) -> EndpointRecord:
    record = await call.services.session(call.path("id"))
    endpoint = record.endpoint(call.path("eid"))
    if endpoint is None or endpoint.removed:
        raise not_found("endpoint")
    if record.state is SessionState.ENDED:
        raise Problem(409, "session_ended", "The session has ended")
    call.facts["endpoint"] = endpoint.name
    return endpoint


async def _changed(call: Call, endpoint: EndpointRecord, **changes: bool | int | datetime) -> BaseModel:
    services = call.services
    record = await services.store.change_endpoint(endpoint.id, **changes)
    conference = services.conferences.get(record.session_id)
    if conference is not None:
        seat = conference.seat_for(record)
        if seat.connection is not None or seat.peer is not None:
            seat.send(m.Bye(reason="revoked"))
            if seat.connection is not None:
                seat.connection.close()
            conference.leave(seat)
        seat.device = ""
    return endpoint_view(services, record, conference)


def _route(action: str, handler: Handler, summary: str) -> Route:
    return Route(
        method="POST",
        path=f"/api/v1/sessions/{{id}}/endpoints/{{eid}}/link/{action}",
        handler=handler,
        summary=summary,
        permission=Permission.HAND_OUT_LINKS,
        extents=frozenset({Extent.FULL}),
        result=v.EndpointView,
    )


ROUTES = [
    _route("renew", renew_link, "A new link for an endpoint; the one before is void"),
    _route("revoke", revoke_link, "Void an endpoint's link; who is there by it must leave"),
]
