"""Statistics of receptions (pure): by period, level, place, class, reason, kind and result. No rehearsal counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

from config.office_texts import OfficeTexts
from reception.papers import words as w
from reception.papers.facts import SessionFacts
from reception.papers.register import entries, people_counts, times_of
from reception.papers.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts, each of which is explained in docs/papers.md.

    sessions: held; of them periodic, ad_hoc, by_case. turns: entries of the register; people: persons in them.
    matters: written down; first, repeated: entries whose people came for the first time, or again. large_groups:
    entries of many persons. concluded to other_result: matters by outcome. tasks: conclusions given; done; overdue.
    """

    sessions: int = 0
    periodic: int = 0
    ad_hoc: int = 0
    by_case: int = 0
    turns: int = 0
    people: int = 0
    matters: int = 0
    first: int = 0
    repeated: int = 0
    large_groups: int = 0
    concluded: int = 0
    guided: int = 0
    passed_on: int = 0
    accepted: int = 0
    refused: int = 0
    in_person: int = 0
    other_result: int = 0
    undecided: int = 0
    tasks: int = 0
    done: int = 0
    overdue: int = 0

    @classmethod
    def sum(cls, figures: Sequence[Figures]) -> Figures:
        """All of them together."""
        return cls(**{name: sum(getattr(each, name) for each in figures) for name in NAMES})


NAMES = tuple(each.name for each in fields(Figures))
TITLES = {
    "sessions": "Số buổi",
    "periodic": "Định kỳ",
    "ad_hoc": "Đột xuất",
    "by_case": "Theo vụ việc",
    "turns": "Số lượt",
    "people": "Số người",
    "matters": "Số vụ việc",
    "first": "Lần đầu",
    "repeated": "Nhiều lần",
    "large_groups": "Đoàn đông người",
    "concluded": "Đã kết luận",
    "guided": "Hướng dẫn",
    "passed_on": "Chuyển",
    "accepted": "Thụ lý",
    "refused": "Từ chối tiếp",
    "in_person": "Tiếp trực tiếp",
    "other_result": "Kết quả khác",
    "undecided": "Chưa ghi kết quả",
    "tasks": "Việc đã kết luận",
    "done": "Đã xong",
    "overdue": "Quá hạn",
}
_BY_OUTCOME = {
    "da_ket_luan": "concluded",
    "huong_dan": "guided",
    "chuyen": "passed_on",
    "thu_ly": "accepted",
    "tu_choi": "refused",
    "tiep_truc_tiep": "in_person",
    "khac": "other_result",
    "": "undecided",
}
_BY_KIND = {"dinh_ky": "periodic", "dot_xuat": "ad_hoc", "vu_viec": "by_case"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which sessions count; "" and None: all. begins, ends: days in Vietnam, both included. place: words of the host's
    or the central endpoint's name, as they are."""

    begins: date | None = None
    ends: date | None = None
    level: str = ""
    place: str = ""
    matter_class: int | None = None
    result: str | None = None

    def takes(self, facts: SessionFacts) -> bool:
        """Whether the session counts: held, no rehearsal, and all that is asked for."""
        record, plan = facts.record, facts.record.plan
        if record.started_at is None or facts.rehearsal:
            return False
        held = w.local(record.started_at).date()
        if (self.begins and held < self.begins) or (self.ends and held > self.ends):
            return False
        if (self.level and plan.competent_level != self.level) or (self.place and place_of(facts) != self.place):
            return False
        if self.matter_class is not None and plan.matter_class != self.matter_class:
            return False
        return self.result is None or any(each.outcome == self.result for each in facts.case.matters)


def place_of(facts: SessionFacts) -> str:
    """Where a session is held: the host organisation, else the central endpoint."""
    central = next((each.name for each in facts.endpoints if each.role == "central"), "")
    return facts.record.plan.host_organisation or central


def figures_of(facts: SessionFacts, *, today: date, result: str | None = None) -> Figures:
    """One session's. result: only matters with this outcome; the tasks are the whole session's all the same."""
    counted = [
        (each, people)
        for each, people in zip(entries(facts), people_counts(facts), strict=True)
        if result is None or each[0].outcome == result
    ]
    found = [each for each, _ in counted]
    written = {(each.session_id, each.item_id) for each in facts.case.matters}
    times = [times_of(citizens) for _, citizens in found]
    people = [each for _, each in counted]
    if not found and facts.record.plan.group_size and result is None:
        times, people = [""], [facts.record.plan.group_size]
    counts = dict.fromkeys(NAMES, 0)
    counts |= {
        "sessions": 1,
        "turns": len(people),
        "people": sum(people),
        "first": times.count("lan_dau"),
        "repeated": times.count("nhieu_lan"),
        "large_groups": sum(1 for each in people if each >= facts.texts.limits.large_group_from),
        "tasks": len(facts.case.conclusions),
        "done": sum(1 for each in facts.case.conclusions if each.done_at is not None),
        "overdue": sum(1 for each in facts.case.conclusions if each.overdue(today=today)),
    }
    if facts.record.kind in _BY_KIND:
        counts[_BY_KIND[facts.record.kind]] = 1
    for matter, _ in found:
        if (matter.session_id, matter.item_id) in written:
            counts["matters"] += 1
            counts[_BY_OUTCOME[matter.outcome]] += 1
    return Figures(**counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The whole, and its tables."""

    total: Figures
    tables: tuple[Table, ...]
    sessions: int


def statistics(
    sessions: Iterable[SessionFacts], selection: Selection, texts: OfficeTexts, *, today: date
) -> Statistics:
    """Figures of the sessions selected, in all and along each dimension. today: for what is overdue."""
    held = [each for each in sessions if selection.takes(each)]
    held.sort(key=lambda each: (each.record.started_at, each.record.id))
    figures = [(each, figures_of(each, today=today, result=selection.result)) for each in held]
    total = Figures.sum([each for _, each in figures])
    whole = _table("toan_bo", "Toàn bộ", "", [("Tổng cộng", total)])
    dimensions: list[tuple[str, str, str, Callable[[SessionFacts], str]]] = [
        ("theo_thang", "Theo tháng", "Tháng", _month),
        ("theo_cap", "Theo cấp", "Cấp", lambda each: w.LEVELS.get(each.record.plan.competent_level, "Chưa ghi")),
        ("theo_noi_tiep", "Theo nơi tiếp", "Nơi tiếp", lambda each: place_of(each) or "Chưa ghi"),
        ("theo_nhom", "Theo nhóm vụ việc", "Nhóm", lambda each: _class(each, texts)),
        ("theo_can_cu", "Theo căn cứ tổ chức trực tuyến", "Căn cứ", lambda each: _reason(each, texts)),
        ("theo_loai", "Theo loại buổi tiếp", "Loại", lambda each: w.KINDS[each.record.kind]),
    ]
    tables = [whole, *(_by(key, title, head, name, figures) for key, title, head, name in dimensions)]
    tables.append(_by_result(held, selection, today))
    return Statistics(total=total, tables=tuple(tables), sessions=len(held))


def _month(facts: SessionFacts) -> str:
    assert facts.record.started_at is not None
    return w.local(facts.record.started_at).strftime("%m/%Y")


def _class(facts: SessionFacts, texts: OfficeTexts) -> str:
    chosen = facts.record.plan.matter_class
    return f"{chosen}. {texts.matter_classes[str(chosen)]}" if chosen else "Chưa ghi"  # type: ignore[index]


def _reason(facts: SessionFacts, texts: OfficeTexts) -> str:
    return texts.reasons_online.get(facts.record.plan.reason_online, "Chưa ghi")  # type: ignore[call-overload,no-any-return]


def _by(
    key: str,
    title: str,
    head: str,
    name: Callable[[SessionFacts], str],
    figures: Sequence[tuple[SessionFacts, Figures]],
) -> Table:
    alike: dict[str, list[Figures]] = {}
    for facts, each in figures:
        alike.setdefault(name(facts), []).append(each)
    named = [(value, Figures.sum(those)) for value, those in alike.items()]
    if key != "theo_thang":  # those come in the order of time
        named.sort(key=lambda each: (each[0] == "Chưa ghi", each[0]))
    return _table(key, title, head, named)


def _by_result(held: Sequence[SessionFacts], selection: Selection, today: date) -> Table:
    """A session with two results is in both rows: only the columns of matters add up."""
    named = []
    for outcome in _BY_OUTCOME:
        if selection.result not in (None, outcome):
            continue
        having = [each for each in held if any(matter.outcome == outcome for matter in each.case.matters)]
        if having:
            figures = Figures.sum([figures_of(each, today=today, result=outcome) for each in having])
            named.append((w.OUTCOMES[outcome], figures))
    note = "Một buổi tiếp có nhiều kết quả được tính ở mỗi kết quả của nó."
    return _table("theo_ket_qua", "Theo kết quả", "Kết quả", named, note)


def _table(key: str, title: str, head: str, named: Sequence[tuple[str, Figures]], note: str = "") -> Table:
    columns = (
        Column(key="value", title=head or "Phạm vi", width=34),
        *(Column(key=name, title=TITLES[name], width=11, format="count") for name in NAMES),
    )
    rows: list[dict[str, Cell]] = [
        {"value": value, **{name: getattr(figures, name) for name in NAMES}} for value, figures in named
    ]
    return Table(key=key, title=title, columns=columns, rows=tuple(rows), note=note)
