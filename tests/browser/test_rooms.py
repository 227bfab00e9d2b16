"""Endpoint pages in real Chromium: notice, drawer, second camera, chair, television, observer, consultation."""

import json
import subprocess
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.harness import Seat, Server, everybody_sees_everybody, wait_for
from tests.browser.test_floor import knock, open_console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def unlock(server: Server, session: dict[str, Any], page: Page) -> None:
    """Open the technician's drawer with the console's PIN."""
    page.get_by_test_id("more-button").click()
    page.get_by_test_id("open-drawer").click()
    page.get_by_test_id("drawer-pin").locator("input").first.click()
    page.keyboard.type(server.call("GET", f"/sessions/{session['id']}/room")["technician_pin"])
    page.get_by_test_id("drawer-tools").wait_for()


def test_the_notice_is_read_ticked_and_seen_at_the_console(server: Server, browser: BrowserContext) -> None:
    session = server.create(1, lobby=True)
    seat = Seat(browser, server, session["endpoints"][1])
    assert session["title"] in seat.page.get_by_test_id("join-bar").inner_text()
    knock(seat)
    form = seat.page.get_by_test_id("notice-form")
    assert "BUỔI TIẾP CÔNG DÂN ĐANG ĐƯỢC GHI ÂM" in form.inner_text()
    send = seat.page.get_by_test_id("notice-send")
    assert send.is_disabled()
    seat.page.get_by_test_id("notice-tick").check()
    seat.page.get_by_test_id("notice-name").fill("Nguyễn Văn An")
    send.click()
    seat.page.get_by_test_id("notice-done").wait_for()
    assert "Nguyễn Văn An" in seat.page.get_by_test_id("notice-done").inner_text()
    console = open_console(server, browser, session)
    console.get_by_test_id("acknowledged").wait_for()
    card = console.get_by_test_id(f"endpoint-card-{seat.endpoint['id']}")
    card.locator(".thumb img").wait_for()


def test_a_second_camera_is_recorded_and_shown_when_the_operator_wants(server: Server, browser: BrowserContext) -> None:
    session = server.create(1)
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    everybody_sees_everybody(seats)
    centre, delegate = seats
    unlock(server, session, delegate.page)
    delegate.page.get_by_test_id("second-camera").click()
    delegate.page.get_by_role("option").last.click()
    delegate.page.get_by_test_id("second-preview").wait_for()
    wait_for(lambda: server.endpoints(session)["Xã 1"]["wide"], "the server has the second camera")
    everybody_sees_everybody(seats)
    path = f"/sessions/{session['id']}/endpoints/{delegate.endpoint['id']}"
    decoded = centre.pictures()[delegate.endpoint["id"]]["framesDecoded"]
    server.call("POST", f"{path}/wide_camera")
    wait_for(lambda: centre.pictures()[delegate.endpoint["id"]]["framesDecoded"] > decoded + 40, "its picture moves on")
    server.end(f"/sessions/{session['id']}")
    recording = f"/recordings/{session['id']}"
    wait_for(lambda: server.call("GET", recording)["state"] == "done", "the recording is sealed")
    tracks = [each for each in server.call("GET", recording)["tracks"] if each["endpoint_name"] == "Xã 1"]
    assert "camera2" in {each["source"] for each in tracks}, tracks
    (wide,) = [each for each in tracks if each["source"] == "camera2"]
    path_of_wide = server.data / "recordings" / session["id"] / "tracks" / wide["name"]
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path_of_wide)]
    probed = subprocess.run(command, capture_output=True, check=True).stdout
    assert json.loads(probed)["streams"][0]["codec_name"] == "vp8"


def test_the_chair_calls_stops_pauses_and_the_television_shows_it(server: Server, browser: BrowserContext) -> None:
    session = server.create(1)
    centre, delegate = seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    everybody_sees_everybody(seats)
    with centre.page.expect_popup() as opened:
        centre.page.get_by_test_id("open-tv").click()
    tv = opened.value
    tv.get_by_test_id("tv").wait_for()
    wait_for(
        lambda: tv.evaluate("[...document.querySelectorAll('video')].some(v => v.videoWidth > 0 && v.currentTime > 0)"),
        "the television shows a picture",
    )
    assert tv.locator("button").count() == 0
    centre.page.get_by_test_id("chair-view").click()
    delegate.page.get_by_test_id("hand-button").click()
    centre.page.get_by_test_id(f"chair-call-{delegate.endpoint['id']}").wait_for()
    centre.page.get_by_test_id("chair-next").click()
    assert "Xã 1" in centre.page.get_by_test_id("chair-turn").inner_text()
    tv.get_by_test_id("floor").wait_for()
    centre.page.get_by_test_id("chair-stop").click()
    wait_for(lambda: delegate.state()["microphone"] is False, "stopped")
    centre.page.get_by_test_id("chair-pause").click()
    wait_for(lambda: server.call("GET", f"/sessions/{session['id']}")["state"] == "paused", "paused")
    centre.page.get_by_test_id("chair-resume").click()
    wait_for(lambda: server.call("GET", f"/sessions/{session['id']}")["state"] == "live", "live again")
    centre.page.get_by_test_id("chair-end").click()
    centre.page.get_by_test_id("confirm-yes").click()
    delegate.page.get_by_test_id("over").wait_for()
    assert not centre.errors
    assert not delegate.errors


def test_an_observer_sees_all_sends_nothing_and_is_named(server: Server, browser: BrowserContext) -> None:
    session = server.create(1)
    made = server.call("POST", f"/sessions/{session['id']}/endpoints", {"name": "Thanh tra tỉnh", "role": "observer"})
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    watcher = Seat(browser, server, made)
    watcher.page.get_by_test_id("observer-entrance").wait_for()
    watcher.page.get_by_test_id("join-button").click()
    server.call("POST", f"/sessions/{session['id']}/start")

    def sees() -> bool:
        pictures = watcher.pictures()
        return all(pictures.get(seat.endpoint["id"], {}).get("framesDecoded", 0) > 10 for seat in seats)

    wait_for(sees, "the observer sees both")
    assert watcher.page.get_by_test_id("mic-button").count() == 0
    for seat in seats:
        assert "Thanh tra tỉnh" in seat.page.get_by_test_id("observers").inner_text()
        assert made["id"] not in seat.pictures()


@pytest.mark.slow
def test_what_is_said_in_the_consultation_room_reaches_nobody_else_and_no_recording(
    server: Server, browser: BrowserContext
) -> None:
    session = server.create(2)
    centre, guest, other = seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    everybody_sees_everybody(seats)
    centre.page.get_by_test_id("chair-view").click()
    centre.page.get_by_test_id(f"chair-private-{guest.endpoint['id']}").click()
    guest.page.get_by_test_id("private-yes").click()
    assert "Không ghi âm, không ghi hình" in guest.page.get_by_test_id("private-bar").inner_text()
    everybody_sees_everybody([centre, guest])
    wait_for(lambda: other.pictures() == {}, "the third sees nobody")
    other.page.get_by_test_id("private-note").wait_for()
    centre.page.get_by_test_id("private-leave").click()
    guest.page.get_by_test_id("private-bar").wait_for(state="hidden")
    everybody_sees_everybody(seats)
    server.end(f"/sessions/{session['id']}")
    recording = f"/recordings/{session['id']}"
    wait_for(lambda: server.call("GET", recording)["state"] == "done", "the recording is sealed")
    tracks = [each["endpoint_name"] for each in server.call("GET", recording)["tracks"]]
    assert sorted(tracks) == ["Trung tâm", "Trung tâm", "Xã 1", "Xã 1", "Xã 2"], "one before and one after"


def test_a_kiosk_enters_by_itself_and_is_not_left_by_mistake(server: Server, browser: BrowserContext) -> None:
    session = server.create(1)
    page = browser.new_page()
    page.goto(f"{server.base}/join?kiosk=1#{session['endpoints'][1]['token']}")
    page.get_by_test_id("mic-button").wait_for()
    assert page.get_by_test_id("leave-button").count() == 0
    page.get_by_test_id("mic-button").click()
    wait_for(lambda: page.evaluate("document.fullscreenElement !== null"), "full screen at the first touch")
