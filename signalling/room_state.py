"""From what was decided for the room to what one endpoint's page is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reception.script_run import following, running
from reception.session_plan import ScriptItem
from reception.speaking_queue import SpeakingQueue
from signalling import room_messages as r
from signalling import snapshots
from signalling.presenting import shown_to

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat


def room_state(conference: Conference, seat: Seat, *, now: datetime) -> r.RoomState:
    """The message. Who waits outside is told nothing of what goes on inside."""
    parts, place = conference.room.parts, conference.room.place_of(seat)
    outside = place == "waiting"
    planned = conference.record.plan.planned_start
    document, hidden = shown_to(conference, seat)
    return r.RoomState(
        now=now.isoformat(),
        starts_at=planned.isoformat() if planned else None,
        starting_at=conference.room.starting_at.isoformat() if conference.room.starting_at else None,
        place=place,
        slots=conference.slot_count(),
        layout=parts.layout.name,
        hands=[] if outside else hands_of(parts.queue),
        turn=None if outside else turn_of(parts.queue),
        item=None if outside else item_of(running(conference.room.script)),
        next_item=None if outside else item_of(following(conference.room.script)),
        asked=[] if outside else sorted(seat.asked),
        announcements=[
            r.AnnouncementEntry(id=each.id, text=each.text, at=each.at.isoformat())
            for each in parts.announcements.shown_to(seat.record.id)
        ],
        notice=notice_for(conference, seat),
        invited=seat.record.id in parts.consultation.invited,
        private=list(parts.consultation.members) if not outside else [],
        snapshots=snapshots.wanted(conference),
        audio_only=seat.record.id in parts.modes.audio_only,
        chair=not outside and seat.record.role == "central",
        document=document,
        document_hidden=hidden,
    )


def notice_for(conference: Conference, seat: Seat) -> r.NoticeInfo:
    """The texts in the page's language, and who acknowledged them here."""
    shown = conference.services.rules
    found = conference.room.parts.notices.of(seat.record.id, version=shown.version)
    said = shown.texts(seat.language)
    if found is not None:
        said["regulation"] = ""  # it is long, and this message comes often
    return r.NoticeInfo(
        version=shown.version,
        by=found.name if found else "",
        at=found.at.isoformat() if found else None,
        **said,
    )


def hands_of(queue: SpeakingQueue) -> list[r.HandEntry]:
    """The queue as it is told."""
    return [r.HandEntry(endpoint_id=hand.endpoint_id, raised_at=hand.raised_at.isoformat()) for hand in queue.hands]


def item_of(item: ScriptItem | None) -> r.ItemEntry | None:
    """An item of the script as it is told."""
    if item is None:
        return None
    started = item.started_at.isoformat() if item.started_at else None
    return r.ItemEntry(id=item.id, title=item.title, speaker=item.speaker, minutes=item.minutes, started_at=started)


def turn_of(queue: SpeakingQueue) -> r.TurnEntry | None:
    """The turn that runs as it is told."""
    turn = queue.turn
    if turn is None:
        return None
    return r.TurnEntry(
        endpoint_id=turn.endpoint_id,
        started_at=turn.started_at.isoformat(),
        due_at=turn.due_at.isoformat(),
        minutes=turn.minutes,
    )
