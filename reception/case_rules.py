"""Rules of a case (pure): what the secretary is warned of, and which room's screen may show which document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.words import Words
from reception.case_records import Citizen, Document
from reception.records import EndpointRecord
from reception.session_plan import GROUP_FROM, MAX_REPRESENTATIVES

NEEDS_PAPER = ("dai_dien", "uy_quyen")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWarning:
    """Something that the procedure asks for and that is not there. citizen_id: whom it concerns, "": nobody alone."""

    code: str
    words: Words
    citizen_id: str = ""


def case_warnings(citizens: Sequence[Citizen], *, group_size: int) -> list[CaseWarning]:
    """What is missing. group_size: of the plan, 0: no group."""
    found = list(_of_group(citizens, group_size))
    for each in citizens:
        found.extend(_of_citizen(each))
    return found


def _of_group(citizens: Sequence[Citizen], group_size: int) -> Iterable[CaseWarning]:
    representatives = sum(1 for each in citizens if each.capacity == "dai_dien")
    if representatives > MAX_REPRESENTATIVES:
        yield CaseWarning(
            code="too_many_representatives",
            words=Words(
                f"Có {representatives} người đại diện; một đoàn cử nhiều nhất {MAX_REPRESENTATIVES} người.",
                f"There are {representatives} representatives; a group names {MAX_REPRESENTATIVES} at most.",
            ),
        )
    if max(group_size, len(citizens)) >= GROUP_FROM and representatives == 0:
        yield CaseWarning(
            code="no_representatives",
            words=Words(
                f"Đoàn từ {GROUP_FROM} người trở lên phải cử người đại diện; chưa ghi người nào.",
                f"A group of {GROUP_FROM} or more names representatives; none is entered yet.",
            ),
        )


def _of_citizen(citizen: Citizen) -> Iterable[CaseWarning]:
    name = citizen.name

    def warning(code: str, vi: str, en: str) -> CaseWarning:
        return CaseWarning(code=code, words=Words(f"{name}: {vi}", f"{name}: {en}"), citizen_id=citizen.id)

    if citizen.capacity in NEEDS_PAPER and not citizen.paper:
        yield warning("no_paper", "chưa ghi giấy ủy quyền hoặc giấy cử đại diện.", "no paper of authority is entered.")
    if not citizen.checked_by:
        yield warning("not_checked", "chưa ghi ai đã kiểm tra giấy tờ.", "nobody has checked the identity paper yet.")
    if citizen.acknowledged_at is None:
        yield warning(
            "not_acknowledged",
            "chưa xác nhận đã được thông báo ghi âm, ghi hình.",
            "the notice of recording is not acknowledged yet.",
        )


def room_may_see(document: Document, endpoint: EndpointRecord, citizens: Iterable[Citizen]) -> bool:
    """Whether the document may stand on a screen in this room, where everybody there sees it."""
    if document.removed_at is not None or endpoint.removed:
        return False
    if document.visibility == "tat_ca":
        return True
    if document.visibility != "co_quan" or endpoint.role == "observer":
        return False
    if document.endpoints is not None:
        return endpoint.id in document.endpoints
    return all(each.endpoint_id != endpoint.id for each in citizens)
