"""An endpoint's invitation to a session (pure): a calendar entry with its own link, for who holds that link."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from reception.lifecycle import BEFORE_LIVE, SessionState
from reception.public_schedule import USUAL_MINUTES
from reception.records import EndpointRecord, SessionRecord

ANSWERED_IN = BEFORE_LIVE | {SessionState.POSTPONED}
REMIND_MINUTES = 60


def invitation_calendar(record: SessionRecord, endpoint: EndpointRecord, *, link: str, now: datetime) -> bytes:
    """One event (RFC 5545) with the endpoint's link. Raises ValueError while no time is planned."""
    start = record.plan.planned_start
    if start is None:
        raise ValueError("no time is planned yet")
    event = Event()
    uid = hashlib.sha256(f"diemcau invitation {record.id} {endpoint.id}".encode()).hexdigest()[:32]
    event.add("uid", f"{uid}@diemcau")
    event.add("sequence", record.version)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", start.astimezone(UTC))
    event.add("dtend", start.astimezone(UTC) + timedelta(minutes=record.plan.planned_minutes or USUAL_MINUTES))
    event.add("summary", f"Tiếp công dân trực tuyến: {record.title}")
    event.add("location", endpoint.name)
    event.add("description", "\n".join(_lines(record, endpoint, link)))
    event.add("url", link)
    event.add("status", "CONFIRMED" if record.plan.approval is not None else "TENTATIVE")
    event.add("class", "PRIVATE")
    event.add_component(_alarm())
    calendar = Calendar()
    calendar.add("prodid", "-//Diem Cau//Giay moi//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _lines(record: SessionRecord, endpoint: EndpointRecord, link: str) -> list[str]:
    plan = record.plan
    chair = " ".join(each for each in (plan.chair_office, plan.chair_name) if each)
    people = "; ".join(", ".join(part for part in (each.name, each.office) if part) for each in endpoint.people)
    lines = [
        f"Cơ quan chủ trì: {plan.host_organisation}" if plan.host_organisation else "",
        f"Người chủ trì: {chair}" if chair else "",
        f"Điểm cầu: {endpoint.name}",
        f"Thành phần: {people}" if people else "",
        f"Đường dẫn vào phòng (chỉ dùng cho điểm cầu này): {link}",
        f"Kỹ thuật viên có mặt trước {REMIND_MINUTES} phút để kiểm tra kỹ thuật.",
    ]
    return [line for line in lines if line]


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Chuẩn bị buổi tiếp công dân trực tuyến")
    alarm.add("trigger", timedelta(minutes=-REMIND_MINUTES))
    return alarm
