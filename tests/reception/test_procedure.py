"""The steps of the procedure: what fulfils each, and that no session ends without them but with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from config.office_texts import PROCEDURE, check_texts, shipped_texts
from config.words import Words
from reception.case_records import CaseFile, Citizen, Conclusion, Matter, Note
from reception.guards import Facts, Order, Unready, decide
from reception.lifecycle import Action, SessionState
from reception.marks import Mark, MarkRecord
from reception.procedure import Course, steps_of
from reception.session_plan import ScriptItem
from reception.speaking_queue import SpeakingQueue, Turn
from tests.reception.test_guards import session

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)
WANTED = {key: Words(*names) for key, names in PROCEDURE.items()}
CITIZEN: dict[str, Any] = {"session_id": "s", "endpoint_id": "e", "name": "An"}
CHECKED = Citizen(**CITIZEN, checked_by="Cán bộ", checked_at=NOW)
SAID = Note(session_id="s", text="Trình bày", author="Bình", kind="noi_dung")
DECIDED = Matter(session_id="s", summary="Đất đai", outcome="thu_ly")
TURN = Turn(endpoint_id="e", started_at=NOW, minutes=3)


def open_keys(course: Course, *marks: MarkRecord) -> set[str]:
    return {each.key for each in steps_of(WANTED, course, marks) if each.state == "open"}


@pytest.mark.parametrize(
    ("course", "done"),
    [
        (Course(), set()),
        (Course(case=CaseFile(citizens=(CHECKED,))), {"identify"}),
        (Course(case=CaseFile(citizens=(CHECKED, Citizen(**CITIZEN)))), set()),
        (Course(queue=SpeakingQueue(turn=TURN)), {"listen"}),
        (Course(script=[ScriptItem(id="1", title="Nghe", state="done")]), {"listen"}),
        (Course(script=[ScriptItem(id="1", title="Nghe", state="waived", reason="x")]), set()),
        (Course(case=CaseFile(notes=(SAID,))), {"listen", "record"}),
        (Course(case=CaseFile(matters=(DECIDED,))), {"record", "classify"}),
        (Course(case=CaseFile(matters=(DECIDED, Matter(session_id="s", item_id="2", summary="Khác")))), {"record"}),
        (
            Course(case=CaseFile(conclusions=(Conclusion(session_id="s", task="Trả lời", owner="UBND xã"),))),
            {"conclude"},
        ),
    ],
)
def test_a_step_is_done_when_the_facts_say_so(course: Course, done: set[str]) -> None:
    assert open_keys(course) == set(WANTED) - done


def test_a_waived_step_has_name_time_and_reason_and_one_that_is_done_after_all_is_done() -> None:
    waiver = MarkRecord(mark=Mark.STEP_WAIVED, subject="identify", by="Chủ trì", at=NOW, detail="Đã biết")
    assert "identify" not in open_keys(Course(), waiver)
    step = steps_of(WANTED, Course(), [waiver])[0]
    assert (step.state, step.by, step.at, step.reason) == ("waived", "Chủ trì", NOW, "Đã biết")
    assert steps_of(WANTED, Course(case=CaseFile(citizens=(CHECKED,))), [waiver])[0].state == "done"


def test_the_end_names_each_open_step_and_takes_one_reason_for_all() -> None:
    steps = steps_of(WANTED, Course(case=CaseFile(citizens=(CHECKED,))), [])
    facts = Facts(steps=steps, script=[ScriptItem(id="1", title="Khai mạc")])
    with pytest.raises(Unready) as refused:
        decide(session(SessionState.LIVE), Order(action=Action.END), facts, now=NOW)
    found = refused.value.unmet
    assert [each.place for each in found] == ["script", *(f"steps.{key}" for key in list(PROCEDURE)[1:])]
    assert "Bước “Nghe công dân trình bày” chưa làm" in refused.value.reason_vi
    assert "“Citizens are heard” is not done" in refused.value.reason_en
    with pytest.raises(Unready):
        decide(session(SessionState.LIVE), Order(action=Action.END, waive_script="hết giờ"), facts, now=NOW)
    order = Order(action=Action.END, waive="Công dân ra về")
    assert decide(session(SessionState.LIVE), order, facts, now=NOW) is SessionState.ENDED


def test_an_office_leaves_steps_out_and_renames_them_and_texts_without_them_have_the_products() -> None:
    text = shipped_texts()
    begin, end = text.index("[procedure]"), text.index("# Retention as it is named")
    own = text[:begin] + '[procedure]\nconclude = ["Kết luận", "Conclusion"]\n' + text[end:]
    assert check_texts(own, source="x").procedure == {"conclude": ("Kết luận", "Conclusion")}
    assert check_texts(text[:begin] + text[end:], source="x").procedure == PROCEDURE
    assert check_texts(text, source="x").procedure == PROCEDURE
