"""The public schedule: what anybody may read, and that nothing else is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from reception.lifecycle import Action
from reception.session_plan import Approval
from signalling.schedule_api import PublicEntryView
from tests.signalling.archived import World, world

FIELDS = {"starts_at", "ends_at", "kind", "level", "host", "place", "chair_name", "chair_office"}
SECRETS = ("ông Trần Văn Khiếu", "Phạm Thị Dung", "Xã Anh Sơn", "Lê Thị Bình", "join", "token", "TCD-")


async def announced(made: World, *actions: Action, kind: str = "dinh_ky", **plan: Any) -> str:
    start = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    title = "Tiếp ông Trần Văn Khiếu về đất đai"
    session = await made.session(kind=kind, title=title, planned_start=start, **plan)
    approval = Approval(name="Hồ E", document_no="45/QĐ-UBND")
    for action in actions:
        await made.services.store.act(
            session["id"], action, plan={"approval": approval} if action is Action.APPROVE else None
        )
    return str(session["id"])


async def fetched(made: World, path: str) -> tuple[int, str, str]:
    async with made.client.get(path) as answer:
        return answer.status, answer.content_type, (await answer.read()).decode()


async def test_only_approved_sessions_to_come_are_announced_with_place_and_chair_and_nothing_else(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as made:
        one = await announced(made, Action.SUBMIT, Action.APPROVE)
        await announced(made)
        await announced(made, Action.SUBMIT)
        await announced(made, Action.SUBMIT, Action.APPROVE, Action.POSTPONE)
        await announced(made, Action.SUBMIT, Action.APPROVE, Action.CANCEL)
        await announced(made, Action.SUBMIT, Action.APPROVE, kind="rehearsal")
        status, kind, text = await fetched(made, "/lich-tiep-cong-dan.json")
        assert (status, kind) == (200, "application/json")
        entries = json.loads(text)["entries"]
        assert len(entries) == 1
        assert set(entries[0]) == FIELDS == set(PublicEntryView.model_fields)
        assert entries[0]["place"] == "Xã Đô Lương"
        assert (entries[0]["chair_office"], entries[0]["chair_name"]) == ("Chủ tịch UBND xã", "Nguyễn Văn An")
        assert (await fetched(made, "/api/v1/public/schedule"))[2] == text
        calendar = (await fetched(made, "/lich-tiep-cong-dan.ics"))[2]
        for secret in (*SECRETS, one, *(each["id"] for each in (await sessions_of(made, one)))):
            assert secret not in text
            assert secret not in calendar.replace("\r\n ", "")


async def sessions_of(made: World, session_id: str) -> Any:
    return (await made.well("operator", "GET", f"/sessions/{session_id}"))["endpoints"]


async def test_the_feed_is_a_calendar_that_others_can_read(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        await announced(made, Action.SUBMIT, Action.APPROVE, planned_minutes=90)
        status, kind, text = await fetched(made, "/lich-tiep-cong-dan.ics")
        assert (status, kind) == (200, "text/calendar")
        calendar = Calendar.from_ical(text)
        (event,) = calendar.walk("VEVENT")
        assert event["SUMMARY"] == "Tiếp công dân định kỳ – UBND xã Đô Lương"
        assert event["LOCATION"] == "Xã Đô Lương"
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=90)
        assert "Chủ tịch UBND xã Nguyễn Văn An" in event["DESCRIPTION"]
        assert set(event) == {
            *("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "CLASS"),
        }
        assert str(event["URL"]).endswith("/lich-tiep-cong-dan")
        again = Calendar.from_ical((await fetched(made, "/lich-tiep-cong-dan.ics"))[2])
        assert again.walk("VEVENT")[0]["UID"] == event["UID"]


async def test_it_can_be_switched_off(tmp_path: Path) -> None:
    async with world(tmp_path, public=False) as made:
        await announced(made, Action.SUBMIT, Action.APPROVE)
        for path in ("/lich-tiep-cong-dan.json", "/lich-tiep-cong-dan.ics", "/api/v1/public/schedule"):
            status, _, text = await fetched(made, path)
            assert (status, json.loads(text)["code"]) == (404, "no_public_schedule")
