"""What an endpoint's page says about the room: hands, consent, and the chair's commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reception.lifecycle import Action, IllegalTransition
from reception.speaking_queue import QueueError
from signalling import floor
from signalling import room_messages as r
from signalling.alarms import report
from signalling.problems import Problem, not_found
from signalling.seat import Seat

if TYPE_CHECKING:
    from signalling.conference import Conference

SESSION_ACTIONS = {"pause": Action.PAUSE, "resume": Action.RESUME, "end": Action.END}


async def on_hand(conference: Conference, seat: Seat, message: r.Hand) -> None:
    """Raised or lowered; who waits outside has no hand to raise."""
    if conference.room.place_of(seat) == "waiting":
        raise Problem(403, "not_admitted", "The endpoint waits to be admitted")
    await (floor.raise_hand if message.raised else floor.lower_hand)(conference, seat)
    conference.note("raise_hand" if message.raised else "lower_hand", seat, by="endpoint")


async def on_consent(conference: Conference, seat: Seat, message: r.Consent) -> None:
    """The page switches the source on by itself if it agrees (`media`)."""
    seat.asked.discard(message.source)
    conference.note("consent" if message.granted else "refuse", seat, source=message.source, by="endpoint")
    conference.room.changed()


async def on_report(conference: Conference, seat: Seat, message: r.Report) -> None:
    """The people there call for help, or say that somebody disturbs: an alarm for the operators."""
    await report(conference, seat, message.kind, note=message.note, by=seat.record.name)


async def on_command(conference: Conference, seat: Seat, message: r.Command) -> None:
    """The chair's. Raises Problem: not the chair's place, or not possible now."""
    if seat.record.role != "central" or conference.room.place_of(seat) != "room":
        raise Problem(403, "forbidden", "Only the centre's room may command")
    try:
        if message.command in SESSION_ACTIONS:
            await conference.services.act(conference.record.id, SESSION_ACTIONS[message.command])
        else:
            await _command(conference, message)
    except (QueueError, IllegalTransition) as error:
        raise Problem(409, getattr(error, "code", "illegal_transition"), error.reason_en, error.reason_vi) from None
    conference.note(message.command, _target(conference, message) or seat, by="chair")


async def _command(conference: Conference, message: r.Command) -> None:
    target = _target(conference, message)
    if message.command == "next":
        await floor.call_next(conference)
    elif message.command == "stop_speaker":
        await floor.stop_turn(conference)
    elif message.command == "mute_all":
        await floor.mute_all(conference)
    elif target is None:
        raise not_found("endpoint")
    elif message.command == "call":
        await floor.call(conference, target)
    elif message.command == "lower_hand":
        await floor.lower_hand(conference, target)


def _target(conference: Conference, message: r.Command) -> Seat | None:
    seat = conference.seats.get(message.endpoint_id or "")
    return None if seat is None or seat.record.removed else seat
