"""The bandwidth planner in real Chromium, from where operators start."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def page(server: Server, browser: BrowserContext) -> Page:
    page = browser.new_page()
    page.goto(f"{server.base}/#token={server.token}")
    return page


def test_an_operator_asks_before_creating_a_session_and_reads_what_comes_of_it(page: Page) -> None:
    page.get_by_test_id("new-session").click()
    page.get_by_test_id("try-first").click()
    assert page.get_by_label("Số điểm cầu đại biểu").input_value() == "3"
    page.get_by_test_id("simulate-add-change").click()
    page.get_by_test_id("simulate-run").click()
    page.get_by_test_id("simulate-verdict").wait_for(timeout=90_000)
    rows = page.get_by_test_id("simulate-table").locator("tbody tr")
    assert rows.count() == 4
    assert "1 / 1" in rows.nth(3).inner_text()
    page.get_by_text("0–20 giây", exact=True).click()
    assert "5 / 5" in rows.nth(3).inner_text()
    assert "tiếng nói" in page.get_by_test_id("cuts-delegate").locator("li").last.inner_text()
    drawn = "[...document.querySelectorAll('canvas')].filter(c => c.width > 300 && c.height > 100).length"
    assert page.evaluate(drawn) == 3
    page.get_by_role("button", name="English").click()
    assert page.get_by_text("What is given up first as a line gets weaker").is_visible()
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_question_that_the_server_refuses_is_answered_with_the_reason(page: Page) -> None:
    page.route("**/api/v1/simulate", lambda route: route.fulfill(status=503, json=BUSY))
    page.get_by_role("link", name="Dự kiến băng thông").click()
    page.get_by_test_id("simulate-run").click()
    page.get_by_test_id("problem").wait_for()
    assert page.get_by_test_id("problem").inner_text() == BUSY["reason_vi"]
    assert page.get_by_test_id("simulate-run").is_enabled()


BUSY = {
    "code": "simulator_busy",
    "title": "Another simulation runs on this server",
    "detail": "Try again in half a minute.",
    "reason_vi": "Máy chủ đang chạy thử một trường hợp khác. Hãy thử lại sau nửa phút.",
}
