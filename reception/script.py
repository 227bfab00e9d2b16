"""A session's script as it runs (pure): ordered items, each pending, running, done or left out with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from reception.script_run import ItemChange


class ScriptItem(BaseModel):
    """An item. minutes: planned, 0: not planned. layout: of every room's screen while it runs, "": as it is.

    state: pending, running, done or waived (with `reason`). by: who changed it last.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    title: str
    speaker: str = ""
    minutes: int = 0
    layout: str = ""
    state: str = "pending"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    by: str = ""


class Script(BaseModel):
    """The items in order. `number`: how many there ever were, for names of new ones."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    items: tuple[ScriptItem, ...] = ()
    number: int = 0

    def put(self, items: Sequence[ScriptItem]) -> Script:
        """Another script. Items that keep their id keep state and times; one of an unknown or empty id is new."""
        known = {each.id: each for each in self.items}
        number, kept = self.number, []
        for item in items:
            before = known.pop(item.id, None)
            if before is None:
                number += 1
                kept.append(item.model_copy(update={"id": str(number), "state": "pending"}))
                continue
            words = {name: getattr(item, name) for name in ("title", "speaker", "minutes", "layout")}
            kept.append(before.model_copy(update=words))
        return Script(items=tuple(kept), number=number)

    def apply(self, changes: Sequence[ItemChange], *, by: str, now: datetime) -> Script:
        """Items in their new states."""
        wanted = {each.item_id: each for each in changes}
        return self.model_copy(
            update={"items": tuple(_changed(item, wanted.get(item.id), by, now) for item in self.items)}
        )

    def item(self, item_id: str) -> ScriptItem | None:
        """The item of this id."""
        return next((each for each in self.items if each.id == item_id), None)


def _changed(item: ScriptItem, change: ItemChange | None, by: str, now: datetime) -> ScriptItem:
    if change is None:
        return item
    times: dict[str, datetime | None] = {"ended_at": now}
    if change.state == "running":
        times = {"started_at": item.started_at or now, "ended_at": None}
    elif change.state == "pending":
        times = {"started_at": None, "ended_at": None}
    return item.model_copy(update={"state": change.state, "reason": change.reason, "by": by, **times})
