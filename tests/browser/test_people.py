"""Accounts in real Chromium: from the first link to a signed-in security officer; a link that two computers want."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from reception.second_factor import code_at
from tests.browser.harness import CHROMIUM, FLAGS, Server, free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GOOD, OTHER = "Cay-Nho-7-Xanh", "Suoi-Lon-8-Trong"


@pytest.fixture
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    """Chromium whose contexts are computers of their own."""
    found = playwright_driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield found
    found.close()


@pytest.fixture
def first_start(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server at its first start, and the link that makes the administrator."""
    server = Server(tmp_path / "data", free_port())
    server.start()
    assert server.process is not None
    assert server.process.stdout is not None
    yield server, next(line.strip() for line in server.process.stdout if "/setup#" in line)
    server.stop()


def choose_password(page: Page, password: str) -> None:
    page.get_by_label("Mật khẩu mới").first.fill(password)
    page.get_by_label("Nhập lại mật khẩu mới").fill(password)
    page.get_by_role("button", name="Đặt mật khẩu").click()


def set_second_factor(page: Page) -> bytes:
    page.get_by_role("button", name="Cài xác thực hai bước").click()
    text = page.get_by_test_id("totp-secret").inner_text().replace(" ", "")
    expect(page.get_by_role("img", name="Mã QR")).to_be_visible()
    secret = base64.b32decode(text + "=" * (-len(text) % 8))
    page.get_by_label("Mã 6 chữ số trên ứng dụng").fill(code_at(secret, now=time.time()))
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_test_id("recovery-codes").locator("code")).to_have_count(10)
    page.get_by_role("button", name="Tôi đã cất các mã").click()
    return secret


def create_user(page: Page, name: str, role: str) -> str:
    page.get_by_test_id("new-user").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Tên đăng nhập").fill(name)
    form.get_by_label("Vai trò").select_option(role)
    form.get_by_role("button", name="Tạo và lấy đường dẫn").click()
    link = page.get_by_test_id("one-time-link").inner_text()
    page.get_by_role("dialog").get_by_role("button", name="Đóng").click()
    return link


def test_from_the_first_link_to_a_security_officer_who_reads_the_log(
    first_start: tuple[Server, str], chromium: Browser
) -> None:
    server, link = first_start
    admin = chromium.new_context().new_page()
    admin.goto(link)
    admin.get_by_label("Tên đăng nhập").fill("quantri")
    choose_password(admin, "matkhau1234")
    expect(admin.get_by_role("alert")).to_contain_text("dễ đoán")
    choose_password(admin, GOOD)
    expect(admin.get_by_test_id("pending")).to_contain_text("xác thực hai bước")
    expect(admin.get_by_role("link", name="Người dùng")).to_have_count(0)
    secret = set_second_factor(admin)
    admin.get_by_role("link", name="Người dùng").click()
    invitation = create_user(admin, "antoan", "auditor")
    expect(admin.get_by_role("link", name="Nhật ký hệ thống")).to_have_count(0)
    expect(admin.get_by_role("link", name="Bản ghi")).to_have_count(0)

    officer = chromium.new_context().new_page()
    officer.goto(invitation)
    choose_password(officer, OTHER)
    officer.get_by_role("link", name="Nhật ký hệ thống").click()
    expect(officer.get_by_test_id("chain")).to_contain_text("Toàn vẹn")
    expect(officer.get_by_role("row").filter(has_text="Tạo người dùng")).to_contain_text("quantri")

    row = admin.get_by_test_id("user-antoan")
    row.get_by_role("button", name="Việc khác").click()
    admin.get_by_role("menuitem", name="Khóa tài khoản").click()
    admin.get_by_test_id("confirm-yes").click()
    expect(row).to_contain_text("Đã khóa")
    officer.reload()
    expect(officer.get_by_label("Tên đăng nhập")).to_be_visible()

    admin.get_by_test_id("account-menu").click()
    admin.get_by_test_id("sign-out").click()
    admin.get_by_label("Tên đăng nhập").fill("quantri")
    admin.get_by_label("Mật khẩu").fill(GOOD)
    enter = admin.get_by_role("button", name="Đăng nhập", exact=True)
    enter.click()
    admin.get_by_label("Mã xác thực").fill(code_at(secret, now=time.time() + 30))
    enter.click()
    expect(admin.get_by_test_id("account-menu")).to_contain_text("quantri")
    assert "dcs_" not in admin.evaluate("document.cookie + JSON.stringify({...sessionStorage, ...localStorage})")
    assert server.process is not None


def test_a_second_computer_takes_a_seat_by_choice_alone(server: Server, chromium: Browser) -> None:
    link = server.create(1)["endpoints"][1]["join_url"]
    first, second = (chromium.new_context().new_page() for _ in range(2))
    for page in (first, second):
        page.goto(link)
        button = page.get_by_test_id("join-button")
        wait_for(button.is_enabled, "the devices are open")
        button.click()
        if page is first:
            page.get_by_test_id("mic-button").wait_for()
    over = second.get_by_test_id("over")
    expect(over).to_contain_text("đang được dùng trên máy khác")
    expect(first.get_by_test_id("mic-button")).to_be_visible()
    over.get_by_role("button", name="Chuyển sang máy này").click()
    again = second.get_by_test_id("join-button")
    wait_for(again.is_enabled, "the devices are open")
    again.click()
    second.get_by_test_id("mic-button").wait_for()
    expect(first.get_by_test_id("over")).to_contain_text("đang được mở ở nơi khác")
