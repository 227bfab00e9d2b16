"""The steps of the procedure over HTTP: seen, waived one by one or all at the end, and kept in minutes and log."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document

from reception.audit import AuditFilter
from reception.lifecycle import Action
from tests.signalling.archived import WAY, World, world


async def live(made: World, **facts: Any) -> str:
    session = await made.session(**facts)
    for action in WAY[:-1]:
        await made.services.store.act(session["id"], action)
    return f"/sessions/{session['id']}"


async def states(made: World, path: str) -> dict[str, str]:
    found = await made.well("secretary", "GET", f"{path}/procedure")
    return {each["key"]: each["state"] for each in found["steps"]}


async def test_no_session_ends_without_its_steps_but_with_a_reason_that_stands_in_the_minutes(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        path = await live(made)
        session_id = path.removeprefix("/sessions/")
        assert set((await states(made, path)).values()) == {"open"}
        place = (await made.services.store.session(session_id)).endpoints[1].id
        citizen = {"endpoint_id": place, "name": "Vi Văn An", "checked_by": "Cán bộ xã"}
        await made.well("secretary", "POST", f"{path}/citizens", citizen)
        await made.well("secretary", "POST", f"{path}/notes", {"kind": "noi_dung", "text": "Đề nghị cấp sổ"})
        seen = await states(made, path)
        assert seen == {"identify": "done", "listen": "done", "record": "done", "classify": "open", "conclude": "open"}
        status, problem = await made.call("chair", "POST", f"{path}/end", {})
        assert (status, [each["place"] for each in problem["unmet"]]) == (409, ["steps.classify", "steps.conclude"])
        waive = f"{path}/procedure/classify/waive"
        assert await made.refused("chair", "POST", waive, {"reason": " "}) == (422, "invalid_body")
        await made.well("chair", "POST", waive, {"reason": "Vụ việc đã phân loại trên giấy"}, name="Nguyễn Văn An")
        assert await made.refused("chair", "POST", waive, {"reason": "lần nữa"}) == (409, "step_over")
        assert await made.refused("chair", "POST", f"{path}/procedure/x/waive", {"reason": "abc"}) == (404, "not_found")
        assert (await made.call("operator", "POST", f"{path}/end", {}))[0] == 409
        ended = await made.well("operator", "POST", f"{path}/end", {"waive": "Hẹn buổi sau"}, name="Lê Thị B")
        assert ended["state"] == "ended"
        entries = [each async for each in made.services.audit.log.stream(AuditFilter(action="waive_step"))]
        assert "Vụ việc đã phân loại trên giấy" in [each.facts.get("reason") for each in entries]
        entries = [each async for each in made.services.audit.log.stream(AuditFilter(action="end_session"))]
        assert (entries[-1].actor, entries[-1].facts["waived"]) == ("Lê Thị B", "Hẹn buổi sau")
        marks = await made.services.store.course.marks(session_id)
        waived = {(each.subject, each.by, each.detail) for each in marks if each.mark == "step_waived"}
        assert waived == {
            ("classify", "Nguyễn Văn An", "Vụ việc đã phân loại trên giấy"),
            ("conclude", "Lê Thị B", "Hẹn buổi sau"),
        }
        paper = await made.well("secretary", "GET", f"{path}/papers/minutes?format=docx")
        text = "\n".join(each.text for each in Document(io.BytesIO(paper)).paragraphs)
        assert "Kết luận của người chủ trì: Hẹn buổi sau (Lê Thị B" in text


async def test_a_rehearsal_shows_the_steps_and_ends_without_them(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        session = await made.session(kind="rehearsal")
        path = f"/sessions/{session['id']}"
        await made.services.store.act(session["id"], Action.START)
        assert set((await states(made, path)).values()) == {"open"}
        ended = await made.well("operator", "POST", f"{path}/end", {})
        assert ended["state"] == "ended"
