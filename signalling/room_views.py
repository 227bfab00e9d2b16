"""What the API shows of a session's room, and what it hears about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from reception.layout import LayoutName
from reception.speaking_queue import MINUTES
from signalling.bodies import Body
from signalling.course_views import ScriptItemView

Minutes = Annotated[int, Field(ge=MINUTES[0], le=MINUTES[1])]


class SetLobby(Body):
    """Whether whoever comes waits."""

    on: bool


class SetLayout(Body):
    """Another arrangement of the pictures, at every endpoint."""

    name: LayoutName


class TurnWish(Body):
    """How long a turn shall be; null: as long as turns are here."""

    minutes: Minutes | None = None


class SetQueue(Body):
    """The queue's order, and how long a turn is. What is left out stays as it is."""

    endpoint_ids: list[Annotated[str, Field(max_length=64)]] | None = Field(default=None, max_length=128)
    minutes: Minutes | None = None


class MoreTime(Body):
    """More minutes for the turn that runs."""

    minutes: Minutes = 1


class SeatView(BaseModel):
    """Where an endpoint is, and what it was asked for."""

    endpoint_id: str
    place: str
    asked: list[str]


class HandView(BaseModel):
    """A raised hand."""

    endpoint_id: str
    raised_at: datetime


class TurnView(BaseModel):
    """A turn. `due_at`: when the agreed minutes are over."""

    endpoint_id: str
    started_at: datetime
    due_at: datetime
    minutes: int
    ended_at: datetime | None = None


class QueueView(BaseModel):
    """Hands in the queue's order, the turn that runs, the turns before. `minutes`: how long a turn is here."""

    hands: list[HandView]
    turn: TurnView | None
    past: list[TurnView]
    minutes: int


class AcknowledgementView(BaseModel):
    """Who acknowledged the notice at an endpoint."""

    name: str
    place: str
    version: str
    at: datetime


class RoomView(BaseModel):
    """Everything that was decided for a room. `now`: the server's time, for timers."""

    now: datetime
    starting_at: datetime | None = Field(default=None, description="the countdown to the start ends then")
    lobby: bool
    seats: list[SeatView]
    layout: LayoutName
    queue: QueueView
    script: list[ScriptItemView]
    technician_pin: str = Field(description="opens the technician's drawer on the endpoints' pages; empty: not running")
    notice_version: str
    notices: dict[str, AcknowledgementView] = Field(description="of the present version, by endpoint")
    audio_only: list[str]
    wide: list[str] = Field(description="endpoints whose second camera is shown")
    private: list[str] = Field(description="who is in the consultation room, which is never recorded")
