"""Running the script: items begin and end, are marked in the recording, and are told to the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, get_args

from reception.layout import Layout, LayoutName
from reception.script_run import ItemChange
from reception.session_plan import ScriptItem
from signalling.marker_api import Category, mark

if TYPE_CHECKING:
    from signalling.conference import Conference

MARKS: dict[str, Category] = {"running": "item_start", "done": "item_end", "waived": "note"}


async def refresh_script(conference: Conference) -> Sequence[ScriptItem]:
    """Read the script as it is now; pages are told where it differs from what they were told last."""
    items = await conference.services.store.course.script(conference.record.id)
    if items != conference.room.script:
        conference.room.script = items
        conference.room.changed()
    return items


async def change_script(
    conference: Conference, change: Callable[[Sequence[ScriptItem]], list[ItemChange]], *, by: str
) -> None:
    """Put changes of items into force, each with its marker. Raises ScriptError."""
    services, session_id = conference.services, conference.record.id
    async with services.course.alone(session_id):
        for each in change(await services.store.course.script(session_id)):
            item = await services.store.course.change_item(
                session_id, each.item_id, state=each.state, actor=by, reason=each.reason
            )
            if item is not None:
                await _tell(conference, item, by=by)
    await refresh_script(conference)


async def _tell(conference: Conference, item: ScriptItem, *, by: str) -> None:
    category = MARKS.get(item.state)
    if category is not None and conference.recording is not None:
        text = f"{item.title} ({item.reason})" if item.reason else item.title
        await mark(conference, text, category=category, by=by)
    if item.state == "running" and item.layout in get_args(LayoutName):
        await conference.room.keep(layout=Layout.model_validate({"name": item.layout}))
