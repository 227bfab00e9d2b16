"""What the API shows of papers and reports, and how reports are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from reception.case_records import OUTCOMES
from reception.papers import words as w
from reception.papers.kinds import PAPERS, Paper
from reception.papers.statistics import Selection, Statistics
from reception.papers.tables import Table, shown
from reception.session_plan import LEVELS, MATTER_CLASSES
from signalling.problems import Problem

NO_RESULT = "chua_ghi"  # in a query, for matters of which no outcome is written down
PERIOD_QUERY = {
    "from": "the first day, as 2026-11-01; sessions count by the day they began, in Vietnam",
    "to": "the last day",
    "level": f"of the competent body: {', '.join(LEVELS)}",
    "place": "the host organisation, else the central endpoint, by its whole name",
    "class": "of the matter: 1 to 6",
    "result": f"only matters with this outcome: {', '.join(OUTCOMES)}, {NO_RESULT}",
}


class PaperView(BaseModel):
    """A paper that can be had. path: below /api/v1; formats: what `format` may be. count: what there is to tell.

    why_not: why it would be empty, "" where it is not.
    """

    kind: str
    title: str
    title_en: str
    path: str
    formats: list[str]
    count: int | None = None
    why_not: str = ""
    why_not_en: str = ""

    @classmethod
    def of(cls, paper: Paper, path: str, *, pdf: bool) -> PaperView:
        """Without PDF where LibreOffice is missing."""
        formats = [str(each) for each in paper.formats if pdf or each != "pdf"]
        return cls(kind=paper.kind, title=paper.title.vi, title_en=paper.title.en, path=path, formats=formats)


class RoomView(BaseModel):
    """An endpoint for which minutes can be printed."""

    endpoint_id: str
    name: str
    role: str


class PaperList(BaseModel):
    """The papers of a session that the bearer may have. no_pdf: why there is no PDF, "" if there is."""

    papers: list[PaperView]
    rooms: list[RoomView]
    texts_version: str
    no_pdf: str = ""
    no_pdf_en: str = ""


class TableView(BaseModel):
    """A table of figures. rows: by the columns' keys, as text; values: the same as numbers where they are."""

    key: str
    title: str
    note: str
    columns: list[dict[str, str]]
    rows: list[dict[str, str]]

    @classmethod
    def of(cls, table: Table) -> TableView:
        """As people read it."""
        return cls(
            key=table.key,
            title=table.title,
            note=table.note,
            columns=[{"key": each.key, "title": each.title} for each in table.columns],
            rows=[{each.key: shown(each, row.get(each.key)) for each in table.columns} for row in table.rows],
        )


class StatisticsView(BaseModel):
    """Figures of a period. total: by name, as numbers. places: what `place` may be, over all sessions of the period."""

    period: str
    sessions: int
    total: dict[str, int]
    tables: list[TableView]
    places: list[str]

    @classmethod
    def of(cls, found: Statistics, *, period: str, places: list[str]) -> StatisticsView:
        """For the page."""
        total = {name: getattr(found.total, name) for name in found.total.__slots__}
        tables = [TableView.of(each) for each in found.tables]
        return cls(period=period, sessions=found.sessions, total=total, tables=tables, places=places)


def selection_of(query: Mapping[str, str]) -> Selection:
    """What a report is asked for. Raises Problem 400 that names the parameter."""
    begins, ends = _day(query, "from"), _day(query, "to")
    if begins and ends and begins > ends:
        raise _refused("from", "not after `to`", "không sau ngày cuối")
    chosen = query.get("class", "").strip()
    if chosen and chosen not in map(str, MATTER_CLASSES):
        raise _refused("class", "1 to 6", "từ 1 đến 6")
    level = query.get("level", "").strip()
    if level and level not in LEVELS:
        raise _refused("level", f"one of {', '.join(LEVELS)}", f"một trong {', '.join(LEVELS)}")
    result = query.get("result", "").strip()
    if result and result not in (*OUTCOMES, NO_RESULT):
        allowed = ", ".join((*OUTCOMES, NO_RESULT))
        raise _refused("result", f"one of {allowed}", f"một trong {allowed}")
    return Selection(
        begins=begins,
        ends=ends,
        level=level,
        place=query.get("place", "").strip()[:200],
        matter_class=int(chosen) if chosen else None,
        result=None if not result else ("" if result == NO_RESULT else result),
    )


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _refused(name, "a day as 2026-11-30", "ngày viết như 2026-11-30") from None


def _refused(name: str, en: str, vi: str) -> Problem:
    text = f"{name}: {en}."
    return Problem(400, "invalid_query", "The query is not valid", text, reason_vi=f"{name}: {vi}.", reason_en=text)


def papers_of_session() -> list[Paper]:
    """In the order of the page."""
    return [each for each in PAPERS.values() if each.session]


def papers_of_period() -> list[Paper]:
    """The same for a period."""
    return [each for each in PAPERS.values() if each.period]


def outcome_words() -> dict[str, str]:
    """For who asks which results there are."""
    return dict(w.OUTCOMES)
