"""Markers: moments of a session that somebody names, written into its recording as signed events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from reception.permissions import Permission
from signalling import views as v
from signalling.conference import Conference
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

Category = Literal["marker", "item_start", "item_end", "note"]


class SetMarker(v.Body):
    """A marker at this moment. `endpoint_id`: whom it concerns."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    category: Category = "marker"
    endpoint_id: str | None = Field(default=None, max_length=64)


class SessionMarker(BaseModel):
    """A marker as it was set."""

    at: datetime
    text: str
    category: str
    endpoint_id: str | None
    by: str


class MarkerList(BaseModel):
    """A session's markers, oldest first."""

    markers: list[SessionMarker]


async def set_marker(call: Call) -> BaseModel:
    """POST /sessions/{id}/markers."""
    body: SetMarker = call.body
    record = await call.services.session(call.path("id"))
    if body.endpoint_id is not None and record.endpoint(body.endpoint_id) is None:
        raise not_found("endpoint")
    conference = await call.services.conference(record.id)
    return await mark(conference, body.text, category=body.category, endpoint_id=body.endpoint_id, by=call.actor)


async def mark(
    conference: Conference, text: str, *, category: Category = "marker", endpoint_id: str | None = None, by: str
) -> SessionMarker:
    """Set a marker now. Raises Problem 409 where nothing is recorded that it could be in."""
    if conference.recording is None:
        raise Problem(
            409,
            "not_recorded",
            "Nothing is recorded that a marker could be set in",
            "Start the session first.",
            reason_vi="Buổi tiếp chưa được ghi hình nên chưa thể đánh dấu. Hãy bắt đầu buổi tiếp trước.",
            reason_en="The session is not recorded now, so nothing can be marked. Start the session first.",
        )
    at = datetime.now(UTC)
    facts = {"text": text, "category": category, "by": by}
    about = {"endpoint_id": endpoint_id} if endpoint_id else {}
    conference.recording.event("marker", **facts, **about)
    await conference.services.store.log(conference.record.id, "marker", endpoint_id=endpoint_id, actor=by, **facts)
    return SessionMarker(at=at, endpoint_id=endpoint_id, text=text, category=category, by=by)


async def list_markers(call: Call) -> BaseModel:
    """GET /sessions/{id}/markers."""
    record = await call.services.session(call.path("id"))
    events = await call.services.store.events(record.id)
    return MarkerList(
        markers=[
            SessionMarker(at=event.at, endpoint_id=event.endpoint_id, **event.facts)
            for event in events
            if event.kind == "marker"
        ]
    )


_PATH = "/api/v1/sessions/{id}/markers"

ROUTES = [
    Route(
        method="POST",
        path=_PATH,
        handler=set_marker,
        summary="Mark this moment in the recording",
        permission=Permission.SET_MARKER,
        body=SetMarker,
        result=SessionMarker,
        status=201,
    ),
    Route(
        method="GET",
        path=_PATH,
        handler=list_markers,
        summary="The session's markers, oldest first",
        permission=Permission.VIEW_SESSIONS,
        result=MarkerList,
    ),
]
