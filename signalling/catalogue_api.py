"""The catalogue over HTTP: recordings found by date, place, endpoint, person, kind and the text of markers."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from reception.permissions import Permission
from recorder.search import Query, parse_moment
from signalling.problems import Problem
from signalling.recording_views import RecordingList, hit_view, live_sessions
from signalling.routing import Call, Route

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class CatalogueQuery(BaseModel):
    """What may be asked. Dates are Vietnam's; `to` as a date means until its end."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: str = Field(default="", alias="from", max_length=40)
    until: str = Field(default="", alias="to", max_length=40)
    place: Words = ""
    endpoint: Words = ""
    person: Words = ""
    kind: Words = ""
    text: Words = ""
    limit: int = Field(default=10_000, ge=1, le=10_000)

    @field_validator("since", "until")
    @classmethod
    def _is_a_moment(cls, value: str) -> str:
        if value.strip():
            parse_moment(value)
        return value.strip()

    def query(self) -> Query:
        """For the index."""
        return Query(
            from_ms=parse_moment(self.since) if self.since else None,
            to_ms=parse_moment(self.until, end=True) if self.until else None,
            place=self.place,
            endpoint=self.endpoint,
            person=self.person,
            kind=self.kind,
            text=self.text,
        )


async def list_all(call: Call) -> BaseModel:
    """GET /recordings."""
    asked = _asked(dict(call.request.query))
    hits = await asyncio.to_thread(call.services.catalogue.search, asked.query())
    live = await live_sessions(call.services)
    return RecordingList(recordings=[hit_view(hit, live) for hit in hits[: asked.limit]], total=len(hits))


def _asked(parameters: dict[str, str]) -> CatalogueQuery:
    try:
        return CatalogueQuery.model_validate(parameters)
    except ValidationError as error:
        faults = [
            {"parameter": str(each["loc"][0]) if each["loc"] else "", "message": each["msg"]}
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        detail = "; ".join(f"{fault['parameter']}: {fault['message']}" for fault in faults)
        raise Problem(422, "invalid_query", "The search is not valid", detail, errors=faults) from None


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/recordings",
        handler=list_all,
        summary="Recordings, newest first; those that fit every parameter. Accents and case do not matter",
        permission=Permission.VIEW_RECORDINGS,
        query={
            "from": "date (2026-11-30, in Vietnam) or time (ISO 8601): some of the recording is not before",
            "to": "the same, until when; a date means until its end",
            "place": "words of the session's place, of an endpoint's, or of an endpoint's name",
            "endpoint": "words of an endpoint's name, or its id",
            "person": "words of the name of somebody who was there",
            "kind": "dinh_ky, dot_xuat, vu_viec or rehearsal",
            "text": "words of a marker or script item, or of the title",
            "limit": "at most so many",
        },
        result=RecordingList,
    ),
]
