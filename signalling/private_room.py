"""The private consultation room: media of its own that no recorder is ever attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reception.consultation import Consultation
from sfu.types import SessionId
from signalling.moderation import close_seat
from signalling.problems import Problem

if TYPE_CHECKING:
    from sfu.session import MediaSession
    from signalling.conference import Conference
    from signalling.seat import Seat


def open_media(conference: Conference) -> MediaSession:
    """A media session beside the conference's. It has no tap, and none can be attached to it by anything here."""
    return conference.services.media.open_session(
        SessionId(f"{conference.record.id}/private"), profile=conference.profile, events=conference
    )


async def invite(conference: Conference, host: Seat, guest: Seat) -> None:
    """The chair asks one in. Raises Problem: it waits outside, or only watches."""
    if guest.record.role == "observer" or conference.room.place_of(guest) == "waiting":
        raise Problem(
            409, "not_invitable", "Only who is in the room can be asked in", "Chỉ mời được điểm cầu trong phòng."
        )
    consultation = conference.room.parts.consultation.invite(guest.record.id, host=host.record.id)
    await _move(conference, consultation)


async def enter(conference: Conference, seat: Seat) -> None:
    """Whoever was asked accepts."""
    await _move(conference, conference.room.parts.consultation.enter(seat.record.id))


async def leave(conference: Conference, seat: Seat) -> None:
    """Back into the room, or an invitation declined; with the host all go."""
    host = seat.record.role == "central"
    await _move(conference, conference.room.parts.consultation.leave(seat.record.id, host=host))


async def _move(conference: Conference, consultation: Consultation) -> None:
    """Whoever changes rooms loses the connection of the old one; his page makes one in the new."""
    before = conference.room.parts.consultation
    if consultation == before:
        return
    movers = [
        seat
        for seat in conference.seats.values()
        if (seat.record.id in before.members) != (seat.record.id in consultation.members)
    ]
    await conference.room.keep(consultation=consultation)
    for seat in movers:
        inside = seat.record.id in consultation.members
        conference.note("private_in" if inside else "private_out", seat, recorded="no")
        await close_seat(conference, seat)
    if bool(before.members) != bool(consultation.members):
        conference.remark("private_room_opened" if consultation.members else "private_room_closed", recorded="no")
    conference.roster_changed()
