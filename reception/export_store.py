"""Requests for recordings, as stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from reception.database import NotFound, new_id, now_utc, utc
from reception.export_requests import ExportRequest, ExportState, What
from reception.export_tables import ExportRequestRow
from reception.tables import SessionRow

if TYPE_CHECKING:
    from reception.store import Store

_ROW = tuple(each.name for each in fields(ExportRequest) if each.name not in ("code", "title"))
_TIMES = ("asked_at", "decided_at", "done_at", "expires_at", "fetched_at")


class NotWaiting(Exception):
    """Somebody else moved the request on. `state`: what it is now."""

    def __init__(self, state: ExportState) -> None:
        super().__init__(f"the request is {state}")
        self.state = state


class ExportStore:
    """Who asked for what, and what came of it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, request: ExportRequest) -> ExportRequest:
        """A new request; it gets its id and time."""
        values = {name: getattr(request, name) for name in _ROW} | {"id": new_id(), "asked_at": now_utc()}
        async with self._store.begin() as session:
            session.add(ExportRequestRow(**values))
        return await self.get(values["id"])

    async def get(self, identifier: str) -> ExportRequest:
        """Raises NotFound."""
        query = _with_session().where(ExportRequestRow.id == identifier)
        async with self._store.database() as session:
            found = (await session.execute(query)).first()
        if found is None:
            raise NotFound(identifier)
        return _request(*found)

    async def listed(self, *, identity: str = "", session_id: str = "", limit: int = 500) -> list[ExportRequest]:
        """The newest first. identity: of who asked, "": everybody's."""
        query = _with_session().order_by(ExportRequestRow.asked_at.desc(), ExportRequestRow.id).limit(limit)
        if identity:
            query = query.where(ExportRequestRow.identity == identity)
        if session_id:
            query = query.where(ExportRequestRow.session_id == session_id)
        async with self._store.database() as session:
            return [_request(*each) for each in (await session.execute(query)).all()]

    async def decide(self, identifier: str, *, approved: bool, by: str, reason: str) -> ExportRequest:
        """The chair's answer. Raises NotFound; NotWaiting if it has one already."""
        state = ExportState.APPROVED if approved else ExportState.REFUSED
        changes = {"state": state, "decided_by": by, "decided_at": now_utc(), "reason": reason}
        return await self._move(identifier, (ExportState.ASKED,), changes)

    async def carry_out(self, identifier: str, *, by: str, job: str, expires_at: datetime) -> ExportRequest:
        """It is available from now on, or as soon as the job is done. Raises NotFound, NotWaiting."""
        changes = {"state": ExportState.DONE, "done_by": by, "done_at": now_utc(), "job": job, "expires_at": expires_at}
        return await self._move(identifier, (ExportState.APPROVED, ExportState.DONE), changes)

    async def count_fetch(self, identifier: str) -> None:
        """Who asked took it."""
        counted = {"fetched": ExportRequestRow.fetched + 1, "fetched_at": now_utc()}
        async with self._store.begin() as session:
            await session.execute(update(ExportRequestRow).where(_id() == identifier).values(**counted))

    async def _move(
        self, identifier: str, states: Collection[ExportState], changes: Mapping[str, Any]
    ) -> ExportRequest:
        asked = update(ExportRequestRow).where(_id() == identifier, ExportRequestRow.state.in_(states))
        async with self._store.begin() as session:
            moved = await session.execute(asked.values(**changes).execution_options(synchronize_session=False))
        found = await self.get(identifier)
        if not getattr(moved, "rowcount", 0):
            raise NotWaiting(found.state)
        return found


def _id() -> InstrumentedAttribute[str]:
    return ExportRequestRow.id


def _with_session() -> Any:
    query = select(ExportRequestRow, SessionRow.code, SessionRow.title)
    return query.join(SessionRow, SessionRow.id == ExportRequestRow.session_id)


def _request(row: ExportRequestRow, code: str, title: str) -> ExportRequest:
    values: dict[str, Any] = {name: getattr(row, name) for name in _ROW}
    values |= {name: utc(values[name]) for name in _TIMES}
    values |= {"what": What(row.what), "state": ExportState(row.state)}
    return ExportRequest(**values, code=code, title=title)
