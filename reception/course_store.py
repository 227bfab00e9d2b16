"""Plans, scripts and marks of sessions, as stored.

Plan, script and people are counted changes of the session: who edits an older version is told. What is noted while a
session is checked or runs (marks, items begun and ended) has a name and a time, and does not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from reception.course_tables import MarkRow, ScriptItemRow
from reception.database import Database, count_change, new_id, note, now_utc, utc
from reception.marks import Mark, MarkRecord
from reception.rows import found_by, let_links_last, put_plan, searchable
from reception.session_plan import Person, ScriptItem
from reception.tables import EndpointRow

_SCRIPT = tuple(each.name for each in fields(ScriptItem))


class CourseStore:
    """What goes with a session's course."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session = database.session

    async def change_plan(
        self, session_id: str, changes: Mapping[str, Any], *, actor: str, expected: int | None = None
    ) -> None:
        """Set fields of the plan, or title, kind and profile. Raises NotFound, Stale."""
        async with self._database.changing(session_id) as session:
            row = await count_change(session, session_id, expected)
            put_plan(row, changes)
            await let_links_last(session, row)
            row.search = searchable(row, await found_by(session, session_id))
            note(session, row, "plan", actor=actor, fields=sorted(changes))

    async def set_people(self, session_id: str, endpoint_id: str, people: Sequence[Person], *, actor: str) -> None:
        """Name an endpoint's delegates. Raises NotFound."""
        async with self._database.changing(session_id) as session:
            row = await count_change(session, session_id, None)
            endpoint = await session.get(EndpointRow, endpoint_id)
            assert endpoint is not None
            endpoint.people = [asdict(each) for each in people]
            await session.flush()
            row.search = searchable(row, await found_by(session, session_id))
            note(session, row, "people", actor=actor, endpoint_id=endpoint_id, count=len(people))

    # --- the script ---

    async def script(self, session_id: str) -> list[ScriptItem]:
        """The items in order."""
        async with self._session() as session:
            return [_item(row) for row in await _script_rows(session, session_id)]

    async def scripts(self, session_ids: Sequence[str]) -> dict[str, list[ScriptItem]]:
        """Of several sessions; one without items is not in it."""
        query = select(ScriptItemRow).where(ScriptItemRow.session_id.in_(session_ids))
        found: dict[str, list[ScriptItem]] = {}
        async with self._session() as session:
            for row in await session.scalars(query.order_by(ScriptItemRow.position)):
                found.setdefault(row.session_id, []).append(_item(row))
        return found

    async def put_script(
        self, session_id: str, items: Sequence[ScriptItem], *, actor: str, expected: int | None = None
    ) -> list[ScriptItem]:
        """Replace the script. Items that keep their id keep state and times; an unknown or empty id is a new item.

        Raises NotFound, Stale.
        """
        async with self._database.changing(session_id) as session:
            row = await count_change(session, session_id, expected)
            known = {each.id: each for each in await _script_rows(session, session_id)}
            for position, item in enumerate(items):
                kept = known.pop(item.id, None)
                target = kept or ScriptItemRow(id=new_id(), session_id=session_id, state="pending", reason="", by="")
                for name in ("title", "speaker", "minutes", "layout"):
                    setattr(target, name, getattr(item, name))
                target.documents, target.position = list(item.documents), position
                session.add(target)
            for gone in known.values():
                await session.delete(gone)
            note(session, row, "script", actor=actor, items=len(items))
        return await self.script(session_id)

    async def change_item(
        self, session_id: str, item_id: str, *, state: str, actor: str, reason: str = ""
    ) -> ScriptItem | None:
        """Begin, end or waive an item, or put it back to pending; None if there is none of this id."""
        async with self._database.changing(session_id) as session:
            item = await session.get(ScriptItemRow, item_id)
            if item is None or item.session_id != session_id:
                return None
            _put_state(item, state, actor=actor, reason=reason)
            note(session, session_id, f"script_{state}", actor=actor, item=item_id, title=item.title, reason=reason)
        return _item(item)

    async def waive_open_items(self, session_id: str, *, actor: str, reason: str) -> None:
        """Give up what is left of the script."""
        for item in await self.script(session_id):
            if item.open:
                await self.change_item(session_id, item.id, state="waived", actor=actor, reason=reason)

    # --- marks ---

    async def marks(self, session_id: str) -> list[MarkRecord]:
        """What stands."""
        async with self._session() as session:
            rows = (await session.scalars(select(MarkRow).where(MarkRow.session_id == session_id))).all()
        return [_mark(row) for row in rows]

    async def set_mark(
        self, session_id: str, mark: Mark, *, actor: str, subject: str = "", detail: str = ""
    ) -> MarkRecord:
        """Note that a thing was done; done again it has the newest name and time."""
        async with self._database.changing(session_id) as session:
            found = MarkRow(
                session_id=session_id, mark=mark, subject=subject, by=actor, at=now_utc(), detail=detail[:1000]
            )
            found = await session.merge(found)
            note(session, session_id, str(mark), actor=actor, subject=subject, detail=detail)
        return _mark(found)

    async def clear_mark(self, session_id: str, mark: Mark, *, actor: str, reason: str) -> None:
        """Take every mark of this kind back: what it said is no longer so."""
        async with self._database.changing(session_id) as session:
            await session.execute(delete(MarkRow).where(MarkRow.session_id == session_id, MarkRow.mark == mark))
            note(session, session_id, f"not_{mark}", actor=actor, reason=reason)


async def _script_rows(session: AsyncSession, session_id: str) -> Sequence[ScriptItemRow]:
    query = select(ScriptItemRow).where(ScriptItemRow.session_id == session_id).order_by(ScriptItemRow.position)
    return (await session.scalars(query)).all()


def _put_state(item: ScriptItemRow, state: str, *, actor: str, reason: str) -> None:
    if state == "running":
        item.started_at, item.ended_at = item.started_at or now_utc(), None
    elif state == "pending":
        item.started_at = item.ended_at = None
    else:
        item.ended_at = now_utc()
    item.state, item.by, item.reason = state, actor, reason[:1000]


def _item(row: ScriptItemRow) -> ScriptItem:
    values = {name: getattr(row, name) for name in _SCRIPT}
    values |= {"documents": tuple(row.documents), "started_at": utc(row.started_at), "ended_at": utc(row.ended_at)}
    return ScriptItem(**values)


def _mark(row: MarkRow) -> MarkRecord:
    at = utc(row.at)
    assert at is not None
    return MarkRecord(mark=Mark(row.mark), subject=row.subject, by=row.by, at=at, detail=row.detail)
