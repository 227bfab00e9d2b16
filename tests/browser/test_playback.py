"""A session of real Chromium: marked, looked at from the disk, found again, and played back in Chromium."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.harness import Seat, Server, everybody_sees_everybody, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

MARKER = "Khiếu nại về đất đai"
# Where each file that plays is on the recording's timeline, in seconds.
PLACES = """() => [...document.querySelectorAll('.pb-tile video[data-shown=true]')].filter(v => !v.paused && !v.seeking)
  .map(v => Number(v.dataset.offset) + v.currentTime)"""
FILES = "() => [...document.querySelectorAll('.pb-tile video[data-shown=true]')].map(v => v.dataset.file)"


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def at(page: Page) -> float:
    """The playback's time, seconds."""
    return float(page.get_by_test_id("playback-time").get_attribute("data-seconds") or "nan")


def together(page: Page, count: int) -> None:
    """All tiles play, and stay within 100 ms of each other for two seconds."""

    def spread() -> float:
        places = page.evaluate(PLACES)
        return max(places) - min(places) if len(places) == count else 99.0

    wait_for(lambda: spread() < 0.1, f"{count} tiles together: {page.evaluate(PLACES)}", timeout_s=20)
    end, worst = time.monotonic() + 2, 0.0
    while time.monotonic() < end:
        worst = max(worst, spread())
    assert worst < 0.1


def voices(seat: Seat) -> tuple[int, int]:
    """Packets of voices that came to a page, and that were lost on the way."""
    found = [each for each in seat.inbound() if each["kind"] == "audio"]
    return sum(each["packetsReceived"] for each in found), sum(each["packetsLost"] for each in found)


def the_last_seconds_play_from_disk(server: Server, page: Page, session: dict[str, Any], seat: Seat, to: Path) -> None:
    page.get_by_test_id("confidence").click()
    video = page.get_by_test_id("confidence-video")
    video.wait_for()
    wait_for(lambda: video.evaluate("v => v.currentTime > 1 && v.videoWidth"), "it plays")
    assert "Đọc từ ổ đĩa" in page.get_by_test_id("confidence-until").inner_text()
    page.keyboard.press("Escape")
    before = voices(seat)
    url = f"{server.base}/api/v1/sessions/{session['id']}/confidence?endpoint={seat.endpoint['id']}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {server.token}"})
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.headers["Content-Type"] == "video/webm"
        assert 0 <= float(response.headers["Diemcau-Behind-S"]) < 10
        start_s = float(response.headers["Diemcau-Start-S"])
        to.write_bytes(response.read())
    probed = probe(to)
    assert {stream["codec_name"] for stream in probed["streams"]} == {"vp8", "opus"}
    assert 5 < float(probed["format"]["duration"]) - start_s < 10.5
    came, lost = (now - then for now, then in zip(voices(seat), before, strict=True))
    assert came > 50
    assert lost < 0.01 * came, "what is forwarded is not disturbed"


def held(server: Server, browser: BrowserContext, scratch: Path) -> dict[str, Any]:
    """A session of three that is marked, survives a killed server, and is sealed; its recording."""
    session = server.create(2)
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    everybody_sees_everybody(seats)
    time.sleep(8)
    operator = browser.new_page()
    operator.goto(f"{server.base}/sessions/{session['id']}#token={server.token}")
    operator.get_by_test_id("marker-text").fill(MARKER)
    operator.get_by_test_id("set-marker").click()
    wait_for(lambda: MARKER in operator.get_by_test_id("marked").inner_text(), "it is marked")
    the_last_seconds_play_from_disk(server, operator, session, seats[1], scratch / "clip.webm")
    operator.close()
    server.kill()
    server.start()
    server.call("POST", f"/sessions/{session['id']}/resume")
    wait_for(lambda: all(each["flowing"] for each in server.endpoints(session).values()), "everybody sends again")
    time.sleep(8)
    server.end(f"/sessions/{session['id']}")
    for seat in seats:
        seat.page.close()
    path = f"/recordings/{session['id']}"
    wait_for(lambda: server.call("GET", path)["state"] == "done", "it is sealed")
    recording: dict[str, Any] = server.call("GET", path)
    return recording


def test_a_session_is_found_and_played_back_with_all_endpoints_together(
    server: Server, browser: BrowserContext, tmp_path: Path
) -> None:
    recording = held(server, browser, tmp_path)
    for track in recording["tracks"]:
        path = server.data / "recordings" / recording["id"] / "tracks" / track["name"]
        assert abs(float(probe(path)["format"]["duration"]) - track["duration_s"]) < 0.2
    (marker,), (gap,) = (
        recording["timeline"]["markers"],
        [each for each in recording["timeline"]["gaps"] if each["cause"] == "server killed"],
    )
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    page.goto(f"{server.base}/recordings#token={server.token}")
    page.get_by_test_id("search-text").fill("dat dai")
    page.get_by_test_id("search-endpoint").fill("xa 2")
    page.get_by_test_id("search").click()
    page.get_by_role("link", name=MARKER).click()
    assert not page.get_by_test_id("ask-access").is_enabled(), "nothing is shown before the purpose is told"
    page.get_by_test_id("purpose").fill("Đối chiếu nội dung trình bày")
    page.get_by_test_id("ask-access").click()
    page.get_by_test_id("playback-video-2").wait_for()
    wait_for(lambda: abs(at(page) - marker["at_s"]) < 3, "it begins where the marker is")

    page.keyboard.press("Space")
    together(page, 3)
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
        together(page, 3)
    for speed in ("2", "0.5"):
        page.keyboard.press("Home")
        page.get_by_test_id("speed").click()
        page.get_by_role("option", name=f"{speed.replace('.', ',')}×", exact=True).click()
        together(page, 3)
        before, begun = at(page), time.monotonic()
        time.sleep(2)
        assert abs((at(page) - before) / (time.monotonic() - begun) / float(speed) - 1) < 0.25

    page.keyboard.press("k")
    page.keyboard.press("Home")
    page.get_by_test_id("next-marker").click()
    wait_for(lambda: abs(at(page) - marker["at_s"]) < 0.05, "the marker is reached")
    page.keyboard.press("Home")
    page.keyboard.press("t")
    assert any(abs(at(page) - turn["start_s"]) < 0.05 for turn in recording["timeline"]["turns"])

    before_gap = set(page.evaluate(FILES))
    page.keyboard.press("Home")
    page.get_by_test_id("tab-gap").click()
    page.locator(".pb-jumps button", has_text="máy chủ dừng đột ngột").click()
    wait_for(lambda: abs(at(page) - gap["start_s"]) < 0.05, "the gap is reached")
    assert "máy chủ dừng đột ngột" in page.get_by_test_id("gap-labels").inner_text()
    page.keyboard.press("k")  # the space bar would press the button again
    wait_for(lambda: at(page) > gap["end_s"] + 2, "it plays over the gap", timeout_s=60)
    assert page.locator(".pb-tile").count() == 3
    wait_for(lambda: len(set(page.evaluate(FILES)) - before_gap) == 3, "each tile goes on with its next file")
    together(page, 3)

    widths = [page.get_by_test_id(f"tile-{index}").bounding_box() for index in range(3)]
    assert widths[0] is not None
    assert widths[2] is not None
    assert widths[0]["width"] > 2 * widths[2]["width"]
    page.get_by_test_id("tile-2").get_by_role("button").first.click()
    larger = page.get_by_test_id("tile-2").bounding_box()
    assert larger is not None
    assert abs(larger["width"] - widths[0]["width"]) < 2
    page.keyboard.press("x")
    assert page.locator("[data-testid=tile-2] video[data-shown=true]").evaluate("v => v.muted")
    assert not page.locator("[data-testid=tile-1] video[data-shown=true]").evaluate("v => v.muted")
    assert not errors
