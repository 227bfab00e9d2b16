"""The whole in real Chromium: one centre and three delegates, through the app's own pages."""

import json
import subprocess
import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.harness import Seat, Server, everybody_sees_everybody, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def begin(server: Server, browser: BrowserContext, delegates: int = 3) -> tuple[dict[str, Any], list[Seat]]:
    session = server.create(delegates)
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    for seat in seats:
        seat.enter()
    server.call("POST", f"/sessions/{session['id']}/start")
    everybody_sees_everybody(seats)
    return session, seats


def test_pictures_and_voices_of_all_arrive_at_all_and_the_recording_plays(
    server: Server, browser: BrowserContext
) -> None:
    session, seats = begin(server, browser)
    for seat in seats:
        voices = [each for each in seat.inbound() if each["kind"] == "audio" and each["packetsReceived"] > 20]
        assert len(voices) == 3
        sizes = {(each.get("frameWidth"), each.get("frameHeight")) for each in seat.pictures().values()}
        assert all(width and height and abs(width / height - 16 / 9) < 0.02 for width, height in sizes), sizes
        assert seat.page.get_by_test_id("recording-badge").is_visible()
    time.sleep(4)
    server.end(f"/sessions/{session['id']}")
    seats[0].page.get_by_test_id("over").wait_for()
    recording = f"/recordings/{session['id']}"
    wait_for(lambda: server.call("GET", recording)["state"] == "done", "the recording is sealed")
    view = server.call("GET", recording)
    assert {track["endpoint_name"] for track in view["tracks"]} == {"Trung tâm", "Xã 1", "Xã 2", "Xã 3"}
    assert server.call("GET", f"{recording}/verify")["verdict"] == "whole"
    for track in view["tracks"]:
        path = server.data / "recordings" / session["id"] / "tracks" / track["name"]
        probed = json.loads(
            subprocess.run(
                ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)],
                capture_output=True,
                check=True,
            ).stdout
        )
        assert {stream["codec_name"] for stream in probed["streams"]} == {"vp8", "opus"}
        assert abs(float(probed["format"]["duration"]) - track["duration_s"]) < 0.2
        assert track["duration_s"] > 4
    page = browser.new_page()
    page.goto(f"{server.base}{recording}#token={server.token}")
    page.get_by_test_id("purpose").fill("Kiểm tra chất lượng bản ghi")
    page.get_by_test_id("ask-access").click()
    page.get_by_test_id("play").click()
    page.get_by_test_id("playback-video-3").wait_for()
    wait_for(
        lambda: page.evaluate("[...document.querySelectorAll('video')].filter(v => v.currentTime > 1).length") == 4,
        "four videos play",
    )
    page.get_by_test_id("verify").click()
    page.get_by_test_id("verify-result").wait_for()
    assert "nguyên vẹn: không có gì" in page.get_by_test_id("verify-result").inner_text()


def test_a_tile_that_goes_to_the_stage_gets_a_larger_picture_without_a_freeze(
    server: Server, browser: BrowserContext
) -> None:
    """A switch that freezes does so each time; a machine that stands still for a moment does not."""
    session, seats = begin(server, browser, delegates=2)
    viewer, shown = seats[0], seats[2].endpoint["id"]
    path = f"/sessions/{session['id']}/endpoints/{shown}"

    def freezes_on_going_up() -> int:
        # Who came first may have been on the stage for a moment.
        before = wait_for(lambda: (width := viewer.pictures()[shown].get("frameWidth", 0)) < 1280 and width, "small")
        frozen = viewer.pictures()[shown].get("freezeCount", 0)
        server.call("POST", f"{path}/spotlight")
        wait_for(lambda: viewer.pictures()[shown].get("frameWidth", 0) > before, f"wider than {before}")
        decoded = viewer.pictures()[shown]["framesDecoded"]
        wait_for(lambda: viewer.pictures()[shown]["framesDecoded"] > decoded + 20, "the picture moves on")
        count: int = viewer.pictures()[shown].get("freezeCount", 0) - frozen
        server.call("POST", f"{path}/unspotlight")
        return count

    assert any(freezes_on_going_up() == 0 for _ in range(3))


def test_the_operator_mutes_and_the_endpoint_unmutes_itself_unless_locked(
    server: Server, browser: BrowserContext
) -> None:
    session, seats = begin(server, browser, delegates=1)
    delegate = seats[1]
    path = f"/sessions/{session['id']}/endpoints/{delegate.endpoint['id']}"
    server.call("POST", f"{path}/mute")
    wait_for(lambda: delegate.state()["microphone"] is False, "the page shows the microphone off")
    wait_for(lambda: not server.endpoints(session)["Xã 1"]["microphone"], "the roster says so")
    delegate.page.get_by_test_id("mic-button").click()
    wait_for(lambda: server.endpoints(session)["Xã 1"]["microphone"], "unmuted by itself")
    server.call("POST", f"{path}/lock")
    wait_for(lambda: delegate.page.get_by_test_id("mic-button").is_disabled(), "the button is locked")
    server.call("POST", f"{path}/unlock")
    wait_for(lambda: not delegate.page.get_by_test_id("mic-button").is_disabled(), "the button is free again")


def test_leaving_and_joining_again_leaves_no_ghost(server: Server, browser: BrowserContext) -> None:
    session, seats = begin(server, browser, delegates=2)
    leaver = seats[1]
    leaver.page.get_by_test_id("leave-button").click()
    leaver.page.get_by_test_id("confirm-yes").click()
    leaver.page.get_by_test_id("over").wait_for()
    wait_for(lambda: server.endpoints(session)["Xã 1"]["state"] == "left", "the endpoint left")
    wait_for(lambda: len(seats[0].pictures()) == 1, "its slot is free")
    leaver.page.reload()
    leaver.enter()
    everybody_sees_everybody(seats)
    assert len(seats[0].pictures()) == 2


def test_a_killed_server_brings_everybody_back_and_one_click_resumes(server: Server, browser: BrowserContext) -> None:
    session, seats = begin(server, browser, delegates=2)
    silent = seats[1]
    silent.page.get_by_test_id("mic-button").click()
    wait_for(lambda: not server.endpoints(session)["Xã 1"]["microphone"], "off before the kill")
    server.kill()
    silent.page.get_by_test_id("reconnecting-banner").wait_for()
    server.start()
    for seat in seats:
        seat.page.get_by_test_id("reconnecting-banner").wait_for(state="hidden", timeout=60_000)
        wait_for(lambda seat=seat: seat.state()["session"]["state"] == "interrupted", "the page says so")
    operator = browser.new_page()
    operator.goto(f"{server.base}/sessions/{session['id']}#token={server.token}")
    wait_for(
        lambda: "chuyển buổi tiếp sang gián đoạn" in operator.get_by_test_id("activity").inner_text(),
        "the feed tells it",
    )
    operator.get_by_test_id("resume-session").click()
    wait_for(lambda: server.call("GET", f"/sessions/{session['id']}")["state"] == "live", "it goes on")
    operator.close()
    everybody_sees_everybody(seats)
    assert silent.state()["microphone"] is False
    assert not server.endpoints(session)["Xã 1"]["microphone"]
    time.sleep(2)
    server.end(f"/sessions/{session['id']}")
    wait_for(lambda: server.call("GET", f"/recordings/{session['id']}")["state"] == "done", "sealed")
    assert server.call("GET", f"/recordings/{session['id']}/verify")["verdict"] == "whole"
    names = [track["endpoint_name"] for track in server.call("GET", f"/recordings/{session['id']}")["tracks"]]
    assert names.count("Trung tâm") == 2, "one file before the kill and one after"


def test_a_lost_websocket_comes_back_on_the_same_media(server: Server, browser: BrowserContext) -> None:
    _, seats = begin(server, browser, delegates=1)
    page = seats[1].page
    peer = page.evaluate("window.__diemcau.snapshot().link.peerId")
    page.evaluate("window.__diemcau.signal.socket.close()")
    page.get_by_test_id("reconnecting-banner").wait_for()
    page.get_by_test_id("reconnecting-banner").wait_for(state="hidden", timeout=30_000)
    assert page.evaluate("window.__diemcau.snapshot().link.peerId") == peer


def test_an_ice_restart_keeps_the_connection_and_its_subscriptions(server: Server, browser: BrowserContext) -> None:
    _, seats = begin(server, browser, delegates=1)
    page = seats[1].page
    peer = page.evaluate("window.__diemcau.snapshot().link.peerId")
    ufrag = "window.__diemcau.snapshot().link.pc.remoteDescription.sdp.match(/ice-ufrag:(.*)/)[1]"
    before = page.evaluate(ufrag)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_for(lambda: page.evaluate(ufrag) != before, "new credentials")
    page.get_by_test_id("reconnecting-banner").wait_for(state="hidden", timeout=30_000)
    assert page.evaluate("window.__diemcau.snapshot().link.peerId") == peer
    everybody_sees_everybody(seats)


def test_a_shared_screen_takes_the_stage_of_the_others(server: Server, browser: BrowserContext) -> None:
    session, seats = begin(server, browser, delegates=1)
    seats[1].page.get_by_test_id("screen-button").click()
    wait_for(lambda: server.endpoints(session)["Xã 1"]["screen"], "the server knows of the screen")
    wait_for(
        lambda: (seats[0].state()["slots"] or {}).get("screen", {}).get("video") == "flowing", "the screen arrives"
    )
    seats[1].page.get_by_test_id("screen-button").click()
    wait_for(lambda: not server.endpoints(session)["Xã 1"]["screen"], "the screen is gone")
