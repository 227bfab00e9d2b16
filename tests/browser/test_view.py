"""What a page shows is what it is sent: real Chromium, through the app's own pages."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.harness import Seat, Server, everybody_sees_everybody, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', {get: () => hidden, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""
ENCODINGS = """() => window.__diemcau.snapshot().link.pc.getSenders()
  .flatMap(sender => sender.getParameters().encodings)
  .filter(encoding => ['q', 'h', 'f'].includes(encoding.rid) && encoding.maxFramerate > 10)
  .map(encoding => [encoding.rid, encoding.active])"""


def decoded(seat: Seat, endpoint: str) -> int:
    """Pictures decoded of an endpoint."""
    frames: int = seat.pictures()[endpoint].get("framesDecoded", 0)
    return frames


def sends(seat: Seat) -> dict[str, bool]:
    """Which encodings of its camera the page sends."""
    found: list[Any] = seat.page.evaluate(ENCODINGS)
    return dict(found)


def test_a_hidden_page_is_sent_no_pictures_and_its_publishers_stop_making_them(
    server: Server, browser: BrowserContext
) -> None:
    session = server.create(1)
    viewer, shown = (Seat(browser, server, endpoint) for endpoint in session["endpoints"])
    for seat in (viewer, shown):
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    everybody_sees_everybody([viewer, shown])
    endpoint = shown.endpoint["id"]
    large = wait_for(lambda: viewer.pictures()[endpoint].get("frameWidth", 0) >= 640, "the stage is filled")
    assert large

    viewer.page.evaluate(HIDE, True)
    time.sleep(1)
    before = decoded(viewer, endpoint)
    time.sleep(2)
    assert decoded(viewer, endpoint) <= before + 1
    voices = [each for each in viewer.inbound() if each["kind"] == "audio" and each["packetsReceived"] > 50]
    assert voices, "voices go on"
    # The recorder needs the largest, and the smallest is kept as what to fall back to.
    wait_for(lambda: sends(shown) == {"q": True, "h": False, "f": True}, f"h is off: {sends(shown)}", timeout_s=8)

    viewer.page.evaluate(HIDE, False)
    wait_for(lambda: decoded(viewer, endpoint) > before + 20, "the picture is back", timeout_s=8)


def test_a_small_window_is_sent_small_pictures(server: Server, browser: BrowserContext) -> None:
    session = server.create(1)
    viewer, shown = (Seat(browser, server, endpoint) for endpoint in session["endpoints"])
    for seat in (viewer, shown):
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    everybody_sees_everybody([viewer, shown])
    endpoint = shown.endpoint["id"]
    wait_for(lambda: viewer.pictures()[endpoint].get("frameWidth", 0) >= 640, "the stage is filled")
    viewer.page.set_viewport_size({"width": 600, "height": 480})
    wanted = "() => Math.max(...[...window.__diemcau.wants.values()].map(want => want.width))"
    wait_for(lambda: 0 < viewer.page.evaluate(wanted) <= 600, "no more is wanted than fits", timeout_s=5)
    wait_for(lambda: 0 < viewer.pictures()[endpoint].get("frameWidth", 9999) <= 640, "a small picture", timeout_s=10)
    viewer.page.set_viewport_size({"width": 1366, "height": 768})
    wait_for(lambda: viewer.pictures()[endpoint].get("frameWidth", 0) > 640, "a large picture again", timeout_s=10)
