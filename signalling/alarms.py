"""The alarms of a session: looked for once a second, reported by people, taken and done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reception.alarms import Alarm, AlarmBook, Condition, Level
from signalling.alarm_conditions import conditions
from signalling.live_room import utc_now

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat

LEVELS: dict[str, Level] = {"help": "warning", "disorder": "critical"}


def look_for_alarms(conference: Conference, *, now: float) -> None:
    """Once a second. What begins or ends is written down and goes into the recording; now: monotonic seconds."""
    room = conference.room
    before = room.parts.alarms
    book = before.update(conditions(conference, now=now), now=utc_now())
    if book == before:
        return
    room.refresh(alarms=book)
    was = {alarm.id: alarm for alarm in before.alarms}
    changed = [alarm for alarm in book.alarms if alarm.id not in was or was[alarm.id].over_at != alarm.over_at]
    for alarm in changed:
        _tell(conference, alarm)
    if changed:
        conference.services.background.start(room.write("alarms"), name="alarms")


def _tell(conference: Conference, alarm: Alarm) -> None:
    facts = {"alarm": alarm.kind, "id": alarm.id, **({"endpoint": alarm.endpoint_id} if alarm.endpoint_id else {})}
    conference.remark("alarm_over" if alarm.over_at else "alarm", **facts)


async def report(conference: Conference, seat: Seat | None, kind: str, *, note: str, by: str) -> AlarmBook:
    """A person says that something is wrong at an endpoint, or at all."""
    room = conference.room
    name = seat.record.name if seat is not None else "–"
    condition = Condition(
        key=f"{kind}/{seat.record.id if seat is not None else ''}/{by}",
        kind=kind,
        level=LEVELS.get(kind, "warning"),
        endpoint_id=seat.record.id if seat is not None else None,
        values={"name": name, "note": note or "–", "kind": kind},
    )
    book = room.parts.alarms.report(condition, by=by, now=utc_now())
    if book != room.parts.alarms:
        await room.keep(alarms=book)
        _tell(conference, book.alarms[-1])
    return book
