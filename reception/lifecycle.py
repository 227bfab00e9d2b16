"""The lifecycle of a session (pure): which state may follow which, by what action, and why not.

Three courses share the table. A regular session walks every step. An ad hoc one is approved by word of mouth and goes
from its short technical check straight to live. A rehearsal may begin at any step.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from config.words import Words
from reception.lifecycle_words import ACTIONS, POSSIBLE, STATES


class SessionState(StrEnum):
    """Where a session stands."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    TECHNICAL_CHECK = "technical_check"
    READY = "ready"
    LIVE = "live"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    ENDED = "ended"
    ARCHIVED = "archived"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What moves a session on."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REVISE = "revise"
    CHECK = "check"
    READY = "ready"
    START = "start"
    PAUSE = "pause"
    INTERRUPT = "interrupt"
    RESUME = "resume"
    END = "end"
    ARCHIVE = "archive"
    POSTPONE = "postpone"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"


class Course(StrEnum):
    """Which way a session takes."""

    REGULAR = "regular"
    AD_HOC = "ad_hoc"
    REHEARSAL = "rehearsal"


S, A = SessionState, Action
OPEN_STATES = frozenset({S.LIVE, S.PAUSED, S.INTERRUPTED})
CLOSED_STATES = frozenset({S.ENDED, S.ARCHIVED, S.CANCELLED})
BEFORE_LIVE = frozenset({S.DRAFT, S.AWAITING_APPROVAL, S.SCHEDULED, S.TECHNICAL_CHECK, S.READY})
LOBBY_STATES = frozenset({S.TECHNICAL_CHECK, S.READY, *OPEN_STATES})  # an endpoint's link lets in

Table = Mapping[tuple[SessionState, Action], SessionState]

_REGULAR: Table = {
    (S.DRAFT, A.SUBMIT): S.AWAITING_APPROVAL,
    (S.AWAITING_APPROVAL, A.APPROVE): S.SCHEDULED,
    (S.SCHEDULED, A.CHECK): S.TECHNICAL_CHECK,
    (S.TECHNICAL_CHECK, A.READY): S.READY,
    (S.READY, A.START): S.LIVE,
    (S.READY, A.CHECK): S.TECHNICAL_CHECK,
    (S.LIVE, A.PAUSE): S.PAUSED,
    (S.LIVE, A.INTERRUPT): S.INTERRUPTED,
    (S.LIVE, A.END): S.ENDED,
    (S.PAUSED, A.RESUME): S.LIVE,
    (S.PAUSED, A.INTERRUPT): S.INTERRUPTED,
    (S.PAUSED, A.END): S.ENDED,
    (S.INTERRUPTED, A.RESUME): S.LIVE,
    (S.INTERRUPTED, A.START): S.LIVE,
    (S.INTERRUPTED, A.END): S.ENDED,
    (S.ENDED, A.ARCHIVE): S.ARCHIVED,
    (S.POSTPONED, A.RESCHEDULE): S.SCHEDULED,
    **{(state, A.POSTPONE): S.POSTPONED for state in BEFORE_LIVE},
    **{(state, A.CANCEL): S.CANCELLED for state in (*BEFORE_LIVE, S.POSTPONED)},
    **{(state, A.REVISE): S.DRAFT for state in (*BEFORE_LIVE - {S.DRAFT}, S.POSTPONED)},
}
_AD_HOC: Table = {
    **_REGULAR,
    (S.DRAFT, A.APPROVE): S.TECHNICAL_CHECK,
    (S.TECHNICAL_CHECK, A.START): S.LIVE,
}
_REHEARSAL: Table = {
    **_REGULAR,
    **{(state, A.START): S.LIVE for state in BEFORE_LIVE},
    **{(state, A.END): S.ENDED for state in BEFORE_LIVE},
}
TRANSITIONS: Mapping[Course, Table] = MappingProxyType(
    {Course.REGULAR: _REGULAR, Course.AD_HOC: _AD_HOC, Course.REHEARSAL: _REHEARSAL}
)


class Refusal(Exception):
    """An action that is not done; says why in both languages."""

    def __init__(self, reason: Words) -> None:
        super().__init__(f"{reason.en} ({reason.vi})")
        self.reason_vi, self.reason_en = reason.vi, reason.en


class IllegalTransition(Refusal):
    """The action is not possible in this state; names what is."""

    def __init__(self, state: SessionState, action: Action, course: Course = Course.REGULAR) -> None:
        super().__init__(_why_not(state, action, course))
        self.state, self.action = state, action


def course_of(kind: str) -> Course:
    """The course of a session of this kind."""
    return {"rehearsal": Course.REHEARSAL, "dot_xuat": Course.AD_HOC}.get(kind, Course.REGULAR)


def next_state(state: SessionState, action: Action, course: Course = Course.REGULAR) -> SessionState:
    """The state after the action. Raises IllegalTransition. Says nothing of the guards (reception/guards.py)."""
    following = TRANSITIONS[course].get((state, action))
    if following is None:
        raise IllegalTransition(state, action, course)
    return following


def possible_actions(state: SessionState, course: Course) -> tuple[Action, ...]:
    """What can be done in this state, in the order of a session's life."""
    return tuple(action for action in Action if (state, action) in TRANSITIONS[course])


def _why_not(state: SessionState, action: Action, course: Course) -> Words:
    standing, wish = STATES[state], ACTIONS[action]
    possible = [ACTIONS[each] for each in possible_actions(state, course)]
    vi = f"{standing.vi}, không thể {wish.vi}."
    en = f"{standing.en}; it cannot {wish.en}."
    if not possible:
        return Words(f"{vi} {POSSIBLE['nothing'].vi}", f"{en} {POSSIBLE['nothing'].en}")
    return Words(
        f"{vi} {POSSIBLE['these'].vi} {', '.join(each.vi for each in possible)}.",
        f"{en} {POSSIBLE['these'].en} {', '.join(each.en.removeprefix('be ') for each in possible)}.",
    )
