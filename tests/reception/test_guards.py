"""What must be so before a session moves on: each condition alone keeps it back and says where it is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.words import Words
from reception.guards import Facts, Order, Unready, decide
from reception.lifecycle import Action, IllegalTransition, SessionState
from reception.marks import Mark, MarkRecord, PreflightResult, PreflightState
from reception.records import EndpointRecord, SessionRecord
from reception.session_plan import Approval, ScriptItem, SessionPlan, is_deputy, recommended_operators
from reception.warnings import warnings

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)
PLAN = SessionPlan(
    host_organisation="UBND tỉnh",
    chair_name="Nguyễn Văn A",
    chair_office="Chủ tịch UBND tỉnh",
    operators=("Lê Thị B",),
    matter_class=3,
    reason_online="nhieu_cap_xa_dia_ly",
    no_state_secrets=True,
    planned_start=NOW + timedelta(days=1),
    retention="15_nam",
)
ENDPOINTS = tuple(
    EndpointRecord(id=role, session_id="s", name=role, role=role) for role in ("central", "delegate", "observer")
)
APPROVAL = Approval(name="Trần Văn C", document_no="12/QĐ-UBND")


def mark(kind: Mark, subject: str = "") -> MarkRecord:
    return MarkRecord(mark=kind, subject=subject, by="B", at=NOW)


def checked(endpoint: str, result: PreflightResult = PreflightResult.PASS) -> PreflightState:
    return PreflightState(endpoint_id=endpoint, result=result)


FACTS = Facts(
    marks=[
        *(mark(each) for each in (Mark.RECORDER_TESTED, Mark.NOTICE_SHOWN, Mark.MINUTES_FINAL)),
        *(mark(Mark.PACKAGE_VERIFIED, medium) for medium in ("disk", "usb")),
    ],
    preflight={each: checked(each) for each in ("central", "delegate")},
    disk_free_bytes=10_000_000_000,
    disk_needed_bytes=9_000_000_000,
)


def session(state: SessionState, kind: str = "dinh_ky", **plan: Any) -> SessionRecord:
    return SessionRecord(
        id="s",
        title="t",
        kind=kind,
        profile="30-5",
        state=state,
        created_at=NOW,
        started_at=None,
        ended_at=None,
        spotlight=None,
        endpoints=ENDPOINTS,
        plan=replace(PLAN, **plan),
    )


def without(kind: Mark) -> Facts:
    return replace(FACTS, marks=[each for each in FACTS.marks if each.mark is not kind])


ORDERS = {
    Action.APPROVE: Order(action=Action.APPROVE, approval=APPROVAL),
    Action.POSTPONE: Order(action=Action.POSTPONE, reason="bão"),
    Action.CANCEL: Order(action=Action.CANCEL, reason="rút đơn"),
    Action.RESCHEDULE: Order(action=Action.RESCHEDULE, planned_start=NOW + timedelta(days=7)),
}
S = SessionState


@pytest.mark.parametrize(
    ("state", "action", "to"),
    [
        (S.DRAFT, Action.SUBMIT, S.AWAITING_APPROVAL),
        (S.AWAITING_APPROVAL, Action.APPROVE, S.SCHEDULED),
        (S.SCHEDULED, Action.CHECK, S.TECHNICAL_CHECK),
        (S.TECHNICAL_CHECK, Action.READY, S.READY),
        (S.READY, Action.START, S.LIVE),
        (S.LIVE, Action.END, S.ENDED),
        (S.ENDED, Action.ARCHIVE, S.ARCHIVED),
        (S.SCHEDULED, Action.POSTPONE, S.POSTPONED),
        (S.READY, Action.CANCEL, S.CANCELLED),
    ],
)
def test_with_every_condition_met_a_session_moves_on(state: S, action: Action, to: S) -> None:
    assert decide(session(state), ORDERS.get(action, Order(action=action)), FACTS, now=NOW) is to


@pytest.mark.parametrize(
    ("state", "action", "plan", "code", "place"),
    [
        (S.DRAFT, Action.SUBMIT, {"host_organisation": ""}, "no_host", "plan.host_organisation"),
        (S.DRAFT, Action.SUBMIT, {"chair_name": ""}, "no_chair", "plan.chair_name"),
        (S.DRAFT, Action.SUBMIT, {"matter_class": None}, "no_class", "plan.matter_class"),
        (S.DRAFT, Action.SUBMIT, {"reason_online": ""}, "no_reason", "plan.reason_online"),
        (S.DRAFT, Action.SUBMIT, {"reason_online": "khac"}, "no_reason_note", "plan.reason_online_note"),
        (S.DRAFT, Action.SUBMIT, {"no_state_secrets": False}, "state_secrets", "plan.no_state_secrets"),
        (S.ENDED, Action.ARCHIVE, {"retention": ""}, "retention", "plan.retention"),
    ],
)
def test_a_gap_in_the_plan_keeps_a_session_back(
    state: S, action: Action, plan: dict[str, Any], code: str, place: str
) -> None:
    refused(session(state, **plan), Order(action=action), FACTS, code, place)


@pytest.mark.parametrize(
    ("state", "order", "facts", "code"),
    [
        (S.AWAITING_APPROVAL, Order(action=Action.APPROVE, approval=Approval(name="C")), FACTS, "no_document"),
        (S.AWAITING_APPROVAL, Order(action=Action.APPROVE, approval=replace(APPROVAL, name="")), FACTS, "no_approver"),
        (S.AWAITING_APPROVAL, ORDERS[Action.APPROVE], replace(FACTS, planner=Words("hẹp", "narrow")), "bandwidth"),
        (S.TECHNICAL_CHECK, Order(action=Action.READY), without(Mark.RECORDER_TESTED), "recorder"),
        (S.TECHNICAL_CHECK, Order(action=Action.READY), replace(FACTS, disk_needed_bytes=11_000_000_000), "disk"),
        (S.READY, Order(action=Action.START), without(Mark.NOTICE_SHOWN), "notice"),
        (S.ENDED, Order(action=Action.ARCHIVE), without(Mark.MINUTES_FINAL), "minutes"),
        (S.ENDED, Order(action=Action.ARCHIVE), replace(FACTS, marks=FACTS.marks[:-1]), "package"),
        (S.SCHEDULED, Order(action=Action.POSTPONE), FACTS, "no_why"),
        (S.SCHEDULED, Order(action=Action.CANCEL), FACTS, "no_why"),
        (S.POSTPONED, ORDERS[Action.RESCHEDULE], FACTS, "not_approved"),
    ],
)
def test_a_missing_fact_keeps_a_session_back(state: S, order: Order, facts: Facts, code: str) -> None:
    refused(session(state), order, facts, code)


def refused(record: SessionRecord, order: Order, facts: Facts, code: str, place: str = "") -> Unready:
    with pytest.raises(Unready) as found:
        decide(record, order, facts, now=NOW)
    (only,) = found.value.unmet
    assert only.code == code
    assert only.place == (place or only.place)
    assert found.value.reason_vi == only.words.vi
    assert found.value.reason_en == only.words.en
    assert only.words.vi != only.words.en
    return found.value


def test_a_session_needs_a_delegate() -> None:
    refused(replace(session(S.DRAFT), endpoints=ENDPOINTS[:1]), Order(action=Action.SUBMIT), FACTS, "no_delegate")
    gone = (ENDPOINTS[0], replace(ENDPOINTS[1], removed=True))
    refused(replace(session(S.DRAFT), endpoints=gone), Order(action=Action.SUBMIT), FACTS, "no_delegate")


@pytest.mark.parametrize(
    ("result", "goes"),
    [
        (PreflightResult.PASS, True),
        (PreflightResult.WARN, True),
        (PreflightResult.WAIVED, True),
        (PreflightResult.FAIL, False),
        (PreflightResult.MISSING, False),
    ],
)
@pytest.mark.parametrize(("state", "action"), [(S.TECHNICAL_CHECK, Action.READY), (S.READY, Action.START)])
def test_every_endpoint_that_sends_must_have_passed(
    state: S, action: Action, result: PreflightResult, goes: bool
) -> None:
    facts = replace(FACTS, preflight={"central": checked("central"), "delegate": checked("delegate", result)})
    if goes:
        decide(session(state), Order(action=action), facts, now=NOW)
    else:
        error = refused(session(state), Order(action=action), facts, "preflight")
        assert error.unmet[0].endpoint_id == "delegate"
    refused(
        session(state), Order(action=action), replace(facts, preflight={"delegate": checked("delegate")}), "preflight"
    )


def test_open_items_of_the_script_keep_a_session_from_its_end_unless_they_are_given_up_with_a_reason() -> None:
    items = [
        ScriptItem(id="1", title="Nêu lý do", state="done"),
        ScriptItem(id="2", title="Đối thoại", state="running"),
        ScriptItem(id="3", title="Kết luận"),
        ScriptItem(id="4", title="Giải lao", state="waived"),
    ]
    facts = replace(FACTS, script=items)
    error = refused(session(S.LIVE), Order(action=Action.END), facts, "script")
    assert "“Đối thoại”; “Kết luận”" in error.reason_vi
    order = Order(action=Action.END, waive_script="hết giờ")
    assert decide(session(S.LIVE), order, facts, now=NOW) is S.ENDED


def test_an_ad_hoc_session_is_approved_by_name_and_goes_live_from_a_short_check() -> None:
    oral = Order(action=Action.APPROVE, approval=Approval(name="C"))
    assert decide(session(S.DRAFT, "dot_xuat"), oral, FACTS, now=NOW) is S.TECHNICAL_CHECK
    assert decide(session(S.TECHNICAL_CHECK, "dot_xuat"), Order(action=Action.START), FACTS, now=NOW) is S.LIVE
    refused(session(S.DRAFT, "dot_xuat"), Order(action=Action.APPROVE), FACTS, "no_approver")
    refused(session(S.DRAFT, "dot_xuat", chair_name=""), oral, FACTS, "no_chair")
    start = Order(action=Action.START)
    refused(session(S.TECHNICAL_CHECK, "dot_xuat"), start, without(Mark.NOTICE_SHOWN), "notice")
    refused(session(S.TECHNICAL_CHECK, "dot_xuat"), start, without(Mark.RECORDER_TESTED), "recorder")
    with pytest.raises(IllegalTransition):
        decide(session(S.DRAFT, "dinh_ky"), oral, FACTS, now=NOW)


def test_a_rehearsal_starts_with_nothing_met_and_other_kinds_do_not() -> None:
    bare = replace(session(S.DRAFT, "rehearsal"), plan=SessionPlan())
    assert decide(bare, Order(action=Action.START), Facts(), now=NOW) is S.LIVE
    for kind in ("dinh_ky", "dot_xuat", "vu_viec"):
        with pytest.raises(IllegalTransition):
            decide(replace(bare, kind=kind), Order(action=Action.START), Facts(), now=NOW)


def test_an_interrupted_session_resumes_with_nothing_asked_but_its_recorder() -> None:
    assert decide(session(S.INTERRUPTED), Order(action=Action.RESUME), Facts(), now=NOW) is S.LIVE


def test_a_postponed_session_that_was_approved_gets_a_date_in_the_future() -> None:
    record = session(S.POSTPONED, approval=APPROVAL)
    assert decide(record, ORDERS[Action.RESCHEDULE], FACTS, now=NOW) is S.SCHEDULED
    refused(record, Order(action=Action.RESCHEDULE, planned_start=NOW), FACTS, "no_date")


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        ({}, []),
        ({"chair_office": "Phó Chủ tịch UBND tỉnh"}, ["deputy_chair"]),
        ({"operators": ()}, ["few_operators"]),
        ({"planned_start": None}, ["no_start"]),
        ({"group_size": 12, "representatives": 6, "appointment_paper": True}, ["many_representatives"]),
        ({"group_size": 12, "representatives": 5, "appointment_paper": True}, []),
        ({"group_size": 5}, ["no_representatives"]),
        ({"group_size": 7, "representatives": 2}, ["no_appointment"]),
        ({"representatives": 2, "appointment_paper": True}, ["more_than_group"]),
    ],
)
def test_what_is_unusual_is_warned_of(plan: dict[str, Any], codes: list[str]) -> None:
    found = warnings(session(S.DRAFT, **plan), deputy=True)
    assert [each.code for each in found] == codes
    assert all(each.words.vi and each.words.en for each in found)


def test_the_warning_of_a_deputy_can_be_switched_off() -> None:
    assert warnings(session(S.DRAFT, chair_office="Phó Trưởng ban"), deputy=False) == []


@pytest.mark.parametrize(
    ("office", "deputy"),
    [
        ("Phó Chủ tịch", True),
        ("Q. Phó Trưởng ban", True),
        ("Chủ tịch", False),
        ("Trưởng ban Phóng sự", False),
        ("", False),
    ],
)
def test_a_deputy_is_known_by_the_office(office: str, deputy: bool) -> None:
    assert is_deputy(office) is deputy


@pytest.mark.parametrize(("endpoints", "operators"), [(0, 1), (2, 1), (5, 1), (6, 2), (11, 3)])
def test_an_operator_for_each_five_endpoints(endpoints: int, operators: int) -> None:
    assert recommended_operators(endpoints) == operators
