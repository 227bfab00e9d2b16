"""What a click on a step of a playbook does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from reception.guards import Order
from reception.incidents import Incident, IncidentError
from reception.lifecycle import Action
from reception.playbooks import Step
from signalling import floor, lobby
from signalling.live_room import utc_now
from signalling.moderation import change_seat, put_audio_only, set_spotlight, silence

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat


async def _ask_camera(conference: Conference, seat: Seat) -> None:
    await change_seat(conference, seat, camera_off=False)
    floor.ask(conference, seat, "camera")


async def _ask_microphone(conference: Conference, seat: Seat) -> None:
    await floor.unmute(conference, seat)


async def _lock(conference: Conference, seat: Seat) -> None:
    await silence(conference, seat, locked=True)


async def _audio_only(conference: Conference, seat: Seat) -> None:
    await put_audio_only(conference, seat, on=True)


async def _off_stage(conference: Conference, seat: Seat) -> None:
    if conference.record.spotlight == seat.record.id:
        await set_spotlight(conference, None)


_AT_ENDPOINT: dict[str, Callable[[Conference, Seat], Awaitable[None]]] = {
    "ask_camera": _ask_camera,
    "ask_microphone": _ask_microphone,
    "lock": _lock,
    "hold": lobby.hold,
    "remove": lobby.remove,
    "audio_only": _audio_only,
    "unspotlight": _off_stage,
}
_SESSION = {"pause": Action.PAUSE, "interrupt": Action.INTERRUPT, "resume": Action.RESUME}


async def carry_out(conference: Conference, incident: Incident, step: Step, *, by: str) -> None:
    """Do it. Raises IncidentError: it needs an endpoint and the incident names none; Refusal."""
    if step.action in _AT_ENDPOINT:
        seat = conference.seats.get(incident.endpoint_id or "")
        if seat is None or seat.record.removed:
            raise IncidentError(
                "no_endpoint", "Sự cố này không gắn với điểm cầu nào.", "The incident is about no endpoint."
            )
        await _AT_ENDPOINT[step.action](conference, seat)
        conference.note(step.action, seat, by=by, incident=incident.id)
    elif step.action in _SESSION:
        await conference.services.act(conference.record.id, Order(action=_SESSION[step.action], by=by))
    elif step.action == "announce" and step.said is not None:
        said = conference.room.parts.announcements.say(step.said.vi, by=by, now=utc_now())
        await conference.room.keep(announcements=said)
    elif step.action == "restart_recording":
        await conference.services.restart_recording(conference)
        conference.remark("recording_restarted", by=by, incident=incident.id)
