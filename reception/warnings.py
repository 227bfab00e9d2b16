"""What is unusual about a plan, without keeping it from going on (pure)."""

from collections.abc import Iterable

from config.words import Words
from reception.guards import Unmet
from reception.records import SessionRecord
from reception.session_plan import GROUP_FROM, MAX_REPRESENTATIVES, is_deputy, recommended_operators


def warnings(record: SessionRecord, *, deputy: bool) -> list[Unmet]:
    """Warnings, each with its place. deputy: whether a chair who is a deputy is warned of."""
    return [*_people(record, deputy=deputy), *_group(record)]


def _people(record: SessionRecord, *, deputy: bool) -> Iterable[Unmet]:
    plan = record.plan
    if deputy and is_deputy(plan.chair_office):
        yield Unmet(code="deputy_chair", place="plan.chair_office", words=_DEPUTY)
    seats = sum(1 for each in record.endpoints if not each.removed)
    needed = recommended_operators(seats)
    if len(plan.operators) < needed:
        words = Words(
            f"Mới phân công {len(plan.operators)} cán bộ điều phối; nên có {needed} cho {seats} điểm cầu, "
            "và một kỹ thuật viên tại mỗi điểm cầu.",
            f"{len(plan.operators)} operators are assigned; {needed} are recommended for {seats} endpoints, "
            "and one technician at each.",
        )
        yield Unmet(code="few_operators", place="plan.operators", words=words)
    if plan.planned_start is None and record.kind != "rehearsal":
        yield Unmet(code="no_start", place="plan.planned_start", words=_NO_START)


def _group(record: SessionRecord) -> Iterable[Unmet]:
    plan = record.plan
    if plan.representatives > MAX_REPRESENTATIVES:
        yield Unmet(code="many_representatives", place="plan.representatives", words=_MANY)
    if plan.group_size >= GROUP_FROM and plan.representatives == 0:
        yield Unmet(code="no_representatives", place="plan.representatives", words=_NONE)
    if plan.representatives > 0 and plan.representatives > plan.group_size:
        yield Unmet(code="more_than_group", place="plan.group_size", words=_MORE)
    if plan.representatives > 0 and not plan.appointment_paper:
        yield Unmet(code="no_appointment", place="plan.appointment_paper", words=_NO_PAPER)


_DEPUTY = Words(
    "Người chủ trì là cấp phó. Từ 01/7/2026 người đứng đầu không ủy quyền tiếp công dân cho cấp phó: hãy kiểm tra lại.",
    "The chair is a deputy. Since 1 July 2026 the head may not delegate receptions to a deputy: please check.",
)
_NO_START = Words("Chưa ghi ngày, giờ dự kiến.", "Date and time are not planned yet.")
_MANY = Words(
    f"Đoàn chỉ được cử nhiều nhất {MAX_REPRESENTATIVES} người đại diện.",
    f"A group may appoint {MAX_REPRESENTATIVES} representatives at most.",
)
_NONE = Words(
    f"Đoàn từ {GROUP_FROM} người trở lên phải cử người đại diện.",
    f"A group of {GROUP_FROM} or more must appoint representatives.",
)
_MORE = Words(
    "Số người đại diện nhiều hơn số người của đoàn.", "There are more representatives than people in the group."
)
_NO_PAPER = Words("Chưa có văn bản cử người đại diện.", "The representatives' appointment paper is missing.")
