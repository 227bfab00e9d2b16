"""A profile and caps that change while real Chromium sends: its pictures follow, and it never offers again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.harness import Seat, Server, everybody_sees_everybody, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CAMERA = """async () => {
  const sender = window.__diemcau.snapshot().link.pc.getSenders()[1];
  return [...(await sender.getStats()).values()].filter(r => r.type === 'outbound-rtp');
}"""
CONNECTION = """() => {
  const pc = window.__diemcau.snapshot().link.pc;
  window.__pc ??= pc;
  return [pc === window.__pc, pc.localDescription.sdp.split('\\n')[1], pc.getSenders().map(s => s.getParameters())];
}"""


def camera(seat: Seat) -> dict[str, dict[str, Any]]:
    """Of each of the camera's encodings by rid, what it sends."""
    return {each["rid"]: each for each in seat.page.evaluate(CAMERA)}


def video_bps(seat: Seat, seconds: float = 2.0) -> float:
    """What the page sends of its camera, RTP headers and all."""

    def octets() -> int:
        found = camera(seat).values()
        return sum(each["bytesSent"] + each["headerBytesSent"] for each in found)

    before, begun = octets(), time.monotonic()
    time.sleep(seconds)
    return (octets() - before) * 8 / (time.monotonic() - begun)


def same_connection(seat: Seat) -> str:
    """The session line of the offer, whose version grows with each; the connection is the one of the first call."""
    same, version, _ = seat.page.evaluate(CONNECTION)
    assert same
    return str(version)


def voice_limit(seat: Seat) -> int:
    return int(seat.page.evaluate(CONNECTION)[2][0]["encodings"][0]["maxBitrate"])


def test_a_browser_follows_another_profile_and_a_cap_without_a_new_offer(
    server: Server, browser: BrowserContext
) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    server.call("POST", f"{path}/start")
    everybody_sees_everybody(seats)
    viewer, sender = seats
    shown = sender.endpoint["id"]
    server.call("POST", f"{path}/endpoints/{shown}/spotlight")

    def width() -> int:
        return int(viewer.pictures()[shown].get("frameWidth", 0))

    wait_for(lambda: width() == 1280, "the largest picture")
    versions = [same_connection(seat) for seat in seats]
    assert voice_limit(sender) == 40_000
    wait_for(lambda: video_bps(sender) > 700_000, "the largest picture's rate")
    frozen = viewer.pictures()[shown].get("totalFreezesDuration", 0)

    server.call("PUT", f"{path}/profile", {"profile": "mien-nui"})
    wait_for(lambda: 0 < width() <= 640, "a picture of at most 640")
    wait_for(lambda: voice_limit(sender) == 24_000, "the voice's new rate")
    wait_for(lambda: not camera(sender)["f"]["active"], "the largest layer stopped")
    device = sender.page.evaluate("() => window.__diemcau.ownCamera.getSettings()")
    assert (device["width"], device["height"]) == (640, 360)
    wait_for(lambda: video_bps(sender) < 400_000, "the rate of the smaller layers")
    assert viewer.pictures()[shown].get("totalFreezesDuration", 0) - frozen < 1.0

    server.call("PUT", f"{path}/profile", {"profile": "30-5"})
    wait_for(lambda: width() == 1280, "the largest picture again")
    assert voice_limit(sender) == 40_000

    where = f"{path}/endpoints/{shown}"
    server.call("PATCH", where, {"cap_up_bps": 800_000})
    wait_for(lambda: width() == 640, "half the width under the cap")
    wait_for(lambda: not camera(sender)["f"]["active"], "the largest layer stopped again")
    wait_for(lambda: video_bps(sender) < 700_000, "a rate under the cap")
    server.call("PATCH", where, {"cap_up_bps": None})
    wait_for(lambda: width() == 1280, "the largest picture when the cap is gone")

    server.call("PATCH", f"{path}/endpoints/{viewer.endpoint['id']}", {"cap_down_bps": 350_000})
    wait_for(lambda: width() <= 640, "a smaller picture at who is sent less")
    assert [same_connection(seat) for seat in seats] == versions
    assert [seat.errors for seat in seats] == [[], []]
