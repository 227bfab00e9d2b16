"""kill -9 of a real server: the session goes on, and its recording names the interruption."""

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
    server.call("POST", f"{path}/end")
    wait_for(lambda: recording()["seal_short"], "the seal")
    gaps = server.call("GET", f"/recordings/{session['id']}")["gaps"]
    assert [gap["cause"] for gap in gaps] == ["server killed"]
    assert 0 < gaps[0]["to_ms"] - gaps[0]["from_ms"] < 60_000
    assert verify(tmp_path / "recordings" / session["id"]).verdict == "whole"
    server.stop()
