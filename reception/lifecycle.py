"""The lifecycle of a session (pure): which state may follow which, by what action."""

from enum import StrEnum


class SessionState(StrEnum):
    """Where a session stands."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    ENDED = "ended"


class Action(StrEnum):
    """What moves a session on."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    INTERRUPT = "interrupt"
    END = "end"


class IllegalTransition(Exception):
    """The action is not possible in this state; says why in both languages."""

    def __init__(self, state: SessionState, action: Action) -> None:
        vi, en = _REASONS[state]
        super().__init__(f"{en} ({vi})")
        self.state, self.action = state, action
        self.reason_vi, self.reason_en = vi, en


_TRANSITIONS: dict[tuple[SessionState, Action], SessionState] = {
    (SessionState.DRAFT, Action.START): SessionState.LIVE,
    (SessionState.DRAFT, Action.END): SessionState.ENDED,
    (SessionState.LIVE, Action.PAUSE): SessionState.PAUSED,
    (SessionState.LIVE, Action.INTERRUPT): SessionState.INTERRUPTED,
    (SessionState.LIVE, Action.END): SessionState.ENDED,
    (SessionState.PAUSED, Action.RESUME): SessionState.LIVE,
    (SessionState.PAUSED, Action.INTERRUPT): SessionState.INTERRUPTED,
    (SessionState.PAUSED, Action.END): SessionState.ENDED,
    (SessionState.INTERRUPTED, Action.START): SessionState.LIVE,
    (SessionState.INTERRUPTED, Action.RESUME): SessionState.LIVE,
    (SessionState.INTERRUPTED, Action.END): SessionState.ENDED,
}

_REASONS = {
    SessionState.DRAFT: ("Buổi tiếp chưa bắt đầu.", "The session has not started."),
    SessionState.LIVE: ("Buổi tiếp đang diễn ra.", "The session is live."),
    SessionState.PAUSED: ("Buổi tiếp đang tạm dừng.", "The session is paused."),
    SessionState.INTERRUPTED: ("Buổi tiếp đang gián đoạn.", "The session is interrupted."),
    SessionState.ENDED: ("Buổi tiếp đã kết thúc.", "The session has ended."),
}

OPEN_STATES = frozenset({SessionState.LIVE, SessionState.PAUSED, SessionState.INTERRUPTED})


def next_state(state: SessionState, action: Action) -> SessionState:
    """The state after the action. Raises IllegalTransition."""
    following = _TRANSITIONS.get((state, action))
    if following is None:
        raise IllegalTransition(state, action)
    return following
