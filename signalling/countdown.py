"""The last seconds before a session is live: every room sees them pass, and who runs the session may call it off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from pydantic import BaseModel, Field

from reception.guards import Order
from reception.lifecycle import OPEN_STATES, Action, Refusal
from reception.permissions import Permission
from reception.records import SessionRecord
from reception.store import Stale
from signalling.bodies import Body
from signalling.course_api import actor_of, refusals, stale
from signalling.live_room import utc_now
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.session_views import session_view
from signalling.views import SessionView

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.services import Services

log = structlog.get_logger("signalling")


async def begin(
    services: Services, session_id: str, order: Order, *, expected: int | None, seconds: float
) -> SessionRecord:
    """Start the session so many seconds from now; at once for 0, and where it goes on after an interruption.

    What stands in its way is said now, as SessionCourse.act would.
    """
    record = await services.course.check(session_id, order, expected=expected)
    if seconds <= 0 or record.state in OPEN_STATES:
        return await services.act(session_id, order, expected=expected)
    conference = await services.conference(session_id)
    room = conference.room
    room.call_off()
    room.starting_at = utc_now() + timedelta(seconds=seconds)
    room.countdown = asyncio.get_running_loop().create_task(
        _run(services, conference, order, seconds), name="countdown"
    )
    room.changed()
    conference.remark("countdown", by=order.by, seconds=seconds)
    return record


async def _run(services: Services, conference: Conference, order: Order, seconds: float) -> None:
    await asyncio.sleep(seconds)
    room = conference.room
    room.countdown = None  # from here on it is not called off: it starts
    try:
        await services.act(conference.record.id, order)
    except (Problem, Refusal, Stale) as error:
        reason = error.reason_vi if isinstance(error, Problem | Refusal) else str(error)
        log.error("a session did not start after its countdown", session=conference.record.id, reason=str(error))
        conference.remark("countdown_failed", by=order.by, reason=reason)
    finally:
        room.starting_at = None
        room.changed()


class CountDown(Body):
    """seconds: until the session is live; null: as the settings have it. version: what its doer saw."""

    seconds: float | None = Field(default=None, ge=0, le=120)
    version: int | None = None


async def start_countdown(call: Call) -> BaseModel:
    """POST /sessions/{id}/countdown."""
    body: CountDown = call.body
    services = call.services
    seconds = body.seconds if body.seconds is not None else services.settings.reception.countdown_s
    order = replace(Order(action=Action.START), by=actor_of(call))
    async with stale(call):
        with refusals(Action.START):
            record = await begin(services, call.path("id"), order, expected=body.version, seconds=seconds)
    return session_view(services, record)


async def call_off_countdown(call: Call) -> BaseModel:
    """DELETE /sessions/{id}/countdown; nothing where none runs."""
    conference = await call.services.conference(call.path("id"))
    if conference.room.call_off():
        conference.remark("countdown_off", by=call.actor)
    return session_view(call.services, conference.record)


_PATH = "/api/v1/sessions/{id}/countdown"

ROUTES = [
    Route(
        method="POST",
        path=_PATH,
        handler=start_countdown,
        summary="Start the session in some seconds, which every room sees pass",
        permission=Permission.RUN_SESSION,
        body=CountDown,
        result=SessionView,
    ),
    Route(
        method="DELETE",
        path=_PATH,
        handler=call_off_countdown,
        summary="Call the start off",
        permission=Permission.RUN_SESSION,
        result=SessionView,
    ),
]
