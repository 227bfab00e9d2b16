"""Alarms, incidents, announcements and roll call of a real server, without media."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.harness import Server, free_port, wait_for
from tests.signalling.pages import PageSocket

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("incidents") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def begun(server: Server) -> tuple[str, dict[str, dict[str, Any]]]:
    session = server.create(2)
    return f"/sessions/{session['id']}", {each["name"]: each for each in session["endpoints"]}


def alarms(server: Server, path: str, kind: str) -> list[dict[str, Any]]:
    found = server.call("GET", f"{path}/watch")["alarms"]
    return [each for each in found if each["kind"] == kind]


def test_a_page_that_calls_for_help_and_one_on_battery_become_alarms_with_words(server: Server) -> None:
    path, endpoints = begun(server)

    async def look() -> None:
        async with PageSocket(server, endpoints["Xã 1"]["token"]) as page:
            await page.send("report", kind="help", note="Không nghe thấy gì")
            await page.send("stats", on_battery=True, battery=0.4)
            for kind in ("help", "on_battery"):
                await asyncio.to_thread(wait_for, lambda kind=kind: alarms(server, path, kind), f"alarm {kind}")
            await page.send("stats", on_battery=False)

            def over() -> bool:
                return any(each["over_at"] for each in alarms(server, path, "on_battery"))

            await asyncio.to_thread(wait_for, over, "the power is back")

    asyncio.run(look())
    (helped,) = alarms(server, path, "help")
    assert helped["state"]["vi"] == "Điểm cầu Xã 1 gọi hỗ trợ kỹ thuật."
    assert helped["cause"]["vi"] == "Không nghe thấy gì"
    assert helped["action"]["vi"]
    assert (helped["reported_by"], helped["endpoint_id"]) == ("Xã 1", endpoints["Xã 1"]["id"])
    (battery,) = alarms(server, path, "on_battery")
    assert "40%" in battery["state"]["vi"]
    assert battery["playbook"] == "power"


def test_an_alarm_is_taken_its_playbook_clicked_and_its_incident_closed(server: Server) -> None:
    path, endpoints = begun(server)
    rowdy = endpoints["Xã 2"]
    server.call("POST", f"{path}/alarms", {"kind": "disorder", "endpoint_id": rowdy["id"], "note": "La hét"})
    (alarm,) = alarms(server, path, "disorder")
    assert alarm["playbook"] == "disorder"
    opened = {"kind": alarm["playbook"], "endpoint_id": rowdy["id"], "alarm_id": alarm["id"]}
    incident = server.call("POST", f"{path}/incidents", opened)["incidents"][0]
    assert server.call("POST", f"{path}/incidents", opened)["incidents"][0]["id"] == incident["id"]
    steps = f"{path}/incidents/{incident['id']}/steps"
    server.call("POST", f"{steps}/lock")
    assert server.endpoints({"id": path.rpartition("/")[2]})["Xã 2"]["locked"] is True
    view = server.call("POST", f"{steps}/warn")
    assert "giữ trật tự" in view["announcements"][0]["text"]
    server.call("POST", f"{steps}/hold")
    places = {each["endpoint_id"]: each["place"] for each in server.call("GET", f"{path}/room")["seats"]}
    assert places[rowdy["id"]] == "waiting"
    server.call("POST", f"{steps}/record", {"note": "Biên bản số 1"})
    assert server.problem("POST", f"{steps}/nothing")[1]["code"] == "no_step"
    assert server.problem("POST", f"{path}/incidents/{incident['id']}/close", {})[1]["code"] == "outcome"
    view = server.call("POST", f"{path}/incidents/{incident['id']}/close", {"outcome": "Đã ổn định"})
    (closed,) = view["incidents"]
    assert [each["step"] for each in closed["entries"]] == ["lock", "warn", "hold", "record"]
    assert view["alarms"] == []
    assert view["past"][0]["note"] == "Đã ổn định"


def test_a_step_that_needs_an_endpoint_says_so_where_there_is_none(server: Server) -> None:
    path, _ = begun(server)
    incident = server.call("POST", f"{path}/incidents", {"kind": "disorder"})["incidents"][0]
    status, problem = server.problem("POST", f"{path}/incidents/{incident['id']}/steps/lock")
    assert (status, problem["code"]) == (409, "no_endpoint")
    assert problem["reason_vi"]


def test_an_announcement_reaches_all_rooms_or_one(server: Server) -> None:
    path, endpoints = begun(server)

    async def look() -> None:
        async with (
            PageSocket(server, endpoints["Xã 1"]["token"]) as first,
            PageSocket(server, endpoints["Xã 2"]["token"]) as second,
        ):
            one = {"text": "Chuẩn bị phát biểu", "endpoint_id": endpoints["Xã 2"]["id"]}
            await asyncio.to_thread(server.call, "POST", f"{path}/announcements", one)
            await asyncio.to_thread(server.call, "POST", f"{path}/announcements", {"text": "Nghỉ 5 phút"})
            await first.until(lambda: len(first.room["announcements"]) == 1)
            await second.until(lambda: len(second.room["announcements"]) == 2)
            assert [each["text"] for each in first.room["announcements"]] == ["Nghỉ 5 phút"]
            await asyncio.to_thread(server.call, "DELETE", f"{path}/announcements/2")
            await first.until(lambda: first.room["announcements"] == [])

    asyncio.run(look())


def test_the_roll_call_is_kept_with_names_capacity_and_presence(server: Server) -> None:
    path, endpoints = begun(server)
    people = [
        {"name": "Nguyễn Văn An", "capacity": "citizen", "present": True},
        {"name": "Trần Thị Bình", "capacity": "representative", "office": "Đại diện đoàn", "present": False},
    ]
    view = server.call("PUT", f"{path}/attendance/{endpoints['Xã 1']['id']}", {"people": people})
    room = view["attendance"]["rooms"][endpoints["Xã 1"]["id"]]
    assert [each["name"] for each in room["people"]] == ["Nguyễn Văn An", "Trần Thị Bình"]
    assert view["attendance"]["present_count"] == 1
    server.kill()
    server.start()
    assert server.call("GET", f"{path}/watch")["attendance"] == view["attendance"]


def test_the_recording_is_restarted_as_its_next_part(server: Server) -> None:
    path, _ = begun(server)
    assert server.problem("POST", f"{path}/recording/restart")[1]["code"] == "not_open"
    server.call("POST", f"{path}/start")
    server.call("POST", f"{path}/recording/restart")
    assert server.call("GET", path)["recording"]["state"] == "recording"
    server.end(path)
    recording = f"/recordings/{path.rpartition('/')[2]}"
    wait_for(lambda: server.call("GET", recording)["state"] == "done", "the recording is sealed")
    assert server.call("GET", f"{recording}/verify")["verdict"] == "whole"


def test_playbooks_are_told_with_their_clicks(server: Server) -> None:
    found = {each["kind"]: each for each in server.call("GET", "/playbooks")["playbooks"]}
    assert set(found) == {"picture", "sound", "connection", "recording", "power", "disorder", "other"}
    assert any(step["action"] == "restart_recording" for step in found["recording"]["steps"])


def test_a_violation_of_the_rules_is_put_on_record(server: Server) -> None:
    path, endpoints = begun(server)
    opened = server.call("POST", f"{path}/incidents", {"kind": "disorder", "endpoint_id": endpoints["Xã 1"]["id"]})
    (incident,) = opened["incidents"]
    where = f"{path}/incidents/{incident['id']}/violation"
    assert server.problem("PUT", where, {"persons": " ", "conduct": "x"})[0] == 422
    body = {"persons": "Trần Văn X", "conduct": "Gây ồn", "measures": "Tắt micro", "witnesses": "Lê C"}
    kept = server.call("PUT", where, body)["incidents"][0]
    assert {key: kept["violation"][key] for key in body} == body
    assert kept["violation"]["by"] == "Cán bộ điều phối"
    assert [entry["step"] for entry in kept["entries"]] == ["record"]
