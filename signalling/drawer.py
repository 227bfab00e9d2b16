"""The technician's drawer of an endpoint's page: opened by a PIN that the console shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from signalling import room_messages as r
from signalling.back_channel import tell

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat


def pin_of(conference: Conference) -> str:
    """Six digits, the same for all endpoints of a session and over restarts."""
    return conference.services.tokens.digits(f"technician/{conference.record.id}", count=6)


async def on_unlock(conference: Conference, seat: Seat, message: r.Unlock) -> None:
    """Open the drawer, or say why not."""
    now = time.monotonic()
    if seat.pin_tries.exhausted(now=now):
        seat.send(r.Drawer(opened=False, wait=True))
        return
    opened = message.pin == pin_of(conference)
    if not opened:
        seat.pin_tries.wrong(now=now)
        conference.note("wrong_pin", seat)
    else:
        conference.note("drawer_opened", seat)
    seat.send(r.Drawer(opened=opened, wait=False))
    if opened:
        seat.drawer_open = True
        tell(conference, seat)
