"""Letting endpoints into the room, and sending them back to wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from signalling import floor
from signalling import messages as m
from signalling.moderation import change_seat, close_seat

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat


async def admit(conference: Conference, seats: Sequence[Seat]) -> None:
    """Their pages make their connection as soon as they are told; who is not here yet need not wait when he comes."""
    room = conference.room
    await room.keep(lobby=room.parts.lobby.admit([seat.record.id for seat in seats]))
    conference.roster_changed()


async def hold(conference: Conference, seat: Seat) -> None:
    """Back to the waiting page: from this moment the endpoint neither sees nor sends into the room."""
    room = conference.room
    await room.keep(lobby=room.parts.lobby.hold(seat.record.id))
    await floor.forget(conference, seat)
    await close_seat(conference, seat)


async def remove(conference: Conference, seat: Seat) -> None:
    """Out of the session: the link is worth nothing from now on."""
    await change_seat(conference, seat, removed=True)
    await floor.forget(conference, seat)
    seat.send(m.Bye(reason="removed"))
    if seat.connection is not None:
        seat.connection.close()
    await close_seat(conference, seat)


async def set_lobby(conference: Conference, *, on: bool) -> None:
    """Whether whoever comes waits. Who is in the room when it is switched on stays in."""
    room = conference.room
    lobby = room.parts.lobby.model_copy(update={"on": on})
    if on:
        here = [seat.record.id for seat in conference.seats.values() if seat.peer is not None]
        held = set(lobby.held)
        lobby = lobby.admit([each for each in here if each not in held])
    await room.keep(lobby=lobby)
    conference.roster_changed()
