"""Minutes over HTTP: signatures endpoint by endpoint, what they need to be final, scans of the signed paper."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signalling.archived import World, world

PDF = b"%PDF-1.7\n" + b"x" * 700_000  # more than a JSON body may have


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as built:
        yield built


async def test_every_endpoint_is_expected_to_sign_and_minutes_wait_for_each(made: World) -> None:
    record = await made.ended()
    path = f"/sessions/{record.id}/minutes"
    first = await made.well("secretary", "GET", path)
    expected = [(each["endpoint"], each["person"], each["capacity"]) for each in first["signatures"]]
    assert expected == [
        ("Xã Đô Lương", "Nguyễn Văn An", "Người chủ trì"),
        ("Xã Đô Lương", "Lê Thị Bình", "Thư ký"),
        ("Trụ sở tỉnh", "Phạm Thị Dung", "Chánh Thanh tra"),
        ("Xã Anh Sơn", "", "Đại diện điểm cầu"),
    ]
    assert (first["state"], first["number"], first["suggested_number"]) == ("draft", "", "1/BB-TCD")
    assert len(first["recording_hash"]) == 64
    status, problem = await made.call("secretary", "POST", f"{path}/final", {})
    assert (status, problem["code"]) == (409, "not_ready")
    assert "“Xã Anh Sơn”: Đại diện điểm cầu chưa có tình trạng ký." in problem["reason_vi"]
    assert {each["code"] for each in problem["unmet"]} == {"unsigned"}
    await made.sign_all(record.id)
    final = await made.well("secretary", "POST", f"{path}/final", {})
    assert (final["state"], final["number"], final["finalised_by"]) == ("final", "1/BB-TCD", "secretary")
    assert final["recording_hash"] == first["recording_hash"]
    marks = (await made.well("secretary", "GET", f"/sessions/{record.id}/course"))["marks"]
    assert [(each["mark"], each["detail"]) for each in marks] == [("minutes_final", "1/BB-TCD")]


async def test_who_refuses_or_was_not_there_needs_a_reason(made: World) -> None:
    record = await made.ended()
    path = f"/sessions/{record.id}/minutes/signatures"
    place = record.endpoints[1].id
    body = {"endpoint_id": place, "person": "Phạm Thị Dung", "state": "tu_choi_ky"}
    assert await made.refused("secretary", "PUT", path, body) == (422, "invalid_body")
    reason = "Không đồng ý với kết luận"
    seen = await made.well("secretary", "PUT", path, body | {"reason": reason}, name="Lê Thị Bình")
    dung = next(each for each in seen["signatures"] if each["person"] == "Phạm Thị Dung")
    assert (dung["state"], dung["reason"], dung["entered_by"]) == ("tu_choi_ky", reason, "Lê Thị Bình")
    assert dung["capacity"] == "Chánh Thanh tra"
    left = {"endpoint_id": place, "person": "Phạm Thị Dung", "left_out": True}
    assert await made.refused("secretary", "PUT", path, left) == (422, "invalid_body")
    gone = await made.well("secretary", "PUT", path, left | {"reason": "vắng mặt"})
    assert any("“Trụ sở tỉnh”: chưa có ai ký" in each["vi"] for each in gone["missing"])
    more = {"endpoint_id": place, "person": "Võ Văn Em", "capacity": "Phó Chánh Thanh tra", "state": "diem_chi"}
    seen = await made.well("secretary", "PUT", path, more)
    assert not any(each["endpoint_id"] == place for each in seen["missing"])


async def test_minutes_are_not_final_before_the_recording_is_sealed(made: World) -> None:
    record = await made.ended(recorded=False)
    await made.sign_all(record.id)
    status, problem = await made.call("secretary", "POST", f"/sessions/{record.id}/minutes/final", {})
    assert (status, [each["code"] for each in problem["unmet"]]) == (409, ["recording"])
    assert "niêm phong" in problem["reason_vi"]


async def test_final_minutes_change_only_when_they_are_reopened_with_a_reason(made: World) -> None:
    record = await made.ended()
    path = f"/sessions/{record.id}/minutes"
    await made.sign_all(record.id)
    await made.well("secretary", "POST", f"{path}/final", {"number": "07/BB-TCD"})
    place = record.endpoints[0].id
    body = {"endpoint_id": place, "person": "Nguyễn Văn An", "state": "chua_ky"}
    assert await made.refused("secretary", "PUT", f"{path}/signatures", body) == (409, "minutes_final")
    assert await made.refused("secretary", "POST", f"{path}/reopen", {"reason": ""}) == (422, "invalid_body")
    again = await made.well("secretary", "POST", f"{path}/reopen", {"reason": "Sai tên công dân"})
    assert (again["state"], again["number"]) == ("draft", "07/BB-TCD")
    course = await made.well("secretary", "GET", f"/sessions/{record.id}/course")
    assert course["marks"] == []
    assert (await made.well("secretary", "POST", f"{path}/final", {}))["number"] == "07/BB-TCD"
    other = await made.ended(recorded=False)
    (made.data / "recordings" / record.id).rename(made.data / "recordings" / other.id)
    await made.sign_all(other.id)
    taken = await made.refused("secretary", "POST", f"/sessions/{other.id}/minutes/final", {"number": "07/BB-TCD"})
    assert taken == (409, "number_taken")
    next_one = await made.well("secretary", "GET", f"/sessions/{other.id}/minutes")
    assert next_one["suggested_number"] == "8/BB-TCD"


async def test_a_scan_of_the_signed_paper_stays_as_it_was_handed_in(made: World) -> None:
    record = await made.ended()
    path = f"/sessions/{record.id}/minutes/scans"
    assert await made.refused("secretary", "POST", path, b"GIF89a nothing") == (415, "not_a_pdf")
    seen = await made.well("secretary", "POST", f"{path}?name=bien%20ban/01.pdf", PDF)
    scan = seen["scans"][0]
    assert (scan["name"], scan["bytes"]) == ("bien ban 01.pdf", len(PDF))
    assert scan["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert await made.well("chair", "GET", scan["url"].removeprefix("/api/v1")) == PDF
    assert await made.refused("operator", "GET", scan["url"].removeprefix("/api/v1")) == (403, "forbidden")
    assert not [each for each in (made.data / "minutes" / record.id).iterdir() if each.suffix == ".partial"]


async def test_a_delegate_sees_the_minutes_of_the_own_endpoints_session_alone(made: World) -> None:
    record = await made.ended()
    path = f"/sessions/{record.id}/minutes"
    assert (await made.well("delegate", "GET", path, unit="xã anh sơn"))["session_id"] == record.id
    assert await made.refused("delegate", "GET", path, unit="Xã khác") == (403, "not_own")


async def test_a_delegate_whose_endpoint_was_removed_sees_and_finds_nothing_more(made: World) -> None:
    record = await made.ended()
    await made.well("secretary", "POST", f"/sessions/{record.id}/minutes/scans?name=a.pdf", PDF)
    await made.sign_all(record.id)
    final = await made.well("secretary", "POST", f"/sessions/{record.id}/minutes/final", {})
    unit = {"unit": "Xã Anh Sơn"}
    own = next(each for each in record.endpoints if each.name == unit["unit"])
    path = f"/sessions/{record.id}/minutes"
    scan = final["scans"][0]["url"].removeprefix("/api/v1")
    listed = ("/sessions", "/search?q=")
    for each in (path, f"{path}/document", scan):
        await made.well("delegate", "GET", each, **unit)
    assert [(await made.well("delegate", "GET", each, **unit))["total"] for each in listed] == [1, 1]
    await made.services.store.change_endpoint(own.id, removed=True)
    for each in (path, f"{path}/document", scan):
        assert await made.refused("delegate", "GET", each, **unit) == (403, "not_own")
    assert [(await made.well("delegate", "GET", each, **unit))["total"] for each in listed] == [0, 0]


async def test_minutes_are_of_a_session_that_took_place(made: World) -> None:
    session = await made.session()
    body = {"endpoint_id": session["endpoints"][0]["id"], "person": "A", "state": "da_ky"}
    assert await made.refused("secretary", "PUT", f"/sessions/{session['id']}/minutes/signatures", body) == (
        409,
        "not_now",
    )
