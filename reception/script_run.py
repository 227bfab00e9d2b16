"""Running a session's script (pure): which item begins, ends or is left out, and what that does to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Item(Protocol):
    """What is looked at of an item."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def state(self) -> str:
        """pending, running, done or waived."""


AnyItem = TypeVar("AnyItem", bound=Item)
OPEN = ("pending", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """An item's new state (pending, running, done, waived). `reason`: why it is left out."""

    item_id: str
    state: str
    reason: str = ""


class ScriptError(Exception):
    """What was asked for is not possible; says why in both languages."""

    def __init__(self, code: str, reason_vi: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.code, self.reason_vi, self.reason_en = code, reason_vi, reason_en


def running(items: Sequence[AnyItem]) -> AnyItem | None:
    """The item that runs; there is one at most."""
    return next((each for each in items if each.state == "running"), None)


def following(items: Sequence[AnyItem]) -> AnyItem | None:
    """What comes next: the first pending item after the last that was begun, else the first pending one."""
    begun = [index for index, each in enumerate(items) if each.state in ("running", "done")]
    rest = items[begun[-1] + 1 :] if begun else items
    return next((each for each in (*rest, *items) if each.state == "pending"), None)


def start(items: Sequence[Item], item_id: str) -> list[ItemChange]:
    """Begin an item; the one that runs is done. Raises ScriptError: no such item, or it runs already."""
    item = _find(items, item_id)
    if item.state == "running":
        raise ScriptError("item_runs", "Mục này đang diễn ra.", "The item runs already.")
    before = running(items)
    ended = [ItemChange(item_id=before.id, state="done")] if before is not None else []
    return [*ended, ItemChange(item_id=item_id, state="running")]


def stop(items: Sequence[Item], item_id: str) -> list[ItemChange]:
    """The item is done. Raises ScriptError: no such item, or it does not run."""
    if _find(items, item_id).state != "running":
        raise ScriptError("item_not_running", "Mục này chưa bắt đầu.", "The item does not run.")
    return [ItemChange(item_id=item_id, state="done")]


def skip(items: Sequence[Item], item_id: str, *, reason: str) -> list[ItemChange]:
    """Leave an item out. Raises ScriptError: no such item, done already, or nobody says why."""
    if _find(items, item_id).state not in OPEN:
        raise ScriptError("item_over", "Mục này đã xong hoặc đã bỏ qua.", "The item is done or left out already.")
    if not reason.strip():
        raise ScriptError("reason_needed", "Hãy ghi lý do bỏ qua mục này.", "Say why the item is left out.")
    return [ItemChange(item_id=item_id, state="waived", reason=reason.strip())]


def reopen(items: Sequence[Item], item_id: str) -> list[ItemChange]:
    """Put an item back that was ended or left out by mistake. Raises ScriptError: no such item, or still open."""
    if _find(items, item_id).state in OPEN:
        raise ScriptError("item_open", "Mục này chưa kết thúc.", "The item is still open.")
    return [ItemChange(item_id=item_id, state="pending")]


def _find(items: Sequence[AnyItem], item_id: str) -> AnyItem:
    found = next((each for each in items if each.id == item_id), None)
    if found is None:
        raise ScriptError("no_item", "Kịch bản không có mục này.", "The script has no such item.")
    return found
