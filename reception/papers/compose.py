"""From facts to what a template is given, paper by paper (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from config.office_texts import OfficeTexts
from reception.papers import words as w
from reception.papers.annex import annex
from reception.papers.facts import CheckFact, SessionFacts
from reception.papers.heading import heading, office_heading
from reception.papers.minutes import minutes
from reception.papers.notices import conclusion, receipts, refusals
from reception.papers.register import register
from reception.papers.statistics import Selection, statistics
from reception.papers.tables import Table, for_sheet, for_template, joined
from reception.papers.technical import equipment, registry_equipment, session_sheet, technical_plan
from reception.records import RegisteredEndpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A paper before it is a file. tables: of one that is tables; the first is the one of its CSV."""

    context: dict[str, Any]
    tables: tuple[Table, ...] = ()

    def for_docx(self) -> dict[str, Any]:
        """What a DOCX template is given."""
        if not self.tables:
            return self.context
        shown = [for_template(each) for each in self.tables]
        return {**self.context, "table": shown[0], "tables": {str(each["key"]): each for each in shown}}

    def for_xlsx(self) -> list[dict[str, object]]:
        """What an XLSX template is given beside the context."""
        return [for_sheet(each) for each in self.tables]


class NoSuchTable(Exception):
    """The paper has no table of this key; says which it has."""


def csv_table(paper: str, content: Content, key: str = "") -> Table:
    """The table of a paper's CSV: the one asked for, else the first; of statistics all of them in one.

    Raises NoSuchTable.
    """
    if not key:
        return joined(content.tables, "Phân theo") if paper == "statistics" else content.tables[0]
    for each in content.tables:
        if each.key == key:
            return each
    raise NoSuchTable(", ".join(each.key for each in content.tables))


def session_paper(kind: str, facts: SessionFacts, *, room: str = "", item_id: str | None = None) -> Content:
    """A paper of one session. room: minutes for one endpoint. item_id: the refusal of one item."""
    if kind == "minutes":
        return Content(context=minutes(facts, room=room))
    if kind == "conclusion":
        return Content(context=conclusion(facts))
    if kind == "refusal":
        return Content(context=refusals(facts, item_id=item_id))
    if kind == "receipt":
        return Content(context=receipts(facts))
    if kind == "plan":
        return Content(context=technical_plan(facts))
    if kind == "sheet":
        return Content(context=session_sheet(facts))
    about = {**heading(facts, kind), "period": f"{facts.record.title} ({facts.record.code})"}
    if kind == "register":
        return Content(context=about, tables=(register([_counted(facts)], facts.texts),))
    if kind == "equipment":
        return Content(context=about, tables=(equipment(facts),))
    assert kind == "annex", kind
    return Content(context=about, tables=annex([facts]))


def _counted(facts: SessionFacts) -> SessionFacts:
    """A rehearsal's own register shows what it would be; those of a period leave it out."""
    return replace(facts, record=replace(facts.record, kind="dinh_ky")) if facts.rehearsal else facts


def period_words(selection: Selection) -> str:
    """ "Từ ngày 01/11/2026 đến ngày 30/11/2026"."""
    if selection.begins and selection.ends:
        return f"Từ ngày {w.day(selection.begins)} đến ngày {w.day(selection.ends)}"
    if selection.begins:
        return f"Từ ngày {w.day(selection.begins)}"
    return f"Đến ngày {w.day(selection.ends)}" if selection.ends else "Toàn bộ thời gian"


def filter_words(selection: Selection, texts: OfficeTexts) -> str:
    """What else was chosen."""
    chosen = selection.matter_class
    found = [
        w.LEVELS.get(selection.level, "").lower(),
        f"nơi tiếp {selection.place}" if selection.place else "",
        f"nhóm {chosen}: {texts.matter_classes[str(chosen)]}" if chosen else "",  # type: ignore[index]
        f"kết quả: {w.OUTCOMES[selection.result].lower()}" if selection.result is not None else "",
    ]
    return "; ".join(each for each in found if each)


def period_paper(
    kind: str,
    sessions: Sequence[SessionFacts],
    selection: Selection,
    texts: OfficeTexts,
    *,
    now: datetime,
    rooms: Sequence[tuple[RegisteredEndpoint, CheckFact | None]] = (),
) -> Content:
    """A paper of the sessions selected; of equipment: of the registered rooms, each with its newest survey."""
    today: date = w.local(now).date()
    context: dict[str, Any] = {
        **office_heading(texts, at=now),
        "number": "……/BC-TCD",
        "bases": list(texts.bases.report),
        "rehearsal": False,
        "period": period_words(selection),
        "filters": filter_words(selection, texts),
        "code": "",
        "title": "",
        "kind": "",
        "host": "",
        "retention": "",
        "made_at": w.stamp(now),
    }
    if kind == "statistics":
        found = statistics(sessions, selection, texts, today=today)
        return Content(context=context, tables=found.tables)
    if kind == "equipment":
        context["period"] = "Các điểm cầu đã đăng ký" + (f" của {selection.place}" if selection.place else "")
        return Content(context=context, tables=(registry_equipment(rooms, place=selection.place),))
    held = [each for each in sessions if selection.takes(each)]
    if kind == "register":
        return Content(context=context, tables=(register(held, texts),))
    assert kind == "annex", kind
    return Content(context=context, tables=annex(held))
