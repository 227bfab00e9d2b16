"""The steps of the procedure that a reception does not end without (pure): done as the facts show, or waived.

identify → listen → record → classify → conclude; signing comes after the end, and the archive asks for it.
Which of them are asked for, and their names, are texts of the office (`[procedure]` in texts/legal.toml).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from config.words import Words
from reception.case_records import CaseFile
from reception.marks import Mark, MarkRecord
from reception.session_plan import ScriptItem
from reception.speaking_queue import SpeakingQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step. needs: what is missing, and where that is done; None: it is done. by, at, reason: of a waiver."""

    key: str
    name: Words
    needs: Words | None = None
    by: str = ""
    at: datetime | None = None
    reason: str = ""

    @property
    def state(self) -> str:
        """done, waived or open."""
        if self.needs is None:
            return "done"
        return "waived" if self.reason else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What steps are judged by."""

    case: CaseFile = field(default_factory=CaseFile)
    script: Iterable[ScriptItem] = ()
    queue: SpeakingQueue = field(default_factory=SpeakingQueue)


def steps_of(wanted: Mapping[str, Words], course: Course, marks: Iterable[MarkRecord]) -> list[Step]:
    """The steps in the order of the procedure. wanted: which, and their names."""
    waived = {each.subject: each for each in marks if each.mark is Mark.STEP_WAIVED}
    found = []
    for key, judge in _JUDGES.items():
        if key in wanted:
            waiver = waived.get(key)
            said = {"by": waiver.by, "at": waiver.at, "reason": waiver.detail} if waiver is not None else {}
            found.append(Step(key=key, name=wanted[key], needs=judge(course), **said))  # type: ignore[arg-type]
    return found


def _identify(course: Course) -> Words | None:
    citizens = course.case.citizens
    unchecked = [each for each in citizens if each.checked_at is None]
    if not citizens:
        return Words("chưa ghi công dân nào (bàn thư ký, mục Công dân)", "no citizen is noted (secretary's desk)")
    if unchecked:
        vi = f"{len(unchecked)} công dân chưa được đối chiếu giấy tờ (bàn thư ký, mục Công dân)"
        return Words(vi, f"papers of {len(unchecked)} citizens are not compared (secretary's desk)")
    return None


def _listen(course: Course) -> Words | None:
    spoke = course.queue.turn is not None or bool(course.queue.past)
    noted = any(each.kind == "noi_dung" for each in course.case.notes)
    if spoke or noted or any(each.state == "done" for each in course.script):
        return None
    return Words(
        "chưa có lượt phát biểu, mục kịch bản đã xong, hay ghi chép lời công dân",
        "nobody was called to speak, no item of the script is done, no words of a citizen are noted",
    )


def _record(course: Course) -> Words | None:
    if course.case.notes or any(each.summary for each in course.case.matters):
        return None
    return Words("chưa ghi nội dung (bàn thư ký, mục Ghi chép)", "nothing is written down (secretary's desk)")


def _classify(course: Course) -> Words | None:
    matters = course.case.matters
    if matters and all(each.outcome for each in matters):
        return None
    return Words("vụ việc chưa có loại và hướng xử lý (bàn thư ký)", "no matter is classified (secretary's desk)")


def _conclude(course: Course) -> Words | None:
    if course.case.conclusions:
        return None
    return Words(
        "chưa có kết luận của người chủ trì (bàn thư ký)", "the chair's conclusion is missing (secretary's desk)"
    )


_JUDGES = {
    "identify": _identify,
    "listen": _listen,
    "record": _record,
    "classify": _classify,
    "conclude": _conclude,
}
