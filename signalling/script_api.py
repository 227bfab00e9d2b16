"""The API's operations on a running script: write it, begin, end, leave out or put back an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

from pydantic import BaseModel, Field

from reception import script_run
from reception.permissions import Permission
from reception.script import Script, ScriptItem
from reception.script_run import ItemChange, ScriptError
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.script_actions import change_script, put_script
from signalling.views import Body, Title

Change = Callable[[Sequence[ScriptItem]], list[ItemChange]]
Short = Annotated[str, Field(max_length=200)]


class ItemBody(Body):
    """An item. id: of one that is kept; empty: a new one."""

    id: Annotated[str, Field(max_length=32)] = ""
    title: Title
    speaker: Short = ""
    minutes: int = Field(default=0, ge=0, le=24 * 60)
    layout: Annotated[str, Field(max_length=32)] = ""


class PutItems(Body):
    """The whole script in order."""

    items: list[ItemBody] = Field(max_length=100)


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


async def put_items(call: Call) -> BaseModel:
    """PUT /sessions/{id}/script/items."""
    body: PutItems = call.body
    conference = await call.services.conference(call.path("id"))
    items = [ScriptItem(**each.model_dump()) for each in body.items]
    await put_script(conference, items, by=call.actor)
    return conference.room.parts.script


async def act_on_item(call: Call) -> BaseModel:
    """POST /sessions/{id}/script/{item}/{action}."""
    body: ItemAction = call.body
    conference = await call.services.conference(call.path("id"))
    try:
        await change_script(conference, _change(call.path("action"), call.path("item"), body.reason), by=call.actor)
    except ScriptError as error:
        raise refused_item(error) from None
    return conference.room.parts.script


def refused_item(error: ScriptError) -> Problem:
    """404 or 409 with the reason in both languages."""
    status = 404 if error.code == "no_item" else 409
    return Problem(
        status, error.code, error.reason_en, error.reason_en, reason_vi=error.reason_vi, reason_en=error.reason_en
    )


ROUTES = [
    Route(
        method="PUT",
        path="/api/v1/sessions/{id}/script/items",
        handler=put_items,
        summary="Write the script that the console runs; what ran stays as it ran",
        permission=Permission.MODERATE,
        body=PutItems,
        result=Script,
    ),
    Route(
        method="POST",
        path="/api/v1/sessions/{id}/script/{item}/{action}",
        handler=act_on_item,
        summary="Begin, end, leave out (with a reason) or put back an item of the script; marked in the recording",
        permission=Permission.MODERATE,
        body=ItemAction,
        result=Script,
    ),
]
