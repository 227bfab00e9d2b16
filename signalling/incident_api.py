"""The API's operations on alarms, incidents, announcements, roll call, and the recorder's restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from reception.alarms import UnknownAlarm
from reception.attendance import Person, proposed
from reception.incidents import IncidentError, Violation
from reception.lifecycle import Refusal
from reception.permissions import Permission
from reception.records import SessionRecord
from signalling import incident_views as v
from signalling.alarms import report
from signalling.conference import Conference
from signalling.incident_actions import carry_out
from signalling.live_room import Parts, utc_now
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.seat import Seat

PAST = 50
HERE = ("waiting", "connected", "private")  # of an endpoint, while its people can be called


async def get_watch(call: Call) -> BaseModel:
    """GET /sessions/{id}/watch."""
    record = await call.services.session(call.path("id"))
    conference = call.services.conferences.get(record.id)
    parts = conference.room.parts if conference else Parts.model_validate(await call.services.rooms.load(record.id))
    return watch_view(record, parts, conference)


def roll(record: SessionRecord, parts: Parts, conference: Conference | None) -> v.AttendanceView:
    """The roll call, and what it begins with in rooms that were not called yet."""
    seats = conference.seats if conference is not None else {}
    here = [each.record.id for each in seats.values() if each.state in HERE]
    rooms = parts.attendance.rooms
    open_rooms = [
        each for each in record.endpoints if not each.removed and each.role != "observer" and each.id not in rooms
    ]
    return v.AttendanceView(
        rooms=rooms,
        present_count=parts.attendance.present(),
        connected=here,
        proposed={each.id: proposed(each, record.plan, connected=each.id in here) for each in open_rooms},
    )


def watch_view(record: SessionRecord, parts: Parts, conference: Conference | None) -> v.WatchView:
    """What operators look after."""
    to_do = parts.alarms.to_do(now=utc_now())
    listed = {alarm.id for alarm in to_do}
    past = [alarm for alarm in reversed(parts.alarms.alarms) if alarm.id not in listed]
    return v.WatchView(
        alarms=[v.AlarmView.of(each) for each in to_do],
        past=[v.AlarmView.of(each) for each in past[:PAST]],
        incidents=list(reversed(parts.incidents.incidents)),
        announcements=[each for each in parts.announcements.announcements if each.withdrawn_at is None],
        attendance=roll(record, parts, conference),
    )


Operation = Callable[[Call, Conference], Awaitable[None]]


def _operation(name: str, operate: Operation) -> Callable[[Call], Awaitable[BaseModel]]:
    """A handler that changes something of a running session and answers with what operators look after."""

    async def handle(call: Call) -> BaseModel:
        conference = await call.services.conference(call.path("id"))
        try:
            await operate(call, conference)
        except UnknownAlarm:
            raise not_found("alarm") from None
        except (IncidentError, Refusal) as error:
            code = getattr(error, "code", "illegal_transition")
            raise Problem(
                409, code, error.reason_en, error.reason_en, reason_vi=error.reason_vi, reason_en=error.reason_en
            ) from None
        return watch_view(conference.record, conference.room.parts, conference)

    handle.__name__ = name
    handle.__doc__ = operate.__doc__
    return handle


def _seat_of(conference: Conference, endpoint_id: str | None) -> Seat | None:
    if endpoint_id is None:
        return None
    seat = conference.seats.get(endpoint_id)
    if seat is None or seat.record.removed:
        raise not_found("endpoint")
    return seat


async def _report(call: Call, conference: Conference) -> None:
    body: v.Report = call.body
    await report(conference, _seat_of(conference, body.endpoint_id), body.kind, note=body.note, by=call.actor)


async def _take(call: Call, conference: Conference) -> None:
    room = conference.room
    await room.keep(alarms=room.parts.alarms.take(call.path("alarm"), owner=call.actor))
    conference.remark("alarm_taken", id=call.path("alarm"), by=call.actor)


async def _done(call: Call, conference: Conference) -> None:
    body: v.AlarmNote = call.body
    room = conference.room
    book = room.parts.alarms.done(call.path("alarm"), by=call.actor, now=utc_now(), note=body.note)
    await room.keep(alarms=book)
    conference.remark("alarm_done", id=call.path("alarm"), by=call.actor, note=body.note)


async def _open(call: Call, conference: Conference) -> None:
    body: v.OpenIncident = call.body
    room = conference.room
    seat = _seat_of(conference, body.endpoint_id)
    if body.alarm_id is not None:
        await room.keep(alarms=room.parts.alarms.take(body.alarm_id, owner=call.actor))
    log, incident = room.parts.incidents.begin(
        body.kind,
        by=call.actor,
        now=utc_now(),
        endpoint_id=seat.record.id if seat is not None else None,
        alarm_id=body.alarm_id,
        note=body.note,
    )
    if log == room.parts.incidents:
        return
    await room.keep(incidents=log)
    conference.remark("incident", id=incident.id, incident=incident.kind, by=call.actor, note=body.note)


async def _step(call: Call, conference: Conference) -> None:
    body: v.AlarmNote = call.body
    room, identifier = conference.room, call.path("incident")
    incident, step = room.parts.incidents.find(identifier), room.parts.incidents.step(identifier, call.path("step"))
    await carry_out(conference, incident, step, by=call.actor)
    log = room.parts.incidents.add(identifier, by=call.actor, now=utc_now(), step=step.key, text=body.note)
    await room.keep(incidents=log)
    conference.remark("incident_step", id=identifier, step=step.key, by=call.actor)


async def _note(call: Call, conference: Conference) -> None:
    body: v.AddNote = call.body
    room = conference.room
    log = room.parts.incidents.add(call.path("incident"), by=call.actor, now=utc_now(), text=body.text)
    await room.keep(incidents=log)
    conference.remark("incident_note", id=call.path("incident"), by=call.actor, text=body.text)


async def _violation(call: Call, conference: Conference) -> None:
    body: v.PutViolation = call.body
    room, identifier = conference.room, call.path("incident")
    found = Violation(**body.model_dump())
    log = room.parts.incidents.record_violation(identifier, found, by=call.actor, now=utc_now())
    await room.keep(incidents=log)
    conference.remark("violation_recorded", id=identifier, by=call.actor)


async def _close(call: Call, conference: Conference) -> None:
    body: v.CloseIncident = call.body
    room, identifier, now = conference.room, call.path("incident"), utc_now()
    log = room.parts.incidents.close(identifier, by=call.actor, now=now, outcome=body.outcome)
    alarm_id = log.find(identifier).alarm_id
    alarms = room.parts.alarms
    if alarm_id is not None:
        alarms = alarms.done(alarm_id, by=call.actor, now=now, note=body.outcome)
    await room.keep(incidents=log, alarms=alarms)
    conference.remark("incident_closed", id=identifier, by=call.actor, outcome=body.outcome)


async def _say(call: Call, conference: Conference) -> None:
    body: v.Say = call.body
    room, seat = conference.room, _seat_of(conference, body.endpoint_id)
    target = seat.record.id if seat is not None else None
    said = room.parts.announcements.say(body.text, by=call.actor, now=utc_now(), endpoint_id=target)
    await room.keep(announcements=said)
    conference.remark("announcement", by=call.actor, text=body.text, to=target or "all")


async def _withdraw(call: Call, conference: Conference) -> None:
    room = conference.room
    await room.keep(announcements=room.parts.announcements.withdraw(call.path("announcement"), now=utc_now()))


async def _roll_call(call: Call, conference: Conference) -> None:
    body: v.RollCall = call.body
    room, seat = conference.room, _seat_of(conference, call.path("eid"))
    assert seat is not None
    people = tuple(Person(**each.model_dump()) for each in body.people)
    called = room.parts.attendance.put(seat.record.id, people, by=call.actor, now=utc_now())
    await room.keep(attendance=called)
    present = sum(1 for each in people if each.present)
    persons = "; ".join(each.name for each in people if each.present is not False)
    conference.note("attendance", seat, by=call.actor, present=present, people=len(people), persons=persons)


async def _restart_recording(call: Call, conference: Conference) -> None:
    await call.services.restart_recording(conference)
    conference.remark("recording_restarted", by=call.actor)


async def get_playbooks(call: Call) -> BaseModel:
    """GET /playbooks."""
    return v.playbooks()


_S = "/api/v1/sessions/{id}"
_INCIDENT = f"{_S}/incidents/{{incident}}"
_OPERATIONS: list[tuple[str, str, str, Operation, str, type[BaseModel] | None]] = [
    ("POST", f"{_S}/alarms", "report_alarm", _report, "Report trouble at an endpoint", v.Report),
    ("POST", f"{_S}/alarms/{{alarm}}/take", "take_alarm", _take, "Take care of an alarm", None),
    ("POST", f"{_S}/alarms/{{alarm}}/done", "finish_alarm", _done, "An alarm was dealt with", v.AlarmNote),
    ("POST", f"{_S}/incidents", "open_incident", _open, "Open an incident with its playbook", v.OpenIncident),
    ("POST", f"{_INCIDENT}/steps/{{step}}", "do_step", _step, "Carry out a step of the playbook", v.AlarmNote),
    ("POST", f"{_INCIDENT}/notes", "note_incident", _note, "Write a line into an incident", v.AddNote),
    ("PUT", f"{_INCIDENT}/violation", "record_violation", _violation, "Record a violation of rules", v.PutViolation),
    ("POST", f"{_INCIDENT}/close", "close_incident", _close, "Close an incident", v.CloseIncident),
    ("POST", f"{_S}/announcements", "announce", _say, "Show a text in all rooms, or in one", v.Say),
    ("DELETE", f"{_S}/announcements/{{announcement}}", "withdraw", _withdraw, "Take a text off the screens", None),
    ("PUT", f"{_S}/attendance/{{eid}}", "call_roll", _roll_call, "The people of one room", v.RollCall),
    ("POST", f"{_S}/recording/restart", "restart_recording", _restart_recording, "Restart the recording", None),
]

ROUTES = [
    Route(
        method="GET",
        path=f"{_S}/watch",
        handler=get_watch,
        summary="Alarms, incidents, announcements, roll call",
        permission=Permission.VIEW_LINES,
        result=v.WatchView,
    ),
    Route(
        method="GET",
        path="/api/v1/playbooks",
        handler=get_playbooks,
        summary="What to do in each kind of incident",
        permission=Permission.VIEW_LINES,
        result=v.PlaybookList,
    ),
    *(
        Route(
            method=method,
            path=path,
            handler=_operation(name, operate),
            summary=summary,
            permission=Permission.CONTROL_RECORDER if name == "restart_recording" else Permission.MODERATE,
            body=body,
            result=v.WatchView,
        )
        for method, path, name, operate, summary, body in _OPERATIONS
    ),
]
