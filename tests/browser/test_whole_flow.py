"""One session from draft to the playback of its recording: an operator, a chair and three delegates, in Chromium."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from reception.event_words import VIETNAM
from tests.browser.harness import CHROMIUM, FLAGS, Seat, Server, everybody_sees_everybody, free_port, wait_for
from tests.browser.test_floor import knock
from tests.browser.test_people import GOOD, OTHER, choose_password, set_second_factor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PLACES = ("Ban Tiếp công dân Trung ương", "Sở Tài nguyên", "Xã Đô Lương")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """It counts down for longer than anybody waits."""
    running = Server(tmp_path / "data", free_port(), countdown_s=100)
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    """Chromium whose contexts are computers of their own."""
    found = playwright_driver.chromium.launch(
        executable_path=CHROMIUM, args=FLAGS, ignore_default_args=["--mute-audio"]
    )
    yield found
    found.close()


def signed_in(server: Server, chromium: Browser, name: str, role: str, password: str) -> Page:
    """A new account by its invitation: the password is chosen, and the second factor where the role needs it."""
    diemcau = Path(sys.executable).with_name("diemcau")
    command = [str(diemcau), "user", "add", name, "--role", role, "--data", str(server.data)]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    token = next(line for line in told.splitlines() if "/setup#" in line).partition("#")[2].strip()
    page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN").new_page()
    page.goto(f"{server.base}/setup#{token}")
    choose_password(page, password)
    if role == "operator":
        set_second_factor(page)
    expect(page.get_by_test_id("account-menu")).to_contain_text(name)
    return page


def draft(page: Page, server: Server) -> str:
    """All fields of a periodic session; its id."""
    page.goto(f"{server.base}/sessions/new")
    page.get_by_test_id("kind-dinh_ky").click()
    page.get_by_test_id("title").fill("Tiếp công dân định kỳ tháng 12")
    start = (datetime.now(VIETNAM) + timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M")
    page.get_by_label("Ngày, giờ dự kiến").fill(start)
    page.get_by_label("Thời lượng dự kiến (phút)").fill("10")  # so that its recording fits on any disk
    page.get_by_test_id("next-step").click()
    page.get_by_test_id("central").fill("Trụ sở tỉnh")
    for number, name in enumerate(PLACES, start=1):
        page.get_by_test_id(f"delegate-{number}").fill(name)
    page.get_by_test_id("delegate-1-guest").check()
    page.get_by_label("Đại biểu dự tại đây: Xã Đô Lương").fill("Phạm D, Chủ tịch UBND xã")
    page.get_by_test_id("next-step").click()
    page.get_by_test_id("matter-class").click()
    page.get_by_role("option", name="4.").click()
    page.get_by_test_id("reason-online").click()
    page.get_by_role("option", name="Nhiều cấp").click()
    page.get_by_label("Số người của đoàn").fill("12")
    page.get_by_label("Số người đại diện").fill("2")
    page.get_by_label("Có văn bản cử người đại diện").check()
    page.get_by_test_id("no-secrets").check()
    page.get_by_test_id("host").fill("UBND tỉnh")
    page.get_by_test_id("chair").fill("Nguyễn Văn A")
    page.get_by_label("Chức vụ", exact=True).fill("Chủ tịch UBND tỉnh")
    page.get_by_label("Thư ký").fill("Lê Thị B")
    page.get_by_test_id("next-step").click()
    page.get_by_role("button", name="Chèn kịch bản mẫu").click()
    page.get_by_test_id("create-session").click()
    page.get_by_test_id("next-step-card").wait_for()
    return page.url.split("/")[-2]


def approved(operator: Page, chair: Page, server: Server, path: str) -> None:
    """Submitted by the one, approved by the other."""
    operator.get_by_test_id("action-submit").click()
    chair.goto(f"{server.base}{path}/prepare")
    chair.get_by_test_id("action-approve").click()
    chair.get_by_test_id("approver").fill("Nguyễn Văn A")
    chair.get_by_test_id("document-no").fill("123/GM-UBND")
    chair.get_by_test_id("confirm-order").click()
    expect(chair.get_by_test_id("action-check")).to_be_visible()
    operator.get_by_test_id("action-check").click()
    expect(operator.get_by_test_id("do-recorder")).to_be_visible()


def checked(operator: Page, context: BrowserContext, server: Server, session: dict[str, Any]) -> None:
    """One room measures itself in part; what fake devices cannot pass is waived by name and with a reason."""
    path, endpoint = f"/sessions/{session['id']}", session["endpoints"][3]
    page = context.new_page()
    page.goto(f"{server.base}/join?debug=1#{endpoint['token']}")
    expect(page.get_by_test_id("starts-at")).to_contain_text("Buổi tiếp bắt đầu lúc")
    expect(page.get_by_test_id("countdown")).to_contain_text("còn")
    page.get_by_test_id("check-button").click()
    expect(page.get_by_test_id("run-check")).to_be_enabled(timeout=20_000)
    page.evaluate("steps => window.__check(steps)", ["computer"])
    page.get_by_test_id("item-software").locator("summary").click()
    expect(page.get_by_test_id("check-software.version")).to_have_attribute("data-verdict", "pass")
    page.close()
    for each in session["endpoints"]:
        operator.get_by_test_id(f"waive-{each['id']}").click()
        operator.get_by_test_id("reason").fill("Thiết bị giả lập, đã gọi điện kiểm tra")
        operator.get_by_test_id("confirm-order").click()
        expect(operator.get_by_test_id("reason")).to_have_count(0)
    operator.get_by_test_id("do-recorder").click()
    expect(operator.locator("#recorder")).to_contain_text("MB/s")
    operator.get_by_test_id("do-notice").click()
    operator.get_by_test_id("action-ready").click()
    wait_for(lambda: server.call("GET", path)["state"] == "ready", "it is ready")


def on_the_floor(operator: Page, centre: Seat, speaker: Seat, server: Server, path: str) -> None:
    """An item of the script with a raised hand and a turn; mute and lock; a break."""
    script = operator.get_by_test_id("script")
    script.get_by_test_id("item-start").first.click()
    speaker.page.get_by_test_id("hand-button").click()
    operator.get_by_test_id(f"hand-{speaker.endpoint['id']}").wait_for()
    operator.get_by_test_id("queue-next").click()
    expect(speaker.page.get_by_test_id("floor")).to_have_attribute("data-mine", "true")
    operator.get_by_test_id("queue-stop").click()
    script.get_by_test_id("item-stop").click()
    card = operator.get_by_test_id(f"endpoint-card-{speaker.endpoint['id']}")
    card.get_by_test_id("more").click()
    operator.get_by_role("menuitem", name="Tắt và khóa micro").click()
    expect(speaker.page.get_by_test_id("mic-button")).to_be_disabled()
    centre.page.get_by_test_id("chair-view").click()
    centre.page.get_by_test_id("chair-pause").click()
    expect(operator.get_by_test_id("resume-session")).to_be_visible(timeout=20_000)
    assert server.call("GET", path)["state"] == "paused"
    centre.page.get_by_test_id("chair-resume").click()
    expect(operator.get_by_test_id("pause-session")).to_be_visible(timeout=20_000)


def played(chair: Page, server: Server, session_id: str) -> None:
    """The recording is whole and plays, each endpoint's picture."""
    wait_for(lambda: server.call("GET", f"/recordings/{session_id}")["state"] == "done", "the recording is sealed")
    chair.goto(f"{server.base}/recordings/{session_id}")
    chair.get_by_test_id("purpose").fill("Xem lại kết luận của buổi tiếp")
    chair.get_by_test_id("ask-access").click()
    chair.get_by_test_id("play").click()
    wait_for(
        lambda: chair.evaluate("[...document.querySelectorAll('video')].filter(v => v.currentTime > 1).length") == 4,
        "four pictures play",
    )
    assert server.call("GET", f"/recordings/{session_id}/verify")["verdict"] == "whole"


def test_a_session_from_its_draft_to_the_playback_of_its_recording(server: Server, chromium: Browser) -> None:
    operator = signed_in(server, chromium, "dieuphoi", "operator", GOOD)
    chair = signed_in(server, chromium, "chutri", "chair", OTHER)
    session_id = draft(operator, server)
    path = f"/sessions/{session_id}"
    approved(operator, chair, server, path)
    session = server.call("GET", path)
    assert [each["guest"] for each in session["endpoints"]] == [False, True, False, False]
    rooms = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    checked(operator, rooms, server, session)

    seats = [Seat(rooms, server, endpoint) for endpoint in session["endpoints"]]
    centre, *delegates = seats
    centre.enter()
    for seat in delegates:
        knock(seat)
    assert "Buổi tiếp bắt đầu lúc" in delegates[0].page.get_by_test_id("waiting-time").inner_text()
    operator.goto(f"{server.base}{path}")
    expect(operator.get_by_test_id("lobby-bar")).to_contain_text("3 điểm cầu đang chờ")
    operator.get_by_test_id("admit-all").click()
    chair.goto(f"{server.base}{path}")
    chair.get_by_test_id("start-session").click()
    expect(delegates[0].page.get_by_test_id("start-countdown")).to_contain_text("sắp bắt đầu")
    chair.get_by_test_id("start-now").click()
    everybody_sees_everybody(seats)
    for seat in seats:
        expect(seat.page.get_by_test_id("recording-badge")).to_be_visible()
    operator.get_by_test_id("roll-call").click()
    expect(operator.get_by_test_id("roll-here")).to_contain_text("4/4")
    operator.get_by_test_id("roll-save-all").click()
    operator.keyboard.press("Escape")
    wait_for(lambda: server.call("GET", f"{path}/watch")["attendance"]["present_count"] == 3, "the roll is called")
    on_the_floor(operator, centre, delegates[2], server, path)

    operator.get_by_test_id("end-session").click()
    operator.get_by_test_id("waive-script").fill("Hết thời gian")
    operator.get_by_test_id("confirm-yes").click()
    for seat in seats:
        expect(seat.page.get_by_test_id("over")).to_be_visible(timeout=20_000)
    assert not any(seat.errors for seat in seats)
    rooms.close()
    played(chair, server, session_id)
    events = server.call("GET", f"{path}/events")["events"]
    steps = ["submit", "approve", "check", "ready", "start", "pause", "resume", "end"]
    assert list(dict.fromkeys(each["kind"] for each in events if each["kind"] in steps)) == steps
    assert {"dieuphoi", "chutri"} <= {each["actor"] for each in events}
