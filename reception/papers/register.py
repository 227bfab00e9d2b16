"""The reception register (sổ tiếp công dân): a row for each matter of each session (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from config.office_texts import OfficeTexts
from reception.case_records import Citizen, Matter, masked
from reception.papers import words as w
from reception.papers.facts import SessionFacts
from reception.papers.minutes import is_hidden
from reception.papers.notices import RECEIVED
from reception.papers.tables import Cell, Column, Format, Table
from reception.permissions import Extent

_WIDTHS = {"stt": 6, "noi_dung": 40, "dia_chi": 28, "ho_ten": 28, "ket_qua": 26, "theo_doi": 24, "ghi_chu": 20}
_FORMATS: dict[str, Format] = {"stt": "count", "ngay": "day", "so_nguoi": "count", "nam_sinh": "text"}
_SHORT_KIND = {"khieu_nai": "KN", "kien_nghi_phan_anh": "KNPA", "khac": "Khác"}


def register(sessions: Iterable[SessionFacts], texts: OfficeTexts) -> Table:
    """Rows in the order of the sessions' beginning; rehearsals and what never began are left out."""
    held = [each for each in sessions if each.record.started_at is not None and not each.rehearsal]
    held.sort(key=lambda each: (each.record.started_at, each.record.id))
    rows: list[dict[str, Cell]] = []
    for facts in held:
        for (matter, citizens), people in zip(entries(facts), people_counts(facts), strict=True):
            rows.append(_row(facts, matter, citizens, people, len(rows) + 1))
    columns = tuple(
        Column(key=key, title=title, width=_WIDTHS.get(key, 14), format=_FORMATS.get(key, "text"))
        for key, title in texts.register_.titled()
    )
    return Table(key="so_tiep_cong_dan", title="Sổ tiếp công dân", columns=columns, rows=tuple(rows))


def entries(facts: SessionFacts) -> list[tuple[Matter, Sequence[Citizen]]]:
    """(matter, who came for it) of a session. Citizens for whom no matter is written down are an entry all the same.

    Citizens entered for no item belong to the session's only matter where there is one alone.
    """
    received = [each for each in facts.case.citizens if each.capacity in RECEIVED]
    by_item: dict[str, list[Citizen]] = {}
    for citizen in received:
        by_item.setdefault(citizen.item_id, []).append(citizen)
    matters = list(facts.case.matters)
    loose = by_item.get("", [])
    if loose and len(matters) == 1 and matters[0].item_id != "":
        by_item.setdefault(matters[0].item_id, []).extend(by_item.pop(""))
    order = {item.id: place for place, item in enumerate(facts.script)}
    known = {each.item_id for each in matters}
    matters += [Matter(session_id=facts.record.id, item_id=item, kind="khac") for item in by_item if item not in known]
    matters.sort(key=lambda each: (order.get(each.item_id, -1), each.item_id))
    return [(each, by_item.get(each.item_id, [])) for each in matters]


def times_of(citizens: Sequence[Citizen]) -> str:
    """nhieu_lan where one of them came before, lan_dau where none did, "" where nobody is entered."""
    if not citizens:
        return ""
    return "nhieu_lan" if any(each.times == "nhieu_lan" for each in citizens) else "lan_dau"


def people_counts(facts: SessionFacts) -> list[int]:
    """Persons of each entry. The group of the session's plan came for the entry that most people are entered for."""
    counts = [len(citizens) for _, citizens in entries(facts)]
    if counts:
        most = counts.index(max(counts))
        counts[most] = max(counts[most], facts.record.plan.group_size)
    return counts


def _row(facts: SessionFacts, matter: Matter, citizens: Sequence[Citizen], people: int, number: int) -> dict[str, Cell]:
    record, texts = facts.record, facts.texts
    known = [each for each in citizens if not is_hidden(facts, each)]
    times = times_of(citizens)
    places = dict.fromkeys(facts.name_of(each.endpoint_id) for each in citizens)
    chosen = record.plan.matter_class
    return {
        "stt": number,
        "ma": record.code,
        "ngay": record.started_at,
        "nguoi_tiep": w.sentence(record.plan.chair_name, record.plan.chair_office),
        "ho_ten": _lines(each.name for each in citizens),
        "nam_sinh": _lines(str(each.birth_year or "") for each in known),
        "giay_to": _lines(masked(each.id_number) for each in citizens),
        "dia_chi": _lines(each.address for each in known),
        "tu_cach": _lines(dict.fromkeys(w.CAPACITIES[each.capacity] for each in citizens)),
        "noi_dung": matter.summary or facts.item_title(matter.item_id) or record.title,
        "loai": _SHORT_KIND[matter.kind],
        "nhom": f"{chosen}. {texts.matter_classes[str(chosen)]}" if chosen else "",  # type: ignore[index]
        "so_nguoi": people,
        "doan_dong": "x" if people >= texts.limits.large_group_from else "",
        "lan_tiep": w.TIMES.get(times, ""),
        "co_quan_giai_quyet": matter.resolved_by,
        "huong_xu_ly": w.HANDLINGS.get(matter.handling, ""),
        "ket_qua": w.sentence(w.OUTCOMES[matter.outcome], matter.result),
        "can_cu_tu_choi": getattr(texts.refusal_grounds, matter.refusal_ground, "") if matter.refusal_ground else "",
        "theo_doi": matter.follow_up,
        "diem_cau": ", ".join(places),
        "hinh_thuc": f"Trực tuyến, {w.KINDS[record.kind].lower()}",
        "ghi_chu": matter.note if len(known) == len(citizens) and facts.extent is not Extent.MASKED else "",
    }


def _lines(values: Iterable[str]) -> str:
    return "; ".join(each for each in values if each)
