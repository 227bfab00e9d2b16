"""The schedule that anybody may read (pure): when, where, who receives, of which level; nothing else.

A session's title, citizens, endpoints, links and number never get here: titles name matters and people. Rehearsals and
what nobody approved are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from reception.event_words import VIETNAM
from reception.lifecycle import OPEN_STATES, SessionState
from reception.records import EndpointRecord, RegisteredEndpoint, SessionRecord
from reception.session_plan import is_rehearsal

ANNOUNCED = frozenset({SessionState.SCHEDULED, SessionState.TECHNICAL_CHECK, SessionState.READY, *OPEN_STATES})
USUAL_MINUTES = 120  # where nobody planned how long
KIND_WORDS = {
    "dinh_ky": "Tiếp công dân định kỳ",
    "dot_xuat": "Tiếp công dân đột xuất",
    "vu_viec": "Tiếp công dân theo vụ việc",
}
LEVEL_WORDS = {"trung_uong": "Trung ương", "tinh": "Cấp tỉnh", "xa": "Cấp xã", "so_nganh": "Sở, ban, ngành"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEntry:
    """A reception that is announced. uid: stable, tells nothing of the session."""

    uid: str
    starts_at: datetime
    minutes: int
    kind: str
    level: str
    host: str
    place: str
    chair_name: str
    chair_office: str

    @property
    def ends_at(self) -> datetime:
        """When it is planned to end."""
        return self.starts_at + timedelta(minutes=self.minutes)


def public_entries(
    records: Iterable[SessionRecord], rooms: Mapping[str, RegisteredEndpoint], *, now: datetime
) -> list[PublicEntry]:
    """What is announced of these sessions, soonest first. rooms: of the registry, by id."""
    today = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    found = [
        _entry(record, start, rooms)
        for record in records
        if (start := record.plan.planned_start) is not None and start >= today and is_announced(record)
    ]
    return sorted(found, key=lambda each: (each.starts_at, each.uid))


def is_announced(record: SessionRecord) -> bool:
    """Whether anybody may know of it."""
    return not is_rehearsal(record.kind) and record.state in ANNOUNCED and record.plan.approval is not None


def _entry(record: SessionRecord, start: datetime, rooms: Mapping[str, RegisteredEndpoint]) -> PublicEntry:
    plan = record.plan
    central = next((each for each in record.endpoints if each.role == "central" and not each.removed), None)
    return PublicEntry(
        uid=hashlib.sha256(f"diemcau public {record.id}".encode()).hexdigest()[:32],
        starts_at=start.astimezone(UTC),
        minutes=plan.planned_minutes or USUAL_MINUTES,
        kind=record.kind,
        level=plan.competent_level,
        host=plan.host_organisation,
        place=_place(central, rooms),
        chair_name=plan.chair_name,
        chair_office=plan.chair_office,
    )


def _place(central: EndpointRecord | None, rooms: Mapping[str, RegisteredEndpoint]) -> str:
    if central is None:
        return ""
    room = rooms.get(central.registered_id or "")
    if room is None:
        return central.name
    return ", ".join(dict.fromkeys(each for each in (room.room, room.place or room.name) if each))


def calendar_of(entries: Iterable[PublicEntry], *, name: str, url: str, now: datetime) -> bytes:
    """The same as an iCalendar feed (RFC 5545). url: of the page; name: what calendars call it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Diem Cau//Lich tiep cong dan//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    for entry in entries:
        calendar.add_component(_event(entry, url, now))
    return bytes(calendar.to_ical())


def _event(entry: PublicEntry, url: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@diemcau")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", f"{KIND_WORDS.get(entry.kind, 'Tiếp công dân')} – {entry.host}")
    event.add("location", entry.place)
    lines = [chair_line(entry), LEVEL_WORDS.get(entry.level, "")]
    event.add("description", "\n".join(line for line in lines if line))
    event.add("url", url)
    event.add("class", "PUBLIC")
    return event


def chair_line(entry: PublicEntry) -> str:
    """Who receives: "Chủ tịch UBND xã Nguyễn Văn A"."""
    who = " ".join(each for each in (entry.chair_office, entry.chair_name) if each)
    return f"Người chủ trì: {who}" if who else ""
