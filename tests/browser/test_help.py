"""The help beside each page: opened from the console, searched without accents, from the endpoint's room, as PDF."""

from __future__ import annotations

import io
import urllib.request

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.accessibility import serious_faults
from tests.browser.harness import Seat, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def chapter(page: Page, name: str) -> None:
    expect(page.get_by_test_id("help-chapter")).to_have_attribute("data-chapter", name)


def test_help_opens_beside_the_console_finds_words_without_accents_and_gives_a_pdf(
    browser: BrowserContext, server: Server
) -> None:
    session = server.create(2)
    page = browser.new_page()
    page.goto(f"{server.base}/sessions/{session['id']}#token={server.token}")
    page.get_by_test_id("open-help").click()
    chapter(page, "nguoi-dieu-phoi")
    expect(page.locator("#man-hinh-dieu-hanh")).to_be_in_viewport()
    assert serious_faults(page) == []
    page.get_by_test_id("help-search").fill("mat tieng")
    first = page.get_by_test_id("help-hit").first
    expect(first).to_contain_text("Mất tiếng")
    first.click()
    chapter(page, "su-co-mat-tieng")
    expect(page.get_by_test_id("help-chapter")).to_contain_text("Đề nghị điểm cầu bật micro")
    expect(page.get_by_test_id("open-incidents")).to_be_attached()  # the console is still there behind it
    address = page.get_by_test_id("help-pdf").get_attribute("href")
    with urllib.request.urlopen(f"{server.base}{address}", timeout=60) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        pages = PdfReader(io.BytesIO(answer.read())).pages
    assert len(pages) >= 2
    assert "Mấttiếng" in "".join(pages[0].extract_text().split())


def test_help_is_open_to_who_is_not_signed_in_and_has_an_address(browser: BrowserContext, server: Server) -> None:
    page = browser.new_page()
    page.goto(server.base)
    page.get_by_test_id("open-help").click()
    chapter(page, "dang-nhap")
    page.goto(f"{server.base}/help/su-co-gay-roi")
    chapter(page, "su-co-gay-roi")
    page.get_by_test_id("help-contents").get_by_role("button", name="Mất điện").click()
    chapter(page, "su-co-mat-dien")
    expect(page).to_have_url(f"{server.base}/help/su-co-mat-dien")
    assert serious_faults(page) == []
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Power lost")).to_be_visible()


def test_help_in_an_endpoints_room(browser: BrowserContext, server: Server) -> None:
    session = server.create(1)
    seat = Seat(browser, server, session["endpoints"][1])
    seat.page.get_by_test_id("open-help").click()
    chapter(seat.page, "ky-thuat-vien")
    seat.page.keyboard.press("Escape")
    seat.enter()
    seat.page.get_by_test_id("more-button").click()
    seat.page.get_by_test_id("open-help").click()
    chapter(seat.page, "diem-cau-dai-bieu")
    assert seat.errors == []
