"""Access to a recording for a purpose, and the log of who had it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from reception.permissions import READING, Extent, Permission, Role
from recorder.custody import check_log, read_log
from signalling import views as v
from signalling.custody import Use, log_it
from signalling.media_files import recording_directory
from signalling.routing import Call, Route

ACCESS_HOURS = 4.0


class AccessRequest(BaseModel):
    """What the recording is wanted for; it is logged with the person and the time."""

    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class LoggedPerson(BaseModel):
    """Who it was."""

    identity: str
    name: str
    role: str


class LoggedUse(BaseModel):
    """One use. `result`: "ok", "begun", "refused: …" or "failed: …"."""

    at: datetime
    what: str
    who: LoggedPerson
    purpose: str
    result: str
    facts: dict[str, str]
    number: int
    hash: str


class AccessLog(BaseModel):
    """The uses of one recording, oldest first. `whole`: nothing of the whole log was changed; `head`: its last hash."""

    uses: list[LoggedUse]
    whole: bool
    fault: str = Field(description="what is wrong with the log, and in which line")
    head: str


async def grant_access(call: Call) -> BaseModel:
    """POST /recordings/{id}/access."""
    body: AccessRequest = call.body
    directory = recording_directory(call.services, call.path("id"))
    call.facts["purpose"] = body.purpose
    await log_it(Use(call=call, recording_id=directory.name, what="play", purpose=body.purpose))
    takes = call.bearer.extent(Permission.EXPORT_RECORDING) is Extent.FULL
    return media_access(call, directory.name, hours=ACCESS_HOURS, takes=takes)


def media_access(call: Call, recording_id: str, *, hours: float, takes: bool = False) -> v.MediaAccess:
    """A token for the recording's files. takes: those made for use too."""
    token = call.services.tokens.issue(
        role=Role.MEDIA, hours=hours, name=call.bearer.name, session_id=recording_id, takes=takes
    )
    bearer = call.services.tokens.check(token)
    return v.MediaAccess(access=token, expires_at=datetime.fromtimestamp(bearer.expires_at, UTC))


async def get_log(call: Call) -> BaseModel:
    """GET /recordings/{id}/access-log; also of a recording that was deleted."""
    identifier, data = call.path("id"), call.services.data
    lines = await asyncio.to_thread(read_log, data, identifier)
    if not lines:
        recording_directory(call.services, identifier)
    check = await asyncio.to_thread(check_log, data)
    uses = [
        LoggedUse(
            at=datetime.fromtimestamp(line["at_ms"] / 1000, UTC),
            what=line["what"],
            who=LoggedPerson(**line["who"]),
            purpose=line["purpose"],
            result=line["result"],
            facts=line["facts"],
            number=line["n"],
            hash=line["hash"],
        )
        for line in lines
    ]
    fault = f"line {check.line}: {check.fault}" if check.fault else ""
    return AccessLog(uses=uses, whole=not fault, fault=fault, head=check.head)


ROUTES = [
    Route(
        method="POST",
        path="/api/v1/recordings/{id}/access",
        handler=grant_access,
        summary="A token for media elements, good for this recording only; logged with person and purpose",
        permission=Permission.PLAY_RECORDING,
        extents=READING - {Extent.OWN},  # who has a token for one recording does not make it last longer
        body=AccessRequest,
        result=v.MediaAccess,
    ),
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/access-log",
        handler=get_log,
        summary="Who played, copied, exported or deleted the recording, when and what for",
        permission=Permission.VIEW_RECORDINGS,
        result=AccessLog,
    ),
]
