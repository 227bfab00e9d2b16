"""The head of every paper and what all of them tell (pure): office, number, place and date, the bases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from config.office_texts import OfficeTexts
from reception.papers import words as w
from reception.papers.facts import SessionFacts

BLANK_NUMBER = "……"


def office_heading(texts: OfficeTexts, *, host: str = "", at: datetime | date | None = None) -> dict[str, Any]:
    """Of any paper. host: the office where the texts name none. at: the paper's date; None: to be filled in."""
    office = texts.office
    return {
        "parent": office.parent.upper(),
        "office": (office.name or host or "CƠ QUAN TIẾP CÔNG DÂN").upper(),
        "place_date": f"{office.place or '……………'}, {w.date_line(at)}",
        "signer_title": office.signer_title.upper(),
        "texts_version": texts.version,
    }


def heading(facts: SessionFacts, paper: str, *, number: str = "") -> dict[str, Any]:
    """Of a paper about one session. number: as the office gave it, or "" while it has none."""
    record, texts = facts.record, facts.texts
    symbol = getattr(texts.symbols, paper, "")
    return {
        **office_heading(texts, host=record.plan.host_organisation, at=record.ended_at or record.started_at),
        "number": number if "/" in number else symbol.replace("{number}", number or BLANK_NUMBER),
        "bases": list(getattr(texts.bases, paper, ())),
        "code": record.code,
        "title": record.title,
        "kind": w.KINDS[record.kind],
        "rehearsal": facts.rehearsal,
        "host": record.plan.host_organisation,
        "retention": facts.retention_words,
        "made_at": w.stamp(facts.now),
    }
