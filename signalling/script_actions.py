"""Running the script: items begin and end, are marked in the recording, and are told to the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, get_args

from reception.layout import Layout, LayoutName
from reception.script import ScriptItem
from reception.script_run import ItemChange
from signalling.live_room import utc_now
from signalling.marker_api import Category, mark

if TYPE_CHECKING:
    from signalling.conference import Conference

MARKS: dict[str, Category] = {"running": "item_start", "done": "item_end", "waived": "note"}


async def put_script(conference: Conference, items: Sequence[ScriptItem], *, by: str) -> None:
    """Another script; what ran stays as it ran."""
    await conference.room.keep(script=conference.room.parts.script.put(items))
    conference.remark("script", by=by, items=len(items))


async def change_script(
    conference: Conference, change: Callable[[Sequence[ScriptItem]], list[ItemChange]], *, by: str
) -> None:
    """Put changes of items into force, each with its marker. Raises ScriptError."""
    before = conference.room.parts.script
    changes = change(before.items)
    script = before.apply(changes, by=by, now=utc_now())
    await conference.room.keep(script=script)
    for each in changes:
        item = script.item(each.item_id)
        if item is not None:
            await _tell(conference, item, by=by)


async def _tell(conference: Conference, item: ScriptItem, *, by: str) -> None:
    conference.remark(f"script_{item.state}", by=by, item=item.id, title=item.title, reason=item.reason)
    category = MARKS.get(item.state)
    if category is not None and conference.recording is not None:
        text = f"{item.title} ({item.reason})" if item.reason else item.title
        await mark(conference, text, category=category, by=by)
    if item.state == "running" and item.layout in get_args(LayoutName):
        await conference.room.keep(layout=Layout.model_validate({"name": item.layout}))
