"""Invitations: the letter and calendar entry with the endpoint's own link, and its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from reception.lifecycle import Action
from tests.signalling.archived import World, world


async def invited(made: World) -> Any:
    start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    return await made.session(planned_start=start.isoformat(), planned_minutes=45)


async def by_link(made: World, method: str, path: str, link: str, body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {link}"}
    async with made.client.request(method, f"/api/v1{path}", headers=headers, json=body) as answer:
        if answer.content_type.endswith("json"):
            return answer.status, await answer.json()
        return answer.status, (await answer.read()).decode()


async def test_each_endpoints_calendar_entry_has_its_own_link_and_is_for_its_holder(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        session = await invited(made)
        central, delegate, other = session["endpoints"]
        status, text = await by_link(made, "GET", "/invitation.ics", delegate["token"])
        assert status == 200
        (event,) = Calendar.from_ical(text).walk("VEVENT")
        assert str(event["URL"]) == delegate["join_url"]
        assert delegate["join_url"] in event["DESCRIPTION"]
        whole = text.replace("\r\n ", "")
        assert central["token"] not in whole
        assert other["token"] not in whole
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=45)
        assert event.walk("VALARM")[0].decoded("TRIGGER") == timedelta(minutes=-60)
        path = f"/sessions/{session['id']}/endpoints/{delegate['id']}/invitation.ics"
        assert "BEGIN:VEVENT" in (await made.well("operator", "GET", path)).decode()
        assert "BEGIN:VEVENT" in (await made.well("delegate", "GET", path, unit="Trụ sở tỉnh")).decode()
        assert await made.refused("delegate", "GET", path, unit="Xã Anh Sơn") == (403, "not_own")
        for role in ("observer", "archivist", "auditor", "admin"):
            assert await made.refused(role, "GET", path) == (403, "forbidden")


async def test_an_endpoint_accepts_and_names_its_delegates(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        session = await invited(made)
        place = session["endpoints"][2]
        status, letter = await by_link(made, "GET", "/invitation", place["token"])
        assert status == 200
        assert (letter["name"], letter["host_organisation"], letter["open"]) == ("Xã Anh Sơn", "UBND xã Đô Lương", True)
        answer = {
            "accepted": True,
            "by": "Hoàng Văn Giang",
            "note": "Có mặt từ 7 giờ",
            "people": [{"name": "Hoàng Văn Giang", "office": "Chủ tịch UBND xã"}, {"name": "Cao Thị Hạnh"}],
        }
        status, letter = await by_link(made, "POST", "/invitation/reply", place["token"], answer)
        assert (status, letter["reply"]["accepted"], len(letter["people"])) == (200, True, 2)
        listed = await made.well("operator", "GET", f"/sessions/{session['id']}/invitations")
        replies = {each["name"]: each["reply"] and each["reply"]["by"] for each in listed["invitations"]}
        assert replies == {"Xã Đô Lương": None, "Trụ sở tỉnh": None, "Xã Anh Sơn": "Hoàng Văn Giang"}
        found = await made.well("operator", "GET", "/sessions?q=cao thi hanh")
        assert [each["id"] for each in found["sessions"]] == [session["id"]]
        no = {"accepted": False, "by": "Hoàng Văn Giang", "note": "Mất điện"}
        status, letter = await by_link(made, "POST", "/invitation/reply", place["token"], no)
        assert (letter["reply"]["accepted"], letter["reply"]["note"], len(letter["people"])) == (False, "Mất điện", 2)


async def test_a_link_that_was_renewed_or_a_session_that_began_answers_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        session = await invited(made)
        place = session["endpoints"][1]
        yes = {"accepted": True, "by": "A"}
        for action in (Action.SUBMIT, Action.APPROVE, Action.CHECK, Action.READY, Action.START):
            await made.services.store.act(session["id"], action)
        status, problem = await by_link(made, "POST", "/invitation/reply", place["token"], yes)
        assert (status, problem["code"]) == (409, "too_late")
        await made.services.store.change_endpoint(place["id"], link_serial=2)
        status, problem = await by_link(made, "GET", "/invitation", place["token"])
        assert (status, problem["code"]) == (401, "link_revoked")


async def test_without_a_date_there_is_no_calendar_entry(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        session = await made.session()
        status, problem = await by_link(made, "GET", "/invitation.ics", session["endpoints"][1]["token"])
        assert (status, problem["code"]) == (409, "no_date")
        assert problem["reason_vi"] == "Buổi tiếp chưa có ngày, giờ."
