"""A session from draft to end in real Chromium: prepared by one operator, followed by a second."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.harness import Seat, Server, everybody_sees_everybody, wait_for
from tests.browser.test_floor import knock

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
CSV = "Tên điểm cầu,Cấp,Cơ quan\nXã Đô Lương,Xã,UBND xã Đô Lương\nXã Bạch Ngọc,Xã,UBND xã Bạch Ngọc\n"


def opened(browser: BrowserContext, server: Server, path: str = "/") -> Page:
    page = browser.new_page()
    page.goto(f"{server.base}{path}#token={server.token}")
    return page


def imported(page: Page, text: str) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "danh-muc.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )


def test_rooms_are_imported_whole_or_not_at_all(server: Server, browser: BrowserContext) -> None:
    page = opened(browser, server, "/registry")
    page.get_by_test_id("import-rooms").click()
    imported(page, f"{CSV}Xã Sai,Huyện,\n")
    faults = page.get_by_test_id("csv-faults")
    faults.wait_for()
    assert [cell.inner_text() for cell in faults.locator("tbody td").all()][:3] == ["4", "2. Cấp", "Huyện"]
    assert page.get_by_test_id("csv-import").is_disabled()
    imported(page, CSV)
    page.get_by_test_id("csv-checked").wait_for()
    page.get_by_test_id("csv-import").click()
    page.get_by_test_id("room-Xã Đô Lương").wait_for()
    assert server.call("GET", "/registry")["total"] == 2


def create_ad_hoc(page: Page) -> str:
    page.get_by_test_id("new-session").click()
    page.get_by_test_id("kind-dot_xuat").click()
    page.get_by_test_id("next-step").click()
    page.get_by_test_id("central").fill("Xã Đô Lương")
    page.get_by_test_id("delegate-1").fill("Trụ sở tỉnh")
    page.get_by_label("Đại biểu dự tại đây: Trụ sở tỉnh").fill("Phạm D, Chánh Thanh tra")
    page.get_by_test_id("next-step").click()
    page.get_by_test_id("matter-class").click()
    page.get_by_role("option", name="3.").click()
    page.get_by_test_id("reason-online").click()
    page.get_by_role("option", name="Nhiều cấp").click()
    page.get_by_test_id("host").fill("UBND xã Đô Lương")
    page.get_by_test_id("no-secrets").check()
    page.get_by_test_id("create-session").click()
    page.get_by_test_id("next-step-card").wait_for()
    return page.url.split("/")[-2]


@pytest.mark.slow
def test_an_ad_hoc_session_goes_from_nothing_to_its_end_before_two_operators(
    server: Server, browser: BrowserContext
) -> None:
    page = opened(browser, server)
    session_id = create_ad_hoc(page)
    path = f"/sessions/{session_id}"
    missing = page.locator("[data-code=no_chair]")
    assert "Chưa ghi người chủ trì" in missing.inner_text()
    missing.get_by_role("link").click()
    page.get_by_test_id("chair").fill("Nguyễn Văn A")
    page.get_by_test_id("create-session").click()
    page.get_by_test_id("action-approve").click()
    page.get_by_test_id("approver").fill("Nguyễn Văn A")
    page.get_by_test_id("confirm-order").click()
    second = opened(browser, server, f"{path}/prepare")
    session = server.call("GET", path)
    for endpoint in session["endpoints"]:
        page.get_by_test_id(f"waive-{endpoint['id']}").click()
        page.get_by_test_id("reason").fill("Đã gọi điện kiểm tra")
        page.get_by_test_id("confirm-order").click()
        wait_for(lambda: page.get_by_test_id("reason").count() == 0, "the dialog is closed")
    page.get_by_test_id("do-notice").click()
    page.get_by_test_id("action-start").click()
    wait_for(lambda: server.call("GET", path)["state"] == "live", "it is live")
    wait_for(lambda: "bắt đầu buổi tiếp" in second.get_by_test_id("activity").inner_text(), "the second sees it")
    seats = [Seat(browser, server, endpoint) for endpoint in session["endpoints"]]
    seats[0].enter()
    knock(seats[1])
    server.call("POST", f"{path}/endpoints/{seats[1].endpoint['id']}/admit")
    everybody_sees_everybody(seats)
    page.goto(f"{server.base}{path}")
    page.get_by_test_id("end-session").click()
    page.get_by_test_id("waive-script").fill("Hết thời gian")
    page.get_by_test_id("confirm-yes").click()
    wait_for(lambda: server.call("GET", path)["state"] == "ended", "it has ended")
    assert {item["state"] for item in server.call("GET", f"{path}/script")["items"]} == {"waived"}


def test_an_order_on_an_old_version_says_what_the_other_did(server: Server, browser: BrowserContext) -> None:
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    page = opened(browser, server, path)
    page.get_by_test_id("start-session").wait_for()
    # What the page knows stays old: the other operator's order comes between its reading and its click.
    page.route(f"**/api/v1{path}", lambda route: route.abort())
    server.call("POST", f"{path}/start")
    page.get_by_test_id("start-session").click()
    page.get_by_test_id("problem").wait_for()
    assert "đã bắt đầu buổi tiếp lúc" in page.get_by_test_id("problem").inner_text()
    server.end(path)
