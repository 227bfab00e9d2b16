"""From rows of the store to records and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from reception.database import utc
from reception.lifecycle import SessionState
from reception.records import EndpointRecord, EventRecord, Seating, SessionRecord
from reception.search_text import search_text
from reception.session_plan import Approval, Person, SessionPlan
from reception.tables import EndpointRow, EventRow, SessionRow

_PLAN = tuple(each.name for each in fields(SessionPlan))
_SAME = tuple(
    each.name for each in fields(EndpointRecord) if each.name != "people"
)  # of an endpoint: the row and the record have it alike

_ENDPOINT = tuple(getattr(EndpointRow, name) for name in (*_SAME, "people"))


async def endpoints_of(session: AsyncSession, session_ids: Sequence[str]) -> dict[str, list[EndpointRecord]]:
    """The endpoints of sessions, in the order of the invitation."""
    found: dict[str, list[EndpointRecord]] = {}
    query = select(*_ENDPOINT).where(EndpointRow.session_id.in_(session_ids)).order_by(EndpointRow.position)
    for row in await session.execute(query):
        found.setdefault(row.session_id, []).append(endpoint_record(row))
    return found


def endpoint_record(row: EndpointRow | Row[Any]) -> EndpointRecord:
    """The endpoint as a record."""
    same = {name: getattr(row, name) for name in _SAME}
    same["link_from"] = utc(row.link_from)
    return EndpointRecord(**same, people=tuple(Person(**each) for each in row.people or ()))


def endpoint_values(seating: Seating) -> dict[str, Any]:
    """An invitation as columns."""
    values = asdict(seating)
    return {**values, "people": [dict(each) for each in values["people"]]}


def session_record(row: SessionRow, endpoints: Mapping[str, Sequence[EndpointRecord]]) -> SessionRecord:
    """The session as a record."""
    created = utc(row.created_at)
    assert created is not None
    return SessionRecord(
        id=row.id,
        title=row.title,
        kind=row.kind,
        profile=row.profile,
        state=SessionState(row.state),
        created_at=created,
        started_at=utc(row.started_at),
        ended_at=utc(row.ended_at),
        spotlight=row.spotlight,
        endpoints=tuple(endpoints.get(row.id, ())),
        worker=row.worker,
        code=row.code,
        version=row.version,
        plan=plan_of(row),
    )


def plan_of(row: SessionRow) -> SessionPlan:
    """The plan in a session's row."""
    values = {name: getattr(row, name) for name in _PLAN}
    for name in ("coordinating_bodies", "operators"):
        values[name] = tuple(values[name] or ())
    values["planned_start"] = utc(row.planned_start)
    values["approval"] = _approval(row.approval)
    return SessionPlan(**values)


def put_plan(row: SessionRow, changes: Mapping[str, Any]) -> None:
    """Put changed fields of a plan into the row."""
    for name, value in changes.items():
        if isinstance(value, Approval):
            value = {**asdict(value), "at": value.at.isoformat() if value.at else None}
        if isinstance(value, datetime) and value.tzinfo is not None:
            value = value.astimezone(UTC)  # SQLite forgets the zone
        setattr(row, name, list(value) if isinstance(value, tuple) else value)


def _approval(stored: Mapping[str, Any] | None) -> Approval | None:
    if stored is None:
        return None
    at = stored.get("at")
    return Approval(**{**stored, "at": datetime.fromisoformat(at) if at else None})


def searchable(row: SessionRow, names: Iterable[str]) -> str:
    """What a session is found by. names: of its endpoints and delegates (found_by)."""
    return search_text(
        [row.code, row.title, row.host_organisation, row.chair_name, row.secretary, *row.operators, *names]
    )


async def found_by(session: AsyncSession, session_id: str) -> list[str]:
    """Names of a session's endpoints and of the delegates named for them."""
    query = select(EndpointRow.name, EndpointRow.people).where(EndpointRow.session_id == session_id)
    rows = (await session.execute(query)).all()
    return [name for row in rows for name in (row.name, *(each["name"] for each in row.people or ()))]


def event_record(row: EventRow) -> EventRecord:
    """The event as a record."""
    at = utc(row.at)
    assert at is not None
    return EventRecord(
        id=row.id,
        session_id=row.session_id,
        at=at,
        kind=row.kind,
        endpoint_id=row.endpoint_id,
        actor=row.actor,
        version=row.version,
        facts=row.facts,
    )


async def let_links_last(session: AsyncSession, row: SessionRow) -> None:
    """Links of endpoints count from the planned start on, where that is later than when they were made."""
    if row.planned_start is None:
        return
    start = row.planned_start if row.planned_start.tzinfo else row.planned_start.replace(tzinfo=UTC)
    later = update(EndpointRow).where(EndpointRow.session_id == row.id, EndpointRow.link_from < start.astimezone(UTC))
    values = later.values(link_from=start.astimezone(UTC))
    await session.execute(values.execution_options(synchronize_session=False))
