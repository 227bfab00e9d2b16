"""Sessions found by what was said, noted and decided in them, whatever the accents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from reception.case_tables import CitizenRow, ConclusionRow, DocumentRow, MatterRow, NoteRow
from reception.database import Database, utc
from reception.lifecycle import SessionState
from reception.minutes_tables import MinutesRow
from reception.names import alphabetical, by_given_name
from reception.permissions import same_unit
from reception.records import SessionRecord
from reception.rows import endpoints_of, session_record
from reception.sealed_number import NumberUnreadable, SealedNumbers
from reception.search_text import search_text
from reception.tables import EndpointRow, SessionRow

SORTS = ("newest", "oldest", "title", "chair")
MOST_ROWS = 5000  # of one kind that are looked at for one question
SHOWN_HITS = 6  # of one session
Looked = Row[str, str, str, str, datetime | None, datetime | None, datetime]
# Of every session, to choose and order by; whole rows only of the page that is shown.
_LOOKED_AT = select(
    SessionRow.id,
    SessionRow.title,
    SessionRow.search,
    SessionRow.chair_name,
    SessionRow.started_at,
    SessionRow.planned_start,
    SessionRow.created_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; what is empty does not matter. words: all in one place (title, people, a note, a marker …).

    begins, ends: of planned or real beginning. site: words of an endpoint's name or organisation. chair: of the name.
    private: citizens, notes, outcomes and conclusions are searched too. sessions: only among these, None: among all.
    marked: sessions whose recording has a marker with the words, found by the recorder's catalogue.
    unit: only sessions with an endpoint of this unit; None: of any.
    """

    words: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    site: str = ""
    matter_class: int | None = None
    chair: str = ""
    kind: str = ""
    states: tuple[SessionState, ...] = ()
    private: bool = False
    sessions: frozenset[str] | None = None
    marked: frozenset[str] = frozenset()
    sort: str = "newest"
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where the words are. kind: session, citizen, note, matter, conclusion, document or minutes."""

    kind: str
    text: str
    at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Found:
    """A session that fits, and where the words are in it."""

    record: SessionRecord
    hits: list[Hit] = field(default_factory=list)


class SearchStore:
    """Looks through the store's tables; each row has what it is found by as plain words (reception.search_text)."""

    def __init__(self, database: Database) -> None:
        self._session = database.session

    async def find(self, wanted: Search, *, offset: int = 0, limit: int | None = None) -> tuple[list[Found], int]:
        """A page of what fits, in the order wanted, and how many fit. limit: None gives all from `offset` on."""
        words = search_text([wanted.words]).split()
        hits = await self._hits(words, private=wanted.private) if words else {}
        async with self._session() as session:
            rows = (await session.execute(_LOOKED_AT.where(*_conditions(wanted)))).all()
            named = {row.id for row in rows if all(word in row.search for word in words)}
            ids = {row.id for row in rows if not words or row.id in named | hits.keys() | wanted.marked}
            if wanted.sessions is not None:
                ids &= wanted.sessions
            if wanted.site:
                ids &= await self._at_site(wanted.site)
            if wanted.unit is not None:
                ids &= await self._of_unit(wanted.unit)
            fitting = _sorted(
                [row for row in rows if row.id in ids and _has(row.chair_name, wanted.chair)], wanted.sort
            )
            page = [row.id for row in fitting[offset : None if limit is None else offset + limit]]
            whole = {row.id: row for row in await session.scalars(select(SessionRow).where(SessionRow.id.in_(page)))}
            endpoints = await endpoints_of(session, page)
        shown = (whole[each] for each in page)
        found = [Found(record=session_record(row, endpoints), hits=_of(row, words, named, hits)) for row in shown]
        return found, len(fitting)

    async def sessions_of_number(self, number: str, numbers: SealedNumbers) -> frozenset[str]:
        """Sessions in which a citizen with this number of an identity paper was entered.

        Numbers are stored sealed, so each is opened and compared; one that nobody can open fits nothing.
        """
        query = select(CitizenRow.session_id, CitizenRow.id, CitizenRow.id_number_sealed)
        async with self._session() as session:
            rows = (await session.execute(query.where(CitizenRow.id_number_sealed != ""))).all()
        wanted = number.casefold()
        return await asyncio.to_thread(_with_number, [(row[0], row[1], row[2]) for row in rows], wanted, numbers)

    async def _at_site(self, site: str) -> set[str]:
        """Sessions with an endpoint of these words."""
        words = search_text([site]).split()
        query = select(EndpointRow.session_id, EndpointRow.name, EndpointRow.organisation)
        async with self._session() as session:
            rows = (await session.execute(query.where(~EndpointRow.removed))).all()
        texts = ((row.session_id, search_text([row.name, row.organisation])) for row in rows)
        return {session_id for session_id, text in texts if all(word in text for word in words)}

    async def _of_unit(self, unit: str) -> set[str]:
        """Sessions with an endpoint of this unit, but for those that were removed."""
        query = select(EndpointRow.session_id, EndpointRow.name).where(~EndpointRow.removed)
        async with self._session() as session:
            return {row.session_id for row in (await session.execute(query)).all() if same_unit(row.name, unit)}

    async def _hits(self, words: Sequence[str], *, private: bool) -> dict[str, list[Hit]]:
        """By session."""
        found: dict[str, list[Hit]] = {}
        async with self._session() as session:
            for kind, query in _queries(words, private=private):
                for row in (await session.execute(query.limit(MOST_ROWS))).all():
                    at = utc(row.at) if isinstance(row.at, datetime) else None
                    hit = Hit(kind=kind, text=row.text, at=at)
                    found.setdefault(row.session_id, []).append(hit)
        return found


def _with_number(rows: Sequence[tuple[str, str, str]], wanted: str, numbers: SealedNumbers) -> frozenset[str]:
    found = set()
    for session_id, citizen_id, sealed in rows:
        try:
            number = numbers.open(sealed, citizen_id=citizen_id)
        except (NumberUnreadable, OSError):
            continue
        if number.casefold() == wanted:
            found.add(session_id)
    return frozenset(found)


def _queries(words: Sequence[str], *, private: bool) -> list[tuple[str, Select[Any]]]:
    """What to look through, each giving session_id, text, at."""
    number = func.lower(MinutesRow.number)
    numbered = [number.contains(word, autoescape=True) for word in words]
    none = MinutesRow.finalised_at
    found: list[tuple[str, Select[Any]]] = [
        ("minutes", _three(MinutesRow.session_id, MinutesRow.number, none).where(MinutesRow.number != "", *numbered))
    ]
    if private:
        said = _three(NoteRow.session_id, NoteRow.text, NoteRow.at).where(NoteRow.removed_at.is_(None))
        given = _three(DocumentRow.session_id, DocumentRow.name, DocumentRow.at).where(DocumentRow.removed_at.is_(None))
        people = _three(CitizenRow.session_id, CitizenRow.name, CitizenRow.checked_at)
        outcomes = _three(MatterRow.session_id, MatterRow.summary, MatterRow.changed_at)
        tasks = _three(ConclusionRow.session_id, ConclusionRow.task, ConclusionRow.done_at)
        found += [
            ("citizen", people.where(*_all(CitizenRow.search, words))),
            ("note", said.where(*_all(NoteRow.search, words)).order_by(NoteRow.at)),
            ("matter", outcomes.where(*_all(MatterRow.search, words))),
            ("conclusion", tasks.where(*_all(ConclusionRow.search, words))),
            ("document", given.where(*_all(DocumentRow.search, words))),
        ]
    return found


def _three(session_id: Any, text: Any, at: Any) -> Select[Any]:
    return select(session_id.label("session_id"), text.label("text"), at.label("at"))


def _all(column: Any, words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [column.contains(word, autoescape=True) for word in words]


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    when = func.coalesce(SessionRow.started_at, SessionRow.planned_start, SessionRow.created_at)
    found: list[ColumnElement[bool]] = []
    if wanted.begins is not None:
        found.append(when >= wanted.begins)
    if wanted.ends is not None:
        found.append(when < wanted.ends)
    if wanted.matter_class is not None:
        found.append(SessionRow.matter_class == wanted.matter_class)
    if wanted.kind:
        found.append(SessionRow.kind == wanted.kind)
    if wanted.states:
        found.append(SessionRow.state.in_(wanted.states))
    return found


def _has(text: str, words: str) -> bool:
    plain = search_text([text])
    return all(word in plain for word in search_text([words]).split())


def _of(row: SessionRow, words: Sequence[str], named: set[str], hits: dict[str, list[Hit]]) -> list[Hit]:
    """The hits of one session, not too many."""
    if not words:
        return []
    own = [Hit(kind="session", text=row.title)] if row.id in named else []
    return [*own, *hits.get(row.id, [])][:SHOWN_HITS]


def _sorted(rows: Sequence[Looked], sort: str) -> list[Looked]:
    newest = sorted(rows, key=lambda row: (_when(row), row.id), reverse=True)
    if sort == "oldest":
        return newest[::-1]
    if sort == "title":
        return sorted(newest, key=lambda row: alphabetical(row.title))
    if sort == "chair":
        return sorted(newest, key=lambda row: by_given_name(row.chair_name))
    return newest


def _when(row: Looked) -> datetime:
    at = utc(row.started_at or row.planned_start or row.created_at)
    assert at is not None
    return at
