"""Which sessions a list shows, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from reception.lifecycle import OPEN_STATES, SessionState
from reception.search_text import search_text
from reception.tables import SessionRow

MAX_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """All that is given must hold. begins, ends: of the days shown; what runs now is shown with today (`running`).

    rehearsals: False: none, True: only they. words: each must be found. soonest: by planned time, else newest first.
    """

    states: tuple[SessionState, ...] = ()
    kinds: tuple[str, ...] = ()
    begins: datetime | None = None
    ends: datetime | None = None
    running: bool = False
    rehearsals: bool | None = None
    words: str = ""
    soonest: bool = False
    limit: int = 100
    offset: int = 0


def page_query(wanted: SessionFilter) -> Select[SessionRow]:
    """One page."""
    when = _when()
    order = (when.asc(), SessionRow.id) if wanted.soonest else (SessionRow.created_at.desc(), SessionRow.id)
    query = select(SessionRow).where(*_conditions(wanted)).order_by(*order)
    return query.limit(min(wanted.limit, MAX_PAGE)).offset(wanted.offset)


def count_query(wanted: SessionFilter) -> Select[int]:
    """How many there are over all pages."""
    return select(func.count()).select_from(SessionRow).where(*_conditions(wanted))


def _when() -> ColumnElement[Any]:
    return func.coalesce(SessionRow.planned_start, SessionRow.started_at, SessionRow.created_at)


def _conditions(wanted: SessionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(SessionRow.state.in_(wanted.states))
    if wanted.kinds:
        found.append(SessionRow.kind.in_(wanted.kinds))
    if wanted.rehearsals is not None:
        rehearsal = SessionRow.kind == "rehearsal"
        found.append(rehearsal if wanted.rehearsals else ~rehearsal)
    if wanted.begins is not None and wanted.ends is not None:
        begins, ends = wanted.begins.astimezone(UTC), wanted.ends.astimezone(UTC)  # SQLite keeps no offset
        days = (_when() >= begins) & (_when() < ends)
        found.append(or_(days, SessionRow.state.in_(OPEN_STATES)) if wanted.running else days)
    words = search_text([wanted.words]).split()
    return found + [SessionRow.search.contains(word, autoescape=True) for word in words]
