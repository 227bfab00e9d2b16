"""What was decided for a running session's room: kept in the store, and told to each page, whole, at each change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from reception.alarms import AlarmBook
from reception.announcements import Announcements
from reception.attendance import Attendance
from reception.back_channel import BackChannel
from reception.consultation import Consultation
from reception.incidents import IncidentLog
from reception.layout import Layout, Modes
from reception.lobby import Lobby
from reception.notices import Notices
from reception.presentation import Presentation
from reception.room_store import RoomStore
from reception.session_plan import ScriptItem
from reception.speaking_queue import SpeakingQueue
from signalling import room_messages as r
from signalling.room_state import room_state

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.presenting import Shown
    from signalling.seat import Seat

COALESCE_S = 0.05


class Parts(BaseModel):
    """Everything that is kept, by name of its part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    lobby: Lobby = Lobby()
    queue: SpeakingQueue = SpeakingQueue()
    layout: Layout = Layout()
    modes: Modes = Modes()
    alarms: AlarmBook = AlarmBook()
    incidents: IncidentLog = IncidentLog()
    announcements: Announcements = Announcements()
    attendance: Attendance = Attendance()
    notices: Notices = Notices()
    consultation: Consultation = Consultation()
    back_channel: BackChannel = BackChannel()
    presentation: Presentation = Presentation()


class LiveRoom:
    """One conference's. Changes are written before they are told."""

    def __init__(self, conference: Conference, store: RoomStore, kept: Mapping[str, Any]) -> None:
        """`kept`: what the store has."""
        self.parts = Parts.model_validate(kept)
        self.script: Sequence[ScriptItem] = ()  # as pages were told it last
        self.starting_at: datetime | None = None  # when the countdown that runs ends
        self.countdown: asyncio.Task[None] | None = None
        self.shown: Shown | None = None  # what of the documents is on screen now
        self._conference = conference
        self._store = store
        self._saving = asyncio.Lock()
        self._due = False

    async def keep(self, **changed: BaseModel) -> None:
        """Put parts into force, by name, and write them down; pages are told."""
        self.refresh(**changed)
        await self.write(*changed)
        self.changed()

    async def write(self, *parts: str) -> None:
        """Write parts down as they are in force by then."""
        for part in parts:
            async with self._saving:  # what is written last is what is in force
                data = getattr(self.parts, part).model_dump(mode="json")
                await self._store.save(self._conference.record.id, part, data)

    def refresh(self, **changed: BaseModel) -> None:
        """Put parts into force that are not worth writing down: numbers of an alarm that stands already."""
        self.parts = self.parts.model_copy(update=changed)

    def place_of(self, seat: Seat) -> r.Place:
        """Where an endpoint is."""
        if self.parts.lobby.waits(seat.record.id, role=seat.record.role):
            return "waiting"
        return "private" if seat.record.id in self.parts.consultation.members else "room"

    def call_off(self) -> bool:
        """End the countdown to the start, if one runs; whether one did."""
        running, self.countdown = self.countdown, None
        if running is None:
            return False
        running.cancel()
        self.starting_at = None
        self.changed()
        return True

    def changed(self) -> None:
        """Tell every page soon; changes that come together go together."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(COALESCE_S, self._tell)

    def _tell(self) -> None:
        self._due = False
        for seat in self._conference.seats.values():
            seat.send(self.state_for(seat))

    def state_for(self, seat: Seat) -> r.RoomState:
        """The message for one page."""
        return room_state(self._conference, seat, now=utc_now())


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)
