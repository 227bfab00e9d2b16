"""Surveys and readiness over the API of a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from diemcau.cli import app
from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(60)
NAMES = [f"Xã {number:03}" for number in range(1, 161)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory: Path = tmp_path_factory.mktemp("survey")
    running = Server(directory / "data", free_port())
    running.start()
    file = directory / "endpoints.csv"
    file.write_text("name,level,place\n" + "".join(f"{name},xa,Nghệ An\n" for name in NAMES))
    done = CliRunner().invoke(app, ["endpoint", "import", str(file), "--data", str(running.data)])
    assert done.exit_code == 0, done.output
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def row(server: Server, name: str) -> dict[str, Any]:
    return next(each for each in server.call("GET", "/readiness")["endpoints"] if each["name"] == name)


def survey(server: Server, name: str, values: dict[str, Any]) -> tuple[str, str]:
    """Token and visit."""
    token = server.call("POST", "/readiness/link", {"name": name})["token"]
    visit = server.call("GET", "/survey", token=token)["visit"]
    server.call("POST", f"/survey?visit={visit}", {"values": values}, token=token)
    return token, visit


def test_a_registered_endpoint_surveys_itself_without_a_session(server: Server) -> None:
    link = server.call("POST", "/readiness/link", {"name": "Xã 001"})
    assert link["url"].startswith(f"{server.base}/survey#")
    token = link["token"]
    begun = server.call("GET", "/survey", token=token)
    assert (begun["name"], begun["state"], begun["at"]) == ("Xã 001", "missing", None)
    assert row(server, "Xã 001")["surveyed_at"] is None
    path = f"/survey?visit={begun['visit']}"
    server.call("POST", path, {"values": {"lighting.luma": 10, "network.down_mbps": 4.9}}, token=token)
    signed = server.call(
        "POST",
        f"/survey/sign?visit={begun['visit']}",
        {"check": "power.ups", "answer": "na", "name": "Nguyễn Văn A"},
        token=token,
    )
    power = next(item for item in signed["items"] if item["item"] == "power")
    assert power["verdict"] == "warn"
    assert not [check for item in signed["items"] for check in item["checks"] if check["other_side"]]
    found = row(server, "Xã 001")
    assert (found["state"], found["down_mbps"], found["items"]["lighting"]) == ("fail", 4.9, "fail")


def test_every_survey_stays_and_can_be_read_again(server: Server) -> None:
    for luma in (10, 120):
        survey(server, "Xã 002", {"lighting.luma": luma})
    history = server.call("GET", "/readiness/history?name=X%C3%A3%20002")["surveys"]
    assert [each["items"]["lighting"] for each in history] == ["not_measured", "fail"]  # the contrast is missing
    old = server.call("GET", f"/readiness/survey?name=X%C3%A3%20002&visit={history[1]['visit']}")
    assert old["items"][0]["checks"][0]["value"] == 10


def test_a_survey_link_is_good_for_its_endpoint_alone(server: Server) -> None:
    token, visit = survey(server, "Xã 003", {"lighting.luma": 100})
    assert server.problem("GET", "/sessions", token=token)[0] == 403
    assert server.problem("GET", "/readiness", token=token)[0] == 403
    heard = {"check": "audio.heard", "name": "A"}
    assert server.problem("POST", f"/survey/sign?visit={visit}", heard, token=token)[1]["code"] == "other_side_needed"
    assert (
        server.problem("POST", "/survey", {"values": {"lighting.luma": 1}}, token=token)[1]["code"] == "invalid_query"
    )
    assert server.problem("GET", "/survey?visit=..", token=token)[0] == 400
    assert server.problem("POST", "/readiness/link", {"name": "Xã 999"})[0] == 404
    session = server.create(1)
    assert server.problem("GET", "/survey", token=session["endpoints"][0]["token"])[0] == 403


def test_every_registered_endpoint_is_told_with_its_last_survey(server: Server) -> None:
    token = server.call("POST", "/readiness/link", {"name": "Xã 010"})["token"]
    for number in range(40):
        visit = f"{number:016x}"
        server.call("POST", f"/survey?visit={visit}", {"values": {"lighting.luma": 100 + number}}, token=token)
    endpoints = server.call("GET", "/readiness")["endpoints"]
    assert [each["name"] for each in endpoints] == NAMES
    assert row(server, "Xã 010")["visit"] == f"{39:016x}"
