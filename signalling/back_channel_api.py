"""The API's operations on the technical back-channel between operators and sites."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from reception.back_channel import SCOPE, BackChannel, Line, Scope
from reception.permissions import Extent, Permission
from reception.records import EndpointRecord, SessionRecord
from signalling import back_channel
from signalling.bodies import Body
from signalling.live_room import Parts
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route


class SayTechnical(Body):
    """endpoint_id null: to all sites. A site's technician always writes of the own site, to the operators."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    endpoint_id: Annotated[str, Field(max_length=64)] | None = None


class BackChannelView(BaseModel):
    """The lines that the bearer may read, oldest first. Rooms' screens are never told them."""

    scope: Scope
    lines: list[Line]


def _own_site(call: Call, record: SessionRecord) -> EndpointRecord | None:
    """A technician's endpoint; None: the bearer is an operator."""
    if call.extent is not Extent.OWN:
        return None
    found = record.of_unit(call.bearer.unit)
    if not found:
        raise Problem(403, "not_own", "This token permits that for one's own endpoint only")
    return found[0]


def _view(channel: BackChannel, site: EndpointRecord | None) -> BackChannelView:
    return BackChannelView(scope=SCOPE, lines=channel.of_site(site.id) if site is not None else list(channel.lines))


async def get_back_channel(call: Call) -> BaseModel:
    """GET /sessions/{id}/back-channel."""
    record = await call.services.session(call.path("id"))
    conference = call.services.conferences.get(record.id)
    parts = conference.room.parts if conference else Parts.model_validate(await call.services.rooms.load(record.id))
    return _view(parts.back_channel, _own_site(call, record))


async def say_technical(call: Call) -> BaseModel:
    """POST /sessions/{id}/back-channel."""
    body: SayTechnical = call.body
    conference = await call.services.conference(call.path("id"))
    site = _own_site(call, conference.record)
    target = site.id if site is not None else body.endpoint_id
    seat = conference.seats.get(target) if target is not None else None
    if target is not None and (seat is None or seat.record.removed):
        raise not_found("endpoint")
    await back_channel.say(conference, body.text, by=call.actor, endpoint_id=target, from_site=site is not None)
    return _view(conference.room.parts.back_channel, site)


_PATH = "/api/v1/sessions/{id}/back-channel"

ROUTES = [
    Route(
        method="GET",
        path=_PATH,
        handler=get_back_channel,
        summary="What operators and sites' technicians wrote to each other",
        permission=Permission.BACK_CHANNEL,
        result=BackChannelView,
    ),
    Route(
        method="POST",
        path=_PATH,
        handler=say_technical,
        summary="Write to all sites' technicians, or to one",
        permission=Permission.BACK_CHANNEL,
        body=SayTechnical,
        result=BackChannelView,
    ),
]
