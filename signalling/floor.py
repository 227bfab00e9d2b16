"""Who has the floor: hands, turns, and asking an endpoint to switch something on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reception.speaking_queue import SpeakingQueue
from signalling import messages as m
from signalling.live_room import utc_now
from signalling.moderation import change_seat, set_spotlight, silence

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.message_base import SourceName
    from signalling.seat import Seat


def ask(conference: Conference, seat: Seat, source: SourceName) -> None:
    """Ask the people there to switch a source on; nothing where it is on. They answer with `consent`, or do it."""
    on = {"microphone": seat.record.microphone, "camera": seat.record.camera}
    if not on.get(source, False):
        seat.asked.add(source)
        conference.room.changed()


async def unmute(conference: Conference, seat: Seat) -> None:
    """Lift the operator's mute. The microphone is the endpoint's: where it is off there, its people are asked."""
    await change_seat(conference, seat, muted=False, locked=False)
    seat.send(m.ForceMedia(source="microphone", enabled=seat.record.microphone, locked=False))
    ask(conference, seat, "microphone")


async def raise_hand(conference: Conference, seat: Seat) -> None:
    """The endpoint queues up to speak."""
    await _keep(conference, conference.room.parts.queue.raise_hand(seat.record.id, now=utc_now()))


async def lower_hand(conference: Conference, seat: Seat) -> None:
    """Out of the queue."""
    await _keep(conference, conference.room.parts.queue.lower_hand(seat.record.id))


async def call(conference: Conference, seat: Seat, *, minutes: int | None = None) -> None:
    """Give the floor: into the room if it waits, on the stage, and asked to speak. Raises QueueError."""
    room = conference.room
    before = room.parts.queue.turn
    queue = room.parts.queue.invite(seat.record.id, now=utc_now(), minutes=minutes)
    if room.place_of(seat) == "waiting":
        await room.keep(lobby=room.parts.lobby.admit([seat.record.id]))
    if before is not None and before.endpoint_id != seat.record.id:
        await _silence(conference, before.endpoint_id)
    await _keep(conference, queue)
    await unmute(conference, seat)
    await set_spotlight(conference, seat.record.id)
    conference.roster_changed()


async def call_next(conference: Conference, *, minutes: int | None = None) -> Seat:
    """Give the floor to the first in the queue. Raises QueueError: nobody waits."""
    queue = conference.room.parts.queue.next(now=utc_now(), minutes=minutes)
    assert queue.turn is not None
    seat = conference.seats[queue.turn.endpoint_id]
    await call(conference, seat, minutes=queue.turn.minutes)
    return seat


async def stop_turn(conference: Conference) -> Seat | None:
    """The turn is over: off the stage, microphone off. Returns whose it was."""
    turn = conference.room.parts.queue.turn
    if turn is None:
        return None
    await _keep(conference, conference.room.parts.queue.stop(now=utc_now()))
    await _silence(conference, turn.endpoint_id)
    if conference.record.spotlight == turn.endpoint_id:
        await set_spotlight(conference, None)
    conference.roster_changed()
    return conference.seats.get(turn.endpoint_id)


async def mute_all(conference: Conference) -> int:
    """Every microphone off but the centre's and that of who has the floor; how many were on."""
    turn = conference.room.parts.queue.turn
    speaks = turn.endpoint_id if turn is not None else None
    muted = 0
    for seat in list(conference.seats.values()):
        if seat.record.role == "delegate" and seat.record.id != speaks and seat.microphone and not seat.record.removed:
            await _silence(conference, seat.record.id)
            muted += 1
    conference.roster_changed()
    return muted


async def forget(conference: Conference, seat: Seat) -> None:
    """The endpoint is out of the room."""
    seat.asked.clear()
    await _keep(conference, conference.room.parts.queue.forget(seat.record.id, now=utc_now()))


async def _silence(conference: Conference, endpoint_id: str) -> None:
    seat = conference.seats.get(endpoint_id)
    if seat is not None and not seat.record.removed and seat.record.role != "central":
        await silence(conference, seat)


async def _keep(conference: Conference, queue: SpeakingQueue) -> None:
    if queue != conference.room.parts.queue:
        await conference.room.keep(queue=queue)
