"""What is recorded, played in Chromium: a track while it grows, and encrypted tracks by byte ranges."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from recorder.encrypted_file import open_media
from recorder.master_key import Keyring
from tests.browser.harness import Seat, Server, free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PLAY = """async ([url, second]) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = url;
  document.body.append(video);
  await new Promise((done, failed) => { video.oncanplay = done; video.onerror = () => failed(video.error.message); });
  video.currentTime = second;
  await new Promise((done) => { video.onseeked = done; });
  await video.play();
  await new Promise((done) => setTimeout(done, 1500));
  const found = { at: video.currentTime, width: video.videoWidth, error: video.error && video.error.message };
  video.remove();
  return found;
}"""


@pytest.fixture
def encrypting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that encrypts what it records."""
    monkeypatch.setenv("DIEMCAU_RECORDING__ENCRYPT", "true")
    with tempfile.TemporaryDirectory() as directory:
        running = Server(Path(directory) / "data", free_port())
        running.start()
        yield running
        running.stop()


def test_an_encrypted_session_is_played_while_it_is_recorded_and_afterwards(
    encrypting: Server, browser: BrowserContext
) -> None:
    server = encrypting
    assert (server.data / "keys" / "master.key").exists()
    assert "a master key was made" in server.log.read_text()
    session = server.create(1)
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    recording = f"/recordings/{session['id']}"
    page = browser.new_page()
    page.goto(f"{server.base}/healthz")

    def tracks(least_s: float) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = server.call("GET", recording)["tracks"]
        return [track for track in found if track["kind"] == "video" and track["duration_s"] > least_s]

    def played(track: dict[str, Any], second: float) -> dict[str, Any]:
        access = server.call("POST", f"{recording}/access", {"purpose": "Kiểm tra"})["access"]
        found: dict[str, Any] = page.evaluate(PLAY, [f"{track['url']}?access={access}", second])
        return found

    live = wait_for(lambda: len(tracks(4.0)) >= 2 and tracks(4.0), "both can be played already")
    assert all("/derived/live/" in track["url"] and track["name"].endswith(".enc") for track in live)
    found = played(live[0], 1.0)
    assert found["error"] is None
    assert found["at"] > 1.8
    assert found["width"] > 0
    server.end(f"/sessions/{session['id']}")
    wait_for(lambda: server.call("GET", recording)["state"] == "done", "the recording is sealed")
    sealed = tracks(4.0)
    assert len(sealed) == 2
    for track in sealed:
        assert track["name"].endswith(".enc")
        found = played(track, 2.0)
        assert found["error"] is None
        assert found["at"] > 2.8
    assert server.call("GET", f"{recording}/verify")["verdict"] == "whole"
    path = server.data / "recordings" / session["id"] / "tracks" / sealed[0]["name"]
    with open_media(path, Keyring.of(server.data)) as file:
        plain = file.read()
    probe = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", "-"]
    probed = json.loads(subprocess.run(probe, input=plain, capture_output=True, check=True).stdout)
    assert {stream["codec_name"] for stream in probed["streams"]} == {"vp8", "opus"}
