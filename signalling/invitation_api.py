"""Invitations: the letter, the calendar entry with the endpoint's own link, and the endpoint's answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints

from reception.invitation import ANSWERED_IN, invitation_calendar
from reception.invitation_store import InvitationReply
from reception.permissions import Extent, Permission, Role
from reception.records import EndpointRecord, SessionRecord
from signalling.bodies import Body, Name
from signalling.course_views import PersonBody
from signalling.own_link import usable
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.services import Services

LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
HOLDERS = frozenset({Extent.FULL, Extent.OWN})


class ReplyView(BaseModel):
    """An endpoint's answer."""

    accepted: bool
    by: str
    note: str
    at: datetime

    @classmethod
    def of(cls, reply: InvitationReply) -> ReplyView:
        """The same for the API."""
        return cls(accepted=reply.accepted, by=reply.by, note=reply.note, at=reply.at)


class PersonView(BaseModel):
    """A delegate named for the endpoint."""

    name: str
    office: str


class InvitationLine(BaseModel):
    """An invited endpoint and its answer. reply: null: none yet."""

    endpoint_id: str
    name: str
    role: str
    organisation: str
    people: list[PersonView]
    reply: ReplyView | None


class InvitationList(BaseModel):
    """All endpoints of a session."""

    session_id: str
    title: str
    planned_start: datetime | None
    invitations: list[InvitationLine]


class InvitationView(InvitationLine):
    """An invitation as its letter says it. join_url: the endpoint's own link. open: it can still be answered."""

    session_id: str
    code: str
    title: str
    kind: str
    state: str
    planned_start: datetime | None
    planned_minutes: int | None
    host_organisation: str
    chair_name: str
    chair_office: str
    secretary: str
    central: str
    document_no: str
    join_url: str
    open: bool


class ReplyBody(Body):
    """Whether the endpoint takes part, who says so, and its delegates by name."""

    accepted: bool
    by: Name
    note: LongText = ""
    people: list[PersonBody] | None = Field(default=None, max_length=50)


async def list_invitations(call: Call) -> BaseModel:
    """GET /sessions/{id}/invitations."""
    record = await call.services.session(call.path("id"))
    replies = await call.services.store.invitations.replies(record.id)
    return InvitationList(
        session_id=record.id,
        title=record.title,
        planned_start=record.plan.planned_start,
        invitations=[
            InvitationLine.model_validate(_line(each, replies)) for each in record.endpoints if not each.removed
        ],
    )


def _line(endpoint: EndpointRecord, replies: dict[str, InvitationReply]) -> dict[str, object]:
    reply = replies.get(endpoint.id)
    return {
        "endpoint_id": endpoint.id,
        "name": endpoint.name,
        "role": endpoint.role,
        "organisation": endpoint.organisation,
        "people": [PersonView(name=each.name, office=each.office) for each in endpoint.people],
        "reply": ReplyView.of(reply) if reply is not None else None,
    }


async def get_invitation(call: Call) -> BaseModel:
    """GET /sessions/{id}/endpoints/{eid}/invitation: the letter."""
    return await _view(call.services, *await _named(call))


async def get_own_invitation(call: Call) -> BaseModel:
    """GET /invitation: by the endpoint's own link."""
    return await _view(call.services, *await _own(call))


async def _view(services: Services, record: SessionRecord, endpoint: EndpointRecord) -> InvitationView:
    plan = record.plan
    replies = await services.store.invitations.replies(record.id)
    central = next((each.name for each in record.endpoints if each.role == "central" and not each.removed), "")
    same = ("planned_start", "planned_minutes", "host_organisation", "chair_name", "chair_office", "secretary")
    values = {
        **_line(endpoint, replies),
        **{name: getattr(plan, name) for name in same},
        **{name: getattr(record, name) for name in ("code", "title", "kind", "state")},
        "session_id": record.id,
        "central": central,
        "document_no": plan.approval.document_no if plan.approval else "",
        "join_url": _link(services, endpoint),
        "open": record.state in ANSWERED_IN,
    }
    return InvitationView.model_validate(values)


def _link(services: Services, endpoint: EndpointRecord) -> str:
    token = services.endpoint_token(endpoint)
    return f"{services.public_url}/join#{token}" if token else ""


async def get_invitation_calendar(call: Call) -> web.StreamResponse:
    """GET /sessions/{id}/endpoints/{eid}/invitation.ics."""
    return _calendar(call.services, *await _named(call))


async def get_own_calendar(call: Call) -> web.StreamResponse:
    """GET /invitation.ics: by the endpoint's own link."""
    return _calendar(call.services, *await _own(call))


def _calendar(services: Services, record: SessionRecord, endpoint: EndpointRecord) -> web.StreamResponse:
    try:
        text = invitation_calendar(record, endpoint, link=_link(services, endpoint), now=datetime.now(UTC))
    except ValueError:
        vi, en = "Buổi tiếp chưa có ngày, giờ.", "The session has no date yet."
        raise Problem(409, "no_date", en, en, reason_vi=vi, reason_en=en) from None
    name = re.sub(r"[^A-Za-z0-9-]+", "-", f"giay-moi-{record.code}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return web.Response(body=text, content_type="text/calendar", charset="utf-8", headers=headers)


async def reply_to_invitation(call: Call) -> BaseModel:
    """POST /invitation/reply: by the endpoint's own link."""
    body: ReplyBody = call.body
    record, endpoint = await _own(call)
    if record.state not in ANSWERED_IN:
        vi = "Buổi tiếp đã bắt đầu, đã kết thúc hoặc đã hủy: không trả lời được nữa."
        en = "The session has begun, ended or was cancelled: it cannot be answered any more."
        raise Problem(409, "too_late", en, en, reason_vi=vi, reason_en=en)
    store = call.services.store
    if body.people is not None and body.accepted:
        people = [each.person() for each in body.people]
        await store.course.set_people(record.id, endpoint.id, people, actor=body.by)
    await store.invitations.reply(record.id, endpoint.id, accepted=body.accepted, by=body.by, text=body.note)
    call.facts["accepted"] = body.accepted
    return await _view(call.services, *await _own(call))


async def _named(call: Call) -> tuple[SessionRecord, EndpointRecord]:
    record = await call.services.session(call.path("id"))
    endpoint = record.endpoint(call.path("eid"))
    if endpoint is None or endpoint.removed:
        raise not_found("endpoint")
    return record, endpoint


async def _own(call: Call) -> tuple[SessionRecord, EndpointRecord]:
    """Of an endpoint's link that is still good. Raises Problem 401, 403, 404."""
    bearer = call.bearer
    if bearer.role is not Role.ENDPOINT:
        raise not_found("invitation of yours: it goes with an endpoint's link")
    record = await call.services.session(bearer.session_id)
    return record, usable(record.endpoint(bearer.endpoint_id), bearer.link)


_E = "/api/v1/sessions/{id}/endpoints/{eid}"

ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/invitations",
        handler=list_invitations,
        summary="Who is invited to a session, and what they answered",
        permission=Permission.VIEW_SESSIONS,
        result=InvitationList,
    ),
    Route(
        method="GET",
        path=f"{_E}/invitation",
        handler=get_invitation,
        summary="An endpoint's invitation, with its own link",
        permission=Permission.HAND_OUT_LINKS,
        extents=HOLDERS,
        result=InvitationView,
    ),
    Route(
        method="GET",
        path=f"{_E}/invitation.ics",
        handler=get_invitation_calendar,
        summary="An endpoint's invitation as a calendar entry with its own link",
        permission=Permission.HAND_OUT_LINKS,
        extents=HOLDERS,
    ),
    Route(
        method="GET",
        path="/api/v1/invitation",
        handler=get_own_invitation,
        summary="The invitation that goes with an endpoint's link",
        permission=Permission.WHO_AM_I,
        result=InvitationView,
    ),
    Route(
        method="GET",
        path="/api/v1/invitation.ics",
        handler=get_own_calendar,
        summary="The same as a calendar entry",
        permission=Permission.WHO_AM_I,
    ),
    Route(
        method="POST",
        path="/api/v1/invitation/reply",
        handler=reply_to_invitation,
        summary="Accept or decline the invitation, naming the endpoint's delegates",
        permission=Permission.WHO_AM_I,
        body=ReplyBody,
        result=InvitationView,
    ),
]
