"""Requests for recordings over HTTP: asked for, decided by the chair, carried out by the archivist, taken in time."""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from reception.audit import AuditFilter
from recorder.custody import read_log
from tests.signalling.archived import World, world

WHY = "Cung cấp cho Thanh tra tỉnh theo Công văn 12"


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as built:
        yield built


async def asked(made: World, session_id: str, what: str = "package", role: str = "secretary", **more: Any) -> Any:
    body = {"what": what, "purpose": WHY, **more}
    claims = {"unit": "Trụ sở tỉnh"} if role == "delegate" else {}
    return await made.well(role, "POST", f"/sessions/{session_id}/export-requests", body, **claims)


async def newest(made: World) -> Any:
    return (await made.well("secretary", "GET", "/export-requests"))["requests"][0]


async def moved(made: World, request: Any, *steps: str) -> Any:
    for step in steps:
        role = "archivist" if step == "carry-out" else "chair"
        body = {"reason": "Thông tin người khác"} if step == "refuse" else {}
        request = await made.well(role, "POST", f"/export-requests/{request['id']}/{step}", body)
    return request


async def test_a_package_asked_for_by_the_secretary_and_approved_is_taken_and_logged(made: World) -> None:
    record = await made.ended()
    request = await asked(made, record.id)
    file = f"/export-requests/{request['id']}/file"
    assert (request["state"], request["code"], request["mine"]) == ("asked", record.code, True)
    assert await made.refused("secretary", "GET", file) == (409, "export_not_approved")
    assert await made.refused("archivist", "POST", f"/export-requests/{request['id']}/carry-out") == (
        *(409, "request_moved_on"),
    )
    approved = await moved(made, request, "approve")
    assert (approved["state"], approved["decided_by"]) == ("approved", "chair")
    waiting = await made.well("archivist", "GET", "/export-requests?state=approved")
    assert [each["purpose"] for each in waiting["requests"]] == [WHY]
    assert await made.refused("secretary", "GET", file) == (409, "export_not_ready")
    ready = await moved(made, request, "carry-out")
    assert (ready["state"], ready["done_by"]) == ("ready", "archivist")
    package = await made.well("secretary", "GET", file)
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        assert f"{record.id}/verify.py" in archive.getnames()
    uses = await made.exports(record.id)
    assert [each["result"] for each in uses] == ["begun", "ok"]
    assert {(each["purpose"], each["facts"]["approved_by"]) for each in uses} == {(WHY, "chair")}
    entries = [each async for each in made.services.audit.log.stream(AuditFilter(action="fetch_export"))]
    assert entries[-1].facts["purpose"] == WHY
    seen = await made.well("chair", "GET", f"/export-requests?session={record.id}")
    assert (seen["requests"][0]["fetched"], seen["requests"][0]["mine"], seen["days"]) == (1, False, 7.0)


async def test_what_is_refused_says_why_in_both_languages_and_cannot_be_taken(made: World) -> None:
    record = await made.ended()
    request = await asked(made, record.id, "mp4")
    path = f"/export-requests/{request['id']}"
    status, problem = await made.call("chair", "POST", f"{path}/refuse", {"reason": " "})
    assert (status, problem["code"]) == (422, "invalid_body")
    await moved(made, request, "refuse")
    assert await made.refused("chair", "POST", f"{path}/approve", {}) == (409, "request_moved_on")
    status, problem = await made.call("secretary", "GET", f"{path}/file")
    assert (status, problem["code"]) == (403, "export_refused")
    assert "Thông tin người khác" in problem["reason_vi"]
    assert "Thông tin người khác" in problem["reason_en"]
    assert (await made.well("secretary", "GET", "/export-requests"))["requests"][0]["state"] == "refused"


async def test_an_approved_export_is_over_when_its_days_are(made: World) -> None:
    record = await made.ended()
    storage = made.services.settings.storage.model_copy(update={"export_days": 0.0})
    made.services.settings = made.services.settings.model_copy(update={"storage": storage})
    request = await moved(made, await asked(made, record.id), "approve", "carry-out")
    assert request["state"] == "expired"
    status, problem = await made.call("secretary", "GET", f"/export-requests/{request['id']}/file")
    assert (status, problem["code"]) == (410, "export_expired")
    assert "hết hạn" in problem["reason_vi"]


async def test_a_delegate_plays_what_was_approved_and_takes_no_file(made: World) -> None:
    record = await made.ended()
    request = await asked(made, record.id, "playback", "delegate")
    path = f"/export-requests/{request['id']}"
    await moved(made, request, "approve", "carry-out")
    shown = await made.well("delegate", "POST", f"{path}/access")
    assert shown["recording"]["id"] == record.id
    url = shown["recording"]["tracks"][0]["url"]
    async with made.client.get(f"{url}?access={shown['access']}") as answer:
        assert answer.status == 200
        assert await answer.read()
    assert read_log(made.data, record.id)[-1]["what"] == "play"
    assert await made.refused("delegate", "GET", f"{path}/file") == (409, "no_file")
    other = await asked(made, record.id)
    await moved(made, other, "approve", "carry-out")
    for suffix, method in (("file", "GET"), ("access", "POST")):
        refused = await made.refused("delegate", method, f"/export-requests/{other['id']}/{suffix}")
        assert refused == (403, "not_own_request")


@pytest.mark.parametrize(
    ("role", "what", "claims", "refusal"),
    [
        ("delegate", "package", {"unit": "Trụ sở tỉnh"}, (403, "not_to_ask")),
        ("delegate", "playback", {"unit": "Xã khác"}, (403, "not_own")),
        ("secretary", "playback", {}, (403, "not_to_ask")),
        ("observer", "mp4", {"unit": "Không có"}, (403, "no_unit")),
    ],
)
async def test_each_asks_for_what_is_his_to_ask(
    made: World, role: str, what: str, claims: dict[str, str], refusal: tuple[int, str]
) -> None:
    record = await made.ended()
    body = {"what": what, "purpose": WHY}
    assert await made.refused(role, "POST", f"/sessions/{record.id}/export-requests", body, **claims) == refusal


async def test_nothing_is_asked_of_a_session_that_goes_on_without_purpose_or_out_of_range(made: World) -> None:
    draft, record = await made.session(), await made.ended()
    for session_id, body, refusal in (
        (draft["id"], {"what": "package", "purpose": WHY}, (409, "not_ended")),
        (record.id, {"what": "package", "purpose": "   "}, (422, "invalid_body")),
        (record.id, {"what": "mp4", "purpose": WHY, "from_ms": 1}, (422, "no_range")),
        (record.id, {"what": "extract", "purpose": WHY, "from_ms": 10**9, "to_ms": 2 * 10**9}, (422, "empty_range")),
    ):
        path = f"/sessions/{session_id}/export-requests"
        assert await made.refused("secretary", "POST", path, body) == refusal


async def test_an_extract_is_made_when_the_archivist_carries_it_out(made: World) -> None:
    record = await made.ended()
    request = await asked(made, record.id, "extract", from_ms=0, to_ms=1000)
    assert (request["from_ms"], request["to_ms"]) == (0, 1000)
    await moved(made, request, "approve", "carry-out")
    async with asyncio.timeout(60):
        while (found := await newest(made))["state"] == "making":  # noqa: ASYNC110 (files are what there is to look at)
            await asyncio.sleep(0.1)
    assert (found["state"], found["error"]) == ("ready", "")
    assert len(await made.well("secretary", "GET", f"/export-requests/{request['id']}/file")) > 1000
    url = next((made.data / "recordings" / record.id / "derived").glob("extract-*")).name
    path = f"/recordings/{record.id}/files/derived/{url}"
    assert await made.refused("chair", "GET", path) == (403, "export_needed")
    assert len(await made.well("archivist", "GET", f"{path}?purpose=thu")) > 1000
    granted = await made.well("secretary", "POST", f"/recordings/{record.id}/access", {"purpose": WHY})
    async with made.client.get(f"/api/v1{path}?access={granted['access']}") as answer:
        assert (answer.status, (await answer.json())["code"]) == (403, "export_needed")
    await made.services.derivatives.stop()
