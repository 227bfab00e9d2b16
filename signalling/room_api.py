"""The API's operations on a session's room: lobby, queue, layout."""

from __future__ import annotations

from pydantic import BaseModel

from reception.permissions import Permission
from reception.records import SessionRecord
from reception.speaking_queue import QueueError, SpeakingQueue, Turn
from signalling import floor
from signalling import lobby as lobbies
from signalling import room_views as v
from signalling.conference import Conference
from signalling.course_views import ScriptItemView
from signalling.drawer import pin_of
from signalling.live_room import Parts, utc_now
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.script_actions import refresh_script
from signalling.services import Services


async def get_room(call: Call) -> BaseModel:
    """GET /sessions/{id}/room."""
    record = await call.services.session(call.path("id"))
    return await room_view(call.services, record)


async def room_view(services: Services, record: SessionRecord) -> v.RoomView:
    """The room as it is, or as it was left."""
    conference = services.conferences.get(record.id)
    parts = conference.room.parts if conference else Parts.model_validate(await services.rooms.load(record.id))
    script = await (refresh_script(conference) if conference else services.store.course.script(record.id))
    version = services.rules.version
    return v.RoomView(
        now=utc_now(),
        starting_at=conference.room.starting_at if conference is not None else None,
        lobby=parts.lobby.on,
        seats=_seats(conference) if conference else [],
        layout=parts.layout.name,
        queue=_queue(parts.queue),
        script=[ScriptItemView.of(each) for each in script],
        technician_pin=pin_of(conference) if conference else "",
        notice_version=version,
        notices={
            name: v.AcknowledgementView(**each.model_dump())
            for name, each in parts.notices.acknowledged.items()
            if each.version == version
        },
        audio_only=list(parts.modes.audio_only),
        wide=list(parts.modes.wide),
        private=list(parts.consultation.members),
    )


def _seats(conference: Conference) -> list[v.SeatView]:
    return [
        v.SeatView(endpoint_id=seat.record.id, place=conference.room.place_of(seat), asked=sorted(seat.asked))
        for seat in conference.seats.values()
        if not seat.record.removed
    ]


def _queue(queue: SpeakingQueue) -> v.QueueView:
    return v.QueueView(
        hands=[v.HandView(endpoint_id=each.endpoint_id, raised_at=each.raised_at) for each in queue.hands],
        turn=_turn(queue.turn) if queue.turn else None,
        past=[_turn(each) for each in queue.past],
        minutes=queue.minutes,
    )


def _turn(turn: Turn) -> v.TurnView:
    return v.TurnView(**turn.model_dump(), due_at=turn.due_at)


async def _answer(call: Call, conference: Conference) -> BaseModel:
    return await room_view(call.services, conference.record)


def refused(error: QueueError) -> Problem:
    """409 with the reason in both languages."""
    return Problem(
        409, error.code, error.reason_en, error.reason_en, reason_vi=error.reason_vi, reason_en=error.reason_en
    )


async def set_lobby(call: Call) -> BaseModel:
    """PUT /sessions/{id}/lobby."""
    body: v.SetLobby = call.body
    conference = await call.services.conference(call.path("id"))
    await lobbies.set_lobby(conference, on=body.on)
    conference.remark("lobby_on" if body.on else "lobby_off", by=call.actor)
    return await _answer(call, conference)


async def admit_all(call: Call) -> BaseModel:
    """POST /sessions/{id}/admit_all: everybody who is here and waits."""
    conference = await call.services.conference(call.path("id"))
    waiting = [
        seat
        for seat in conference.seats.values()
        if seat.connection is not None and conference.room.place_of(seat) == "waiting"
    ]
    await lobbies.admit(conference, waiting)
    for seat in waiting:
        conference.note("admit", seat, by=call.actor)
    return await _answer(call, conference)


async def mute_all(call: Call) -> BaseModel:
    """POST /sessions/{id}/mute_all."""
    conference = await call.services.conference(call.path("id"))
    muted = await floor.mute_all(conference)
    conference.remark("mute_all", by=call.actor, muted=muted)
    return await _answer(call, conference)


async def set_layout(call: Call) -> BaseModel:
    """PUT /sessions/{id}/layout."""
    body: v.SetLayout = call.body
    conference = await call.services.conference(call.path("id"))
    await conference.room.keep(layout=conference.room.parts.layout.model_copy(update={"name": body.name}))
    conference.remark("layout", by=call.actor, name=body.name)
    return await _answer(call, conference)


async def next_turn(call: Call) -> BaseModel:
    """POST /sessions/{id}/queue/next."""
    body: v.TurnWish = call.body
    conference = await call.services.conference(call.path("id"))
    try:
        seat = await floor.call_next(conference, minutes=body.minutes)
    except QueueError as error:
        raise refused(error) from None
    conference.note("call", seat, by=call.actor)
    return await _answer(call, conference)


async def stop_turn(call: Call) -> BaseModel:
    """POST /sessions/{id}/queue/stop."""
    conference = await call.services.conference(call.path("id"))
    seat = await floor.stop_turn(conference)
    if seat is not None:
        conference.note("stop_speaker", seat, by=call.actor)
    return await _answer(call, conference)


async def extend_turn(call: Call) -> BaseModel:
    """POST /sessions/{id}/queue/extend."""
    body: v.MoreTime = call.body
    conference = await call.services.conference(call.path("id"))
    try:
        await conference.room.keep(queue=conference.room.parts.queue.extend(body.minutes))
    except QueueError as error:
        raise refused(error) from None
    conference.remark("turn_extended", by=call.actor, minutes=body.minutes)
    return await _answer(call, conference)


async def set_queue(call: Call) -> BaseModel:
    """PUT /sessions/{id}/queue."""
    body: v.SetQueue = call.body
    conference = await call.services.conference(call.path("id"))
    queue = conference.room.parts.queue
    try:
        for place, endpoint_id in enumerate(body.endpoint_ids or []):
            queue = queue.move(endpoint_id, place)
    except QueueError as error:
        raise refused(error) from None
    if body.minutes is not None:
        queue = queue.model_copy(update={"minutes": body.minutes})
    await conference.room.keep(queue=queue)
    conference.remark("queue_changed", by=call.actor)
    return await _answer(call, conference)


_OPERATIONS = [
    ("PUT", "lobby", set_lobby, "Switch the lobby on or off", v.SetLobby),
    ("POST", "admit_all", admit_all, "Let everybody in who waits", None),
    ("POST", "mute_all", mute_all, "Every microphone off but the centre's and the speaker's", None),
    ("PUT", "layout", set_layout, "Arrange the pictures at every endpoint", v.SetLayout),
    ("PUT", "queue", set_queue, "Order the speaking queue; how long a turn is", v.SetQueue),
    ("POST", "queue/next", next_turn, "Give the floor to the first in the queue", v.TurnWish),
    ("POST", "queue/stop", stop_turn, "The turn that runs is over", None),
    ("POST", "queue/extend", extend_turn, "More time for the turn that runs", v.MoreTime),
]

ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/room",
        handler=get_room,
        summary="Lobby, speaking queue and layout",
        permission=Permission.VIEW_SESSIONS,
        result=v.RoomView,
    ),
    *(
        Route(
            method=method,
            path=f"/api/v1/sessions/{{id}}/{path}",
            handler=handler,
            summary=summary,
            permission=Permission.MODERATE,
            body=body,
            result=v.RoomView,
        )
        for method, path, handler, summary, body in _OPERATIONS
    ),
]
