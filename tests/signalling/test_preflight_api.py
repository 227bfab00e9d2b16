"""The technical check over the API of a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("preflight") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def item(view: dict[str, Any], endpoint: str, name: str) -> dict[str, Any]:
    found = next(each for each in view["endpoints"] if each["endpoint_id"] == endpoint)
    return next(each for each in found["items"] if each["item"] == name)


def test_values_of_an_endpoint_are_judged_and_waived(server: Server) -> None:
    session = server.create(1, kind="dinh_ky")
    path = f"/sessions/{session['id']}/preflight"
    central, delegate = session["endpoints"]
    view = server.call("GET", path)
    assert [each["state"] for each in view["endpoints"]] == ["missing", "missing"]
    assert view["blocking"] == [central["id"], delegate["id"]]
    assert not view["ready"]

    values = {"lighting.luma": 12.5, "lighting.contrast": 30, "network.protocol": "udp"}
    own = server.call("POST", path, {"values": values}, token=delegate["token"])
    assert [each["endpoint_id"] for each in own["endpoints"]] == [delegate["id"]]
    lighting = item(own, delegate["id"], "lighting")
    assert lighting["verdict"] == "fail"
    luma = lighting["checks"][0]
    assert (luma["value"], luma["verdict"], luma["by"]) == (12.5, "fail", "Xã 1")
    assert luma["limits"]["fail_below"] == 45
    assert own["endpoints"][0]["state"] == "fail"

    waive = {"endpoint_id": delegate["id"], "item": "lighting", "name": "Trần Thị B", "reason": "Chủ trì đồng ý"}
    view = server.call("POST", f"{path}/waive", waive)
    assert item(view, delegate["id"], "lighting")["waiver"]["name"] == "Trần Thị B"
    for endpoint in (central, delegate):
        view = server.call("POST", f"{path}/waive", {**waive, "endpoint_id": endpoint["id"], "item": "*"})
    assert view["ready"]
    assert [each["state"] for each in view["endpoints"]] == ["waived", "waived"]
    view = server.call("POST", f"{path}/waive", {**waive, "item": "*", "withdraw": True})
    assert view["blocking"] == [delegate["id"]]


def test_who_may_sign_what(server: Server) -> None:
    session = server.create(2)
    path = f"/sessions/{session['id']}/preflight"
    central, one, two = session["endpoints"]
    sign = {"check": "power.ups", "name": "Nguyễn Văn A", "note": "30 phút"}
    view = server.call("POST", f"{path}/sign", sign, token=one["token"])
    ups = item(view, one["id"], "power")["checks"][-1]
    assert (ups["value"], ups["by"], ups["note"], ups["verdict"]) == ("yes", "Nguyễn Văn A", "30 phút", "pass")

    heard = {"check": "audio.heard", "name": "Lê C", "endpoint_id": one["id"]}
    assert server.problem("POST", f"{path}/sign", heard, token=one["token"])[1]["code"] == "other_side_needed"
    server.call("POST", f"{path}/sign", heard, token=central["token"])
    ups_of_another = {**sign, "endpoint_id": one["id"]}
    assert server.problem("POST", f"{path}/sign", ups_of_another, token=two["token"])[0] == 403
    centre = {"check": "centre", "name": "Điều phối", "endpoint_id": one["id"]}
    assert server.problem("POST", f"{path}/sign", {**centre, "endpoint_id": ""}, token=one["token"])[0] == 403
    view = server.call("POST", f"{path}/sign", centre)
    signed = next(each for each in view["endpoints"] if each["endpoint_id"] == one["id"])
    assert signed["centre"]["name"] == "Điều phối"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("", {"values": {"lighting.lumen": 3}}, 422, "invalid_measurement"),
        ("", {"values": {"lighting.luma": "bright"}}, 422, "invalid_measurement"),
        ("", {"values": {}}, 422, "invalid_body"),
        ("/sign", {"check": "lighting.luma", "name": "A"}, 422, "unknown_check"),
        ("/sign", {"check": "power.ups", "name": " "}, 422, "invalid_body"),
        ("/waive", {"endpoint_id": "ID", "item": "lighting", "name": "A"}, 403, "forbidden"),
    ],
)
def test_what_an_endpoint_may_not_say_is_refused(
    server: Server, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    session = server.create(1)
    got, problem = server.problem(
        "POST", f"/sessions/{session['id']}/preflight{path}", body, token=session["endpoints"][1]["token"]
    )
    assert (got, problem["code"]) == (status, code)


def test_a_token_of_another_session_sees_and_says_nothing(server: Server) -> None:
    mine, other = server.create(1), server.create(1)
    path, token = f"/sessions/{mine['id']}/preflight", other["endpoints"][0]["token"]
    assert server.problem("GET", path, token=token)[0] == 403
    assert server.problem("POST", path, {"values": {"lighting.luma": 100}}, token=token)[0] == 403
    waive = {"endpoint_id": mine["endpoints"][0]["id"], "item": "*", "name": "A"}
    assert server.problem("POST", f"{path}/waive", waive)[1]["code"] == "reason_needed"
    assert server.problem("POST", f"{path}/waive", {**waive, "withdraw": True})[1]["code"] == "not_waived"
    bad = {"endpoint_id": "none", "values": {"lighting.luma": 100}}
    assert server.problem("POST", path, bad)[0] == 404
