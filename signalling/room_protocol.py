"""What an endpoint's page says about the room: hands, consent, and the chair's commands."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from reception import script_run
from reception.guards import Order
from reception.lifecycle import Action, Refusal
from reception.script_run import ScriptError
from reception.speaking_queue import QueueError
from signalling import floor, private_room
from signalling import room_messages as r
from signalling.alarms import report
from signalling.back_channel import on_technical_say
from signalling.drawer import on_unlock
from signalling.live_room import utc_now
from signalling.problems import Problem, not_found
from signalling.script_actions import change_script
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


async def on_acknowledge(conference: Conference, seat: Seat, message: r.Acknowledge) -> None:
    """Kept with name, time, place and version. Raises Problem: it is not the version that is shown now."""
    version = conference.services.rules.version
    if message.version != version:
        raise Problem(409, "other_notice", "The notice has changed; show it again", f"Version {version}.")
    name = message.name.strip()
    notices = conference.room.parts.notices.put(
        seat.record.id, name=name, place=seat.record.name, version=version, now=utc_now()
    )
    await conference.room.keep(notices=notices)
    conference.note("notice_acknowledged", seat, officer=name, version=version)


async def on_private(conference: Conference, seat: Seat, message: r.Private) -> None:
    """An invitation accepted or declined, or out of the consultation room."""
    await (private_room.enter if message.enter else private_room.leave)(conference, seat)


async def on_snapshot(conference: Conference, seat: Seat, message: r.Snapshot) -> None:
    """For the console, while it asks."""
    seat.snapshot, seat.snapshot_at_s = message.jpeg, time.monotonic()


async def on_command(conference: Conference, seat: Seat, message: r.Command) -> None:
    """The chair's. Raises Problem: not the chair's place, or not possible now."""
    if seat.record.role != "central" or conference.room.place_of(seat) == "waiting":
        raise Problem(403, "forbidden", "Only the centre's room may command")
    try:
        if message.command in SESSION_ACTIONS:
            order = Order(action=SESSION_ACTIONS[message.command], by=seat.record.name, waive=message.reason.strip())
            await conference.services.act(conference.record.id, order)
        else:
            await _command(conference, seat, message)
    except (QueueError, ScriptError, Refusal) as error:
        code = getattr(error, "code", "illegal_transition")
        raise Problem(409, code, error.reason_en, reason_vi=error.reason_vi, reason_en=error.reason_en) from None
    conference.note(message.command, _target(conference, message) or seat, by="chair")


async def _command(conference: Conference, chair: Seat, message: r.Command) -> None:
    target = _target(conference, message)
    if message.command == "next":
        await floor.call_next(conference)
    elif message.command == "stop_speaker":
        await floor.stop_turn(conference)
    elif message.command == "mute_all":
        await floor.mute_all(conference)
    elif message.command == "private_close":
        await private_room.leave(conference, chair)
    elif message.command in ("start_item", "stop_item"):
        step = script_run.start if message.command == "start_item" else script_run.stop
        await change_script(conference, partial(step, item_id=message.item_id or ""), by=chair.record.name)
    elif target is None:
        raise not_found("endpoint")
    elif message.command == "call":
        await floor.call(conference, target)
    elif message.command == "private_invite":
        await private_room.invite(conference, chair, target)
    elif message.command == "lower_hand":
        await floor.lower_hand(conference, target)


def _target(conference: Conference, message: r.Command) -> Seat | None:
    seat = conference.seats.get(message.endpoint_id or "")
    return None if seat is None or seat.record.removed else seat


ROOM_HANDLERS: dict[type, Callable[[Conference, Seat, Any], Awaitable[None]]] = {
    r.Hand: on_hand,
    r.Consent: on_consent,
    r.Command: on_command,
    r.Report: on_report,
    r.Acknowledge: on_acknowledge,
    r.Private: on_private,
    r.Unlock: on_unlock,
    r.TechnicalSay: on_technical_say,
    r.Snapshot: on_snapshot,
}
