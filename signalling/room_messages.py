"""Messages about the room: who waits, who may speak, what is shown and said to all. See `signalling/messages.py`."""

from typing import Literal

from pydantic import Field

from reception.layout import LayoutName
from signalling.message_base import Message, SourceName

Place = Literal["waiting", "room", "private"]
ChairCommand = Literal[
    "call",
    "next",
    "stop_speaker",
    "lower_hand",
    "start_item",
    "stop_item",
    "pause",
    "resume",
    "end",
    "mute_all",
    "private_invite",
    "private_close",
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
    """The chair, from the central endpoint: call to speak, stop, next item, pause, resume, end.

    reason: of an end, why what is still open is given up.
    """

    type: Literal["command"] = "command"
    command: ChairCommand
    endpoint_id: str | None = Field(default=None, max_length=64)
    item_id: str | None = Field(default=None, max_length=64)
    reason: str = Field(default="", max_length=1000)


class Report(Message):
    """The people there say that something is wrong: they need technical help, or somebody disturbs."""

    type: Literal["report"] = "report"
    kind: Literal["help", "disorder"]
    note: str = Field(default="", max_length=500)


class Acknowledge(Message):
    """A local officer read rules and notice aloud and ticks that they were understood."""

    type: Literal["acknowledge"] = "acknowledge"
    name: str = Field(min_length=1, max_length=120)
    version: str = Field(max_length=80)


class Private(Message):
    """Into the consultation room, if invited; or out of it, or the invitation declined."""

    type: Literal["private"] = "private"
    enter: bool


class Unlock(Message):
    """The technician's PIN."""

    type: Literal["unlock"] = "unlock"
    pin: str = Field(max_length=12)


class TechnicalSay(Message):
    """The site's technician writes to the operators, from the open drawer."""

    type: Literal["technical_say"] = "technical_say"
    text: str = Field(min_length=1, max_length=500, pattern=r"\S")


class Snapshot(Message):
    """A small picture of what the camera sees, for the console: a JPEG in base64."""

    type: Literal["snapshot"] = "snapshot"
    jpeg: str = Field(max_length=40_000, pattern=r"^[A-Za-z0-9+/=]*$")


ToRoom = Hand | Consent | Command | Report | Acknowledge | Private | Unlock | TechnicalSay | Snapshot

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


class ItemEntry(Message):
    """An item of the script. `minutes`: planned, 0: not planned."""

    id: str
    title: str
    speaker: str = ""
    minutes: int = 0
    started_at: str | None = None


class AnnouncementEntry(Message):
    """A text on the rooms' screens until it is withdrawn."""

    id: str
    text: str
    at: str


class NoticeInfo(Message):
    """What is shown before the session, in the page's language. `by`, `at`: who acknowledged this version here.

    regulation: until it is acknowledged; "": there is none.
    """

    version: str
    banner: str
    notice: str
    acknowledgement: str
    rules: str
    regulation: str = ""
    by: str = ""
    at: str | None = None


class ShownDocument(Message):
    """A document that this page shows; its file is at /api/v1/sessions/SESSION/documents/ID/content.

    page: from 1. desk_only: for the chair's eyes, not for a screen that the room sees. by: who shows it.
    """

    id: str
    name: str
    media_type: str
    page: int = 1
    pages: int | None = None
    by: str = ""
    desk_only: bool = False


class Drawer(Message):
    """Answer to `unlock`. `wait`: too many wrong tries; a minute later again."""

    type: Literal["drawer"] = "drawer"
    opened: bool
    wait: bool = False


class TechnicalLine(Message):
    """A line of the technical channel. own: it was written here."""

    id: int
    at: str
    by: str
    text: str
    own: bool


class Technical(Message):
    """The technical channel of this site, whole, at each change; only while the technician's drawer is open."""

    type: Literal["technical"] = "technical"
    lines: list[TechnicalLine]


class RoomState(Message):
    """The room as this endpoint has it, whole, at each change.

    place: waiting (outside: it neither sees nor sends), room, or private (the consultation room, which is never
    recorded). slots: receive slots to offer when the place changes. now: the server's time, for the timers. asked:
    sources that the operator asks the endpoint to switch on. audio_only: no pictures either way, by the operator.
    chair: this endpoint may send `command`. invited: the chair asks it into the consultation room; private: who is
    there. snapshots: an operator looks, the page sends `snapshot` each few seconds. document: what is shown here;
    document_hidden: one is shown in other rooms that this one may not see.
    """

    type: Literal["room"] = "room"
    now: str
    place: Place
    slots: int
    starts_at: str | None = None
    starting_at: str | None = Field(default=None, description="the countdown to the start ends then")
    layout: LayoutName = "one_plus"
    hands: list[HandEntry] = Field(default_factory=list)
    turn: TurnEntry | None = None
    item: ItemEntry | None = Field(default=None, description="of the script, the one that runs")
    next_item: ItemEntry | None = None
    asked: list[SourceName] = Field(default_factory=list)
    announcements: list[AnnouncementEntry] = Field(default_factory=list)
    audio_only: bool = False
    notice: NoticeInfo | None = None
    invited: bool = False
    private: list[str] = Field(default_factory=list)
    snapshots: bool = False
    chair: bool = False
    document: ShownDocument | None = None
    document_hidden: bool = False
