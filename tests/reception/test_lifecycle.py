"""Every state and action: where it leads, or why not in both languages."""

from __future__ import annotations

import pytest

from reception.lifecycle import (
    BEFORE_LIVE,
    CLOSED_STATES,
    Action,
    Course,
    IllegalTransition,
    SessionState,
    course_of,
    next_state,
    possible_actions,
)
from reception.lifecycle_words import ACTIONS, STATES

S, A = SessionState, Action
REGULAR = {
    S.DRAFT: {A.SUBMIT: S.AWAITING_APPROVAL, A.POSTPONE: S.POSTPONED, A.CANCEL: S.CANCELLED},
    S.AWAITING_APPROVAL: {
        A.APPROVE: S.SCHEDULED,
        A.REVISE: S.DRAFT,
        A.POSTPONE: S.POSTPONED,
        A.CANCEL: S.CANCELLED,
    },
    S.SCHEDULED: {A.CHECK: S.TECHNICAL_CHECK, A.REVISE: S.DRAFT, A.POSTPONE: S.POSTPONED, A.CANCEL: S.CANCELLED},
    S.TECHNICAL_CHECK: {A.READY: S.READY, A.REVISE: S.DRAFT, A.POSTPONE: S.POSTPONED, A.CANCEL: S.CANCELLED},
    S.READY: {
        A.START: S.LIVE,
        A.CHECK: S.TECHNICAL_CHECK,
        A.REVISE: S.DRAFT,
        A.POSTPONE: S.POSTPONED,
        A.CANCEL: S.CANCELLED,
    },
    S.LIVE: {A.PAUSE: S.PAUSED, A.INTERRUPT: S.INTERRUPTED, A.END: S.ENDED},
    S.PAUSED: {A.RESUME: S.LIVE, A.INTERRUPT: S.INTERRUPTED, A.END: S.ENDED},
    S.INTERRUPTED: {A.RESUME: S.LIVE, A.START: S.LIVE, A.END: S.ENDED},
    S.ENDED: {A.ARCHIVE: S.ARCHIVED},
    S.ARCHIVED: {},
    S.POSTPONED: {A.RESCHEDULE: S.SCHEDULED, A.REVISE: S.DRAFT, A.CANCEL: S.CANCELLED},
    S.CANCELLED: {},
}
AD_HOC = {(S.DRAFT, A.APPROVE): S.TECHNICAL_CHECK, (S.TECHNICAL_CHECK, A.START): S.LIVE}
REHEARSAL = {(state, action): to for state in BEFORE_LIVE for action, to in ((A.START, S.LIVE), (A.END, S.ENDED))}


def expected(state: SessionState, action: Action, course: Course) -> SessionState | None:
    own = {Course.AD_HOC: AD_HOC, Course.REHEARSAL: REHEARSAL}.get(course, {})
    return own.get((state, action)) or REGULAR[state].get(action)


@pytest.mark.parametrize("course", Course)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", SessionState)
def test_an_action_leads_on_or_is_refused_with_the_reason_in_both_languages(
    state: SessionState, action: Action, course: Course
) -> None:
    following = expected(state, action, course)
    if following is not None:
        assert next_state(state, action, course) is following
        assert action in possible_actions(state, course)
        return
    assert action not in possible_actions(state, course)
    with pytest.raises(IllegalTransition) as refused:
        next_state(state, action, course)
    vi, en = refused.value.reason_vi, refused.value.reason_en
    assert vi.startswith(f"{STATES[state].vi}, không thể {ACTIONS[action].vi}.")
    assert en.startswith(f"{STATES[state].en}; it cannot {ACTIONS[action].en}.")
    for possible in possible_actions(state, course):
        assert ACTIONS[possible].vi in vi
        assert ACTIONS[possible].en.removeprefix("be ") in en


def test_nothing_leads_back_to_before_live_once_live_and_nothing_out_of_the_archive() -> None:
    for course in Course:
        reached, todo = set(), [S.LIVE]
        while todo:
            state = todo.pop()
            reached.add(state)
            todo += [each for action in Action if (each := expected(state, action, course)) and each not in reached]
        assert reached == {S.LIVE, S.PAUSED, S.INTERRUPTED, S.ENDED, S.ARCHIVED}
        assert {each for each in CLOSED_STATES if not possible_actions(each, course)} == {S.ARCHIVED, S.CANCELLED}


def test_every_kind_has_its_course() -> None:
    kinds = {"dinh_ky": Course.REGULAR, "vu_viec": Course.REGULAR, "dot_xuat": Course.AD_HOC}
    assert {kind: course_of(kind) for kind in (*kinds, "rehearsal")} == {**kinds, "rehearsal": Course.REHEARSAL}
