"""The API's operations on a running script: begin, end, leave out or put back an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pydantic import BaseModel, Field

from reception import script_run
from reception.permissions import Permission
from reception.script_run import ItemChange, ScriptError
from reception.session_plan import ScriptItem
from signalling import course_views as c
from signalling.bodies import Body
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.script_actions import change_script

Change = Callable[[Sequence[ScriptItem]], list[ItemChange]]


class ItemAction(Body):
    """`reason`: why an item is left out."""

    reason: str = Field(default="", max_length=500)


def _change(action: str, item_id: str, reason: str) -> Change:
    changes: dict[str, Change] = {
        "start": partial(script_run.start, item_id=item_id),
        "stop": partial(script_run.stop, item_id=item_id),
        "skip": partial(script_run.skip, item_id=item_id, reason=reason),
        "reopen": partial(script_run.reopen, item_id=item_id),
    }
    if action not in changes:
        raise Problem(404, "not_found", "No such action", f"There are: {', '.join(changes)}.")
    return changes[action]


async def act_on_item(call: Call) -> BaseModel:
    """POST /sessions/{id}/script/{item}/{action}."""
    body: ItemAction = call.body
    conference = await call.services.conference(call.path("id"))
    try:
        await change_script(conference, _change(call.path("action"), call.path("item"), body.reason), by=call.actor)
    except ScriptError as error:
        raise refused_item(error) from None
    items = conference.room.script
    return c.ScriptView(version=conference.record.version, items=[c.ScriptItemView.of(each) for each in items])


def refused_item(error: ScriptError) -> Problem:
    """404 or 409 with the reason in both languages."""
    status = 404 if error.code == "no_item" else 409
    return Problem(
        status, error.code, error.reason_en, error.reason_en, reason_vi=error.reason_vi, reason_en=error.reason_en
    )


ROUTES = [
    Route(
        method="POST",
        path="/api/v1/sessions/{id}/script/{item}/{action}",
        handler=act_on_item,
        summary="Begin, end, leave out (with a reason) or put back an item of the script; marked in the recording",
        permission=Permission.MODERATE,
        body=ItemAction,
        result=c.ScriptView,
    ),
]
