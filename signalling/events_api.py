"""The API's operation on what happened in a session: who follows it hears of news at once."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel

from reception.permissions import Permission
from signalling import course_views as c
from signalling.problems import Problem
from signalling.routing import Call, Route

MAX_WAIT_S = 25.0


async def list_events(call: Call) -> BaseModel:
    """GET /sessions/{id}/events: what there is after `after` at once; else what comes within `wait`."""
    session_id = (await call.services.session(call.path("id"))).id
    after, wait_s = _number(call, "after", 0), min(_number(call, "wait", 0), MAX_WAIT_S)
    newest = None if "after" in call.request.query else 100
    store = call.services.store
    with call.services.feed.listening(session_id) as bell:
        events = await store.events(session_id, after=after, newest=newest)
        if not events and wait_s:
            try:
                await asyncio.wait_for(bell.wait(), wait_s)
            except TimeoutError:
                return c.EventList(events=[], last=after)
            events = await store.events(session_id, after=after)
    return c.EventList(events=[c.EventView.of(each) for each in events], last=events[-1].id if events else after)


def _number(call: Call, name: str, default: int) -> int:
    text = call.request.query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Problem(400, "invalid_query", "The query is not valid", f"{name}: a whole number, not negative.")
    return int(text)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/events",
        handler=list_events,
        summary="What happened in a session and who did it; waits for news if asked to",
        permission=Permission.VIEW_SESSIONS,
        query={
            "after": "an event's id: only later ones; without it the newest hundred",
            "wait": f"seconds to wait for news, {MAX_WAIT_S:g} at most",
        },
        result=c.EventList,
    ),
]
