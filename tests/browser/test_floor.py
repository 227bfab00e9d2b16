"""The room in real Chromium: waiting outside, let in, hand, floor, layouts, sent back."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.harness import Seat, Server, everybody_sees_everybody, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def open_console(server: Server, browser: BrowserContext, session: dict[str, Any]) -> Page:
    """The operator's page of a session."""
    page = browser.new_page()
    page.goto(f"{server.base}/sessions/{session['id']}#token={server.token}")
    page.get_by_test_id("queue").wait_for()
    return page


def knock(seat: Seat) -> None:
    """Click join; the waiting page shows."""
    button = seat.page.get_by_test_id("join-button")
    wait_for(button.is_enabled, "the devices are open")
    button.click()
    seat.page.get_by_test_id("waiting-page").wait_for()


@pytest.mark.slow
def test_from_the_waiting_room_to_the_floor_and_back(server: Server, browser: BrowserContext) -> None:
    session = server.create(2, lobby=True)
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    centre, first, second = seats
    centre.enter()
    knock(first)
    knock(second)
    assert "Vui lòng chờ" in first.page.get_by_test_id("waiting-page").inner_text()
    assert first.page.get_by_test_id("waiting-page").get_attribute("data-waiting") == "soon"
    assert first.page.get_by_test_id("readiness").get_attribute("data-ready") == "true"
    assert first.page.evaluate("window.__diemcau.snapshot().link") is None
    console = open_console(server, browser, session)
    assert "2 điểm cầu đang chờ" in console.get_by_test_id("lobby-bar").inner_text()
    console.get_by_test_id(f"endpoint-card-{first.endpoint['id']}").get_by_test_id("admit").click()
    first.page.get_by_test_id("mic-button").wait_for()
    server.call("POST", f"/sessions/{session['id']}/start")
    wait_for(lambda: second.page.get_by_test_id("waiting-page").get_attribute("data-waiting") == "live", "it says live")
    everybody_sees_everybody([centre, first])
    assert second.endpoint["id"] not in centre.pictures()
    console.get_by_test_id("admit-all").click()
    second.page.get_by_test_id("called-in").wait_for()
    everybody_sees_everybody(seats)

    second.page.get_by_test_id("mic-button").click()
    second.page.get_by_test_id("hand-button").click()
    console.get_by_test_id(f"hand-{second.endpoint['id']}").wait_for()
    console.get_by_test_id("queue-next").click()
    second.page.get_by_test_id("ask-yes").click()
    wait_for(lambda: server.endpoints(session)["Xã 2"]["microphone"], "the microphone is on by consent")
    assert second.page.get_by_test_id("floor").get_attribute("data-mine") == "true"
    wait_for(lambda: centre.state()["spotlight"] == second.endpoint["id"], "who speaks is on the stage")
    assert console.get_by_test_id("turn-time").inner_text().startswith("4:")
    console.get_by_test_id("queue-stop").click()
    wait_for(lambda: second.state()["microphone"] is False, "the turn is over, the microphone off")

    console.get_by_title("Lưới: các điểm cầu bằng nhau").click()
    centre.page.locator('[data-layout="grid"][data-testid="stage"]').wait_for()
    assert centre.page.locator('[data-testid="stage"] .cell').count() == 3

    console.get_by_test_id("item-title").fill("Công dân trình bày")
    console.get_by_test_id("item-add").click()
    console.get_by_test_id("item-start").click()
    console.get_by_test_id("item-stop").click()
    wait_for(
        lambda: (
            [each["category"] for each in server.call("GET", f"/sessions/{session['id']}/markers")["markers"]]
            == ["item_start", "item_end"]
        ),
        "the item is marked in the recording",
    )

    first.page.get_by_test_id("more-button").click()
    first.page.get_by_test_id("call-help").click()
    first.page.get_by_test_id("report-send").click()
    console.locator('[data-testid="alarm"][data-kind="help"]').get_by_test_id("alarm-take").click()
    console.locator('[data-testid="alarm"][data-kind="help"]').get_by_test_id("alarm-playbook").click()
    console.get_by_test_id("step-call").click()
    console.get_by_test_id("incident-outcome").fill("Đã hướng dẫn bật loa")
    console.get_by_test_id("incident-close").click()
    console.get_by_test_id("incident-closed").wait_for()
    console.keyboard.press("Escape")
    console.locator('[data-testid="alarm"][data-kind="help"]').wait_for(state="hidden")

    card = console.get_by_test_id(f"endpoint-card-{first.endpoint['id']}")
    card.get_by_test_id("more").click()
    console.get_by_test_id("hold").click()
    first.page.get_by_test_id("waiting-page").wait_for()
    wait_for(lambda: first.endpoint["id"] not in centre.pictures(), "it is gone from the room")
    console.get_by_test_id("end-session").click()
    console.get_by_test_id("confirm-yes").click()
    centre.page.get_by_test_id("over").wait_for()
    first.page.get_by_test_id("over").wait_for()
    assert not any(seat.errors for seat in seats)
