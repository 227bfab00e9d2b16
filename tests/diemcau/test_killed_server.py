"""kill -9 of a real server: what was live is interrupted, is resumed by an order, and its recording names the gap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recorder.verify import verify
from tests.browser.harness import Server, free_port, wait_for


def test_the_recording_of_a_killed_server_goes_on_and_names_the_gap(tmp_path: Path) -> None:
    server = Server(tmp_path, free_port())
    server.start()
    session = server.create(1)
    path = f"/sessions/{session['id']}"

    def recording() -> dict[str, Any]:
        found: dict[str, Any] = server.call("GET", path)["recording"]
        return found

    server.call("POST", f"{path}/start")
    wait_for(lambda: recording()["head"], "the chain's head")
    server.kill()
    server.start()
    wait_for(lambda: recording()["state"] == "recording", "the recording going on")
    assert server.call("GET", path)["state"] == "interrupted"
    (told,) = [each for each in server.call("GET", f"{path}/events")["events"] if each["kind"] == "interrupt"]
    assert told["facts"]["cause"] == "server_restarted"
    assert server.call("POST", f"{path}/resume")["state"] == "live"
    server.end(path)
    wait_for(lambda: recording()["seal_short"], "the seal")
    gaps = server.call("GET", f"/recordings/{session['id']}")["gaps"]
    assert [gap["cause"] for gap in gaps] == ["server killed"]
    assert 0 < gaps[0]["to_ms"] - gaps[0]["from_ms"] < 60_000
    assert verify(tmp_path / "recordings" / session["id"]).verdict == "whole"
    server.stop()


def test_a_paused_session_comes_back_paused_and_what_was_not_begun_stays_so(tmp_path: Path) -> None:
    server = Server(tmp_path, free_port())
    server.start()
    paused, draft = server.create(1), server.create(1, kind="dinh_ky")
    server.call("POST", f"/sessions/{paused['id']}/start")
    server.call("POST", f"/sessions/{paused['id']}/pause")
    server.kill()
    server.start()
    assert server.call("GET", f"/sessions/{paused['id']}")["state"] == "paused"
    assert server.call("GET", f"/sessions/{draft['id']}")["state"] == "draft"
    assert server.call("POST", f"/sessions/{paused['id']}/resume")["state"] == "live"
    server.stop()
