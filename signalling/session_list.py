"""Which sessions a list is asked for (pure): from query parameters to a filter of the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from reception.event_words import VIETNAM
from reception.lifecycle import SessionState
from reception.session_plan import KINDS
from reception.session_query import MAX_PAGE, SessionFilter
from signalling.problems import Problem

DEFAULT_PAGE = 100
LIST_QUERY = {
    "running": "true: only those that run in this process",
    "state": f"states, with commas: {', '.join(SessionState)}",
    "kind": f"kinds, with commas: {', '.join(KINDS)}",
    "day": "today, or a day as 2026-11-30: planned or begun then; what runs now belongs to today",
    "from": "the first day of several, with `to`",
    "to": "the last day of several",
    "rehearsals": "no: without rehearsals, only: nothing else",
    "q": "words of title, number, host, chair or endpoint; diacritics do not matter",
    "order": "planned: by planned time, soonest first",
    "limit": f"1 to {MAX_PAGE} a page; {DEFAULT_PAGE} if not given",
    "offset": "how many to leave out",
}
_REHEARSALS = {"": None, "no": False, "only": True}


def wanted_sessions(query: Mapping[str, str], *, now: datetime) -> SessionFilter:
    """The filter. Raises Problem 400 that names the parameter."""
    today = now.astimezone(VIETNAM).date()
    first, last = _days(query, today)
    if query.get("rehearsals", "") not in _REHEARSALS:
        raise _refused("rehearsals", "no or only")
    if query.get("order", "") not in ("", "planned"):
        raise _refused("order", "planned")
    return SessionFilter(
        states=tuple(SessionState(each) for each in _some(query, "state", tuple(SessionState))),
        kinds=_some(query, "kind", KINDS),
        begins=datetime.combine(first, time(), VIETNAM) if first else None,
        ends=datetime.combine(last, time(), VIETNAM) + timedelta(days=1) if last else None,
        running=first is not None and last is not None and first <= today <= last,
        rehearsals=_REHEARSALS[query.get("rehearsals", "")],
        words=query.get("q", "")[:200],
        soonest=query.get("order") == "planned",
        limit=_number(query, "limit", DEFAULT_PAGE, least=1, most=MAX_PAGE),
        offset=_number(query, "offset", 0, least=0, most=1_000_000),
    )


def _days(query: Mapping[str, str], today: date) -> tuple[date | None, date | None]:
    if "day" in query:
        day = today if query["day"] == "today" else _day(query["day"], "day")
        return day, day
    first = _day(query["from"], "from") if query.get("from") else None
    last = _day(query["to"], "to") if query.get("to") else None
    if first is None and last is None:
        return None, None
    return first or date(2000, 1, 1), last or today + timedelta(days=3650)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _refused(name, "a day as 2026-11-30") from None


def _some(query: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    chosen = tuple(each for each in query.get(name, "").split(",") if each)
    if set(chosen) - set(allowed):
        raise _refused(name, f"of {', '.join(allowed)}, with commas")
    return chosen


def _number(query: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise _refused(name, f"a whole number from {least} to {most}")
    return int(text)


def _refused(name: str, allowed: str) -> Problem:
    return Problem(400, "invalid_query", "The query is not valid", f"{name}: {allowed}.")
