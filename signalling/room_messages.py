"""Messages about the room: who waits, who may speak, what is shown and said to all. See `signalling/messages.py`."""

from typing import Literal

from pydantic import Field

from reception.layout import LayoutName
from signalling.message_base import Message, SourceName

Place = Literal["waiting", "room", "private"]
ChairCommand = Literal[
    "call", "next", "stop_speaker", "lower_hand", "start_item", "stop_item", "pause", "resume", "end", "mute_all"
]

# --- client to server ---------------------------------------------------------------------------------------------


class Hand(Message):
    """The endpoint raises its hand, or lowers it."""

    type: Literal["hand"] = "hand"
    raised: bool


class Consent(Message):
    """Answer to `ask_media`: the endpoint agrees that the source is switched on, or not."""

    type: Literal["consent"] = "consent"
    source: SourceName
    granted: bool


class Command(Message):
    """The chair, from the central endpoint: call to speak, stop, next item, pause, resume, end."""

    type: Literal["command"] = "command"
    command: ChairCommand
    endpoint_id: str | None = Field(default=None, max_length=64)
    item_id: str | None = Field(default=None, max_length=64)


class Report(Message):
    """The people there say that something is wrong: they need technical help, or somebody disturbs."""

    type: Literal["report"] = "report"
    kind: Literal["help", "disorder"]
    note: str = Field(default="", max_length=500)


# --- server to client ---------------------------------------------------------------------------------------------


class HandEntry(Message):
    """A raised hand; the list is in the queue's order."""

    endpoint_id: str
    raised_at: str


class TurnEntry(Message):
    """Who has the floor. `due_at`: when the agreed minutes are over; nobody is cut off then."""

    endpoint_id: str
    started_at: str
    due_at: str
    minutes: int


class AnnouncementEntry(Message):
    """A text on the rooms' screens until it is withdrawn."""

    id: str
    text: str
    at: str


class RoomState(Message):
    """The room as this endpoint has it, whole, at each change.

    place: waiting (outside: it neither sees nor sends), room, or private (the consultation room, which is never
    recorded). slots: receive slots to offer when the place changes. now: the server's time, for the timers. asked:
    sources that the operator asks the endpoint to switch on. audio_only: no pictures either way, by the operator.
    chair: this endpoint may send `command`.
    """

    type: Literal["room"] = "room"
    now: str
    place: Place
    slots: int
    starts_at: str | None = None
    layout: LayoutName = "one_plus"
    hands: list[HandEntry] = Field(default_factory=list)
    turn: TurnEntry | None = None
    asked: list[SourceName] = Field(default_factory=list)
    announcements: list[AnnouncementEntry] = Field(default_factory=list)
    audio_only: bool = False
    chair: bool = False
