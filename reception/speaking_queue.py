"""Who wants to speak, who speaks and for how long (pure). Times are UTC; `now` comes in."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

MINUTES = (1, 60)
KEPT_TURNS = 500


class Hand(BaseModel):
    """A raised hand."""

    model_config = ConfigDict(frozen=True)

    endpoint_id: str
    raised_at: datetime


class Turn(BaseModel):
    """The floor given to one endpoint. `minutes`: what was agreed; the timer warns, it cuts nobody off."""

    model_config = ConfigDict(frozen=True)

    endpoint_id: str
    started_at: datetime
    minutes: int
    ended_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        """When the agreed time is over."""
        return self.started_at + timedelta(minutes=self.minutes)


class QueueError(Exception):
    """What was asked for is not possible; says why in both languages."""

    def __init__(self, code: str, reason_vi: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.code, self.reason_vi, self.reason_en = code, reason_vi, reason_en


class SpeakingQueue(BaseModel):
    """Hands in the order of the queue, the turn that runs, and turns that are over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    hands: tuple[Hand, ...] = ()
    turn: Turn | None = None
    past: tuple[Turn, ...] = ()
    minutes: int = 5

    def raise_hand(self, endpoint_id: str, *, now: datetime) -> SpeakingQueue:
        """Queue up; who is in the queue or has the floor stays where he is."""
        speaks = self.turn is not None and self.turn.endpoint_id == endpoint_id
        if speaks or self.position(endpoint_id) is not None:
            return self
        return self.model_copy(update={"hands": (*self.hands, Hand(endpoint_id=endpoint_id, raised_at=now))})

    def lower_hand(self, endpoint_id: str) -> SpeakingQueue:
        """Out of the queue."""
        return self.model_copy(update={"hands": tuple(each for each in self.hands if each.endpoint_id != endpoint_id)})

    def move(self, endpoint_id: str, to: int) -> SpeakingQueue:
        """Another place in the queue, 0 the first. Raises QueueError: no hand of this endpoint is up."""
        at = self.position(endpoint_id)
        if at is None:
            raise QueueError("no_hand", "Điểm cầu này chưa giơ tay.", "This endpoint has not raised its hand.")
        hands = list(self.hands)
        hands.insert(max(0, to), hands.pop(at))
        return self.model_copy(update={"hands": tuple(hands)})

    def position(self, endpoint_id: str) -> int | None:
        """Place in the queue, 0 the first; None: no hand is up."""
        return next((index for index, each in enumerate(self.hands) if each.endpoint_id == endpoint_id), None)

    def invite(self, endpoint_id: str, *, now: datetime, minutes: int | None = None) -> SpeakingQueue:
        """Give the floor; a turn that runs ends. Raises QueueError where minutes are out of bounds."""
        agreed = self.minutes if minutes is None else minutes
        if not MINUTES[0] <= agreed <= MINUTES[1]:
            raise QueueError(
                "minutes",
                f"Thời gian phát biểu phải từ {MINUTES[0]} đến {MINUTES[1]} phút.",
                f"A turn takes {MINUTES[0]} to {MINUTES[1]} minutes.",
            )
        begun = self.stop(now=now).lower_hand(endpoint_id)
        return begun.model_copy(update={"turn": Turn(endpoint_id=endpoint_id, started_at=now, minutes=agreed)})

    def next(self, *, now: datetime, minutes: int | None = None) -> SpeakingQueue:
        """Give the floor to the first in the queue. Raises QueueError: nobody waits."""
        if not self.hands:
            raise QueueError("nobody_waits", "Chưa có điểm cầu nào giơ tay.", "Nobody has raised a hand.")
        return self.invite(self.hands[0].endpoint_id, now=now, minutes=minutes)

    def extend(self, minutes: int) -> SpeakingQueue:
        """More time for the turn that runs. Raises QueueError: nobody has the floor, or too long."""
        if self.turn is None:
            raise QueueError("nobody_speaks", "Chưa mời điểm cầu nào phát biểu.", "Nobody has the floor.")
        agreed = min(self.turn.minutes + minutes, MINUTES[1])
        return self.model_copy(update={"turn": self.turn.model_copy(update={"minutes": agreed})})

    def stop(self, *, now: datetime) -> SpeakingQueue:
        """The turn that runs is over; nothing where none runs."""
        if self.turn is None:
            return self
        over = self.turn.model_copy(update={"ended_at": now})
        return self.model_copy(update={"turn": None, "past": (*self.past, over)[-KEPT_TURNS:]})

    def forget(self, endpoint_id: str, *, now: datetime) -> SpeakingQueue:
        """The endpoint left the room: its hand goes down, its turn is over."""
        rest = self.lower_hand(endpoint_id)
        return rest.stop(now=now) if rest.turn is not None and rest.turn.endpoint_id == endpoint_id else rest
