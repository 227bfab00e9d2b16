"""The operators' line to the sites' technicians: into the drawer that a PIN opened, never onto a room's screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reception.back_channel import Line
from signalling import room_messages as r
from signalling.live_room import utc_now
from signalling.problems import Problem

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat


async def say(
    conference: Conference, text: str, *, by: str, endpoint_id: str | None = None, from_site: bool = False
) -> None:
    """Keep a line, and tell the drawers that it concerns."""
    room = conference.room
    channel = room.parts.back_channel.say(text, by=by, now=utc_now(), endpoint_id=endpoint_id, from_site=from_site)
    await room.keep(back_channel=channel)
    for seat in conference.seats.values():
        if seat.drawer_open and endpoint_id in (None, seat.record.id):
            tell(conference, seat)


async def on_technical_say(conference: Conference, seat: Seat, message: r.TechnicalSay) -> None:
    """From a site's technician. Raises Problem: its drawer is closed."""
    if not seat.drawer_open:
        raise Problem(403, "drawer_closed", "The technician's drawer is closed", "Open it with the PIN.")
    await say(conference, message.text.strip(), by=seat.record.name, endpoint_id=seat.record.id, from_site=True)


def tell(conference: Conference, seat: Seat) -> None:
    """All lines of one site, into its open drawer."""
    seat.send(r.Technical(lines=lines_of(conference.room.parts.back_channel.of_site(seat.record.id))))


def lines_of(lines: Sequence[Line]) -> list[r.TechnicalLine]:
    """As pages are told them."""
    return [
        r.TechnicalLine(id=each.id, at=each.at.isoformat(), by=each.by, text=each.text, own=each.from_site)
        for each in lines
    ]
