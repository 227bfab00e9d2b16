"""The secretary's desk in real Chromium, and a document that some rooms see and others do not."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from signalling.tokens import Tokens
from tests.browser.accessibility import serious_faults
from tests.browser.harness import Seat, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NUMBER = "040080001234"


@pytest.fixture(autouse=True)
def patience() -> None:
    """A slow machine draws a page of a document beside three rooms' pictures."""
    expect.set_options(timeout=20_000)


def pdf_of(texts: list[str]) -> bytes:
    """A PDF with one line of text a page, small enough to be written by hand."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(texts)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(texts)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for index, text in enumerate(texts):
        stream = f"BT /F1 60 Tf 40 100 Td ({text}) Tj ET"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 240]/Contents {5 + 2 * index} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{each}endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
    return out + f"{head}trailer<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n".encode()


def desk(server: Server, browser: BrowserContext, session: dict[str, Any]) -> Page:
    """The secretary's page."""
    token = Tokens.of_data_directory(server.data).issue(role="secretary", hours=1, name="Thư ký")
    page = browser.new_page()
    page.goto(f"{server.base}/sessions/{session['id']}/secretary#token={token}")
    page.get_by_test_id("note-text").wait_for()
    return page


def choose(page: Page, field: str, option: str) -> None:
    """An option of a Select."""
    page.get_by_test_id(field).click()
    page.get_by_role("option", name=option, exact=True).click()


def running(server: Server) -> tuple[dict[str, Any], str]:
    """A live rehearsal whose first item runs."""
    session = server.create(2, lobby=False)
    path = f"/sessions/{session['id']}"
    titles = [{"title": "Công dân trình bày", "speaker": "Ông A"}, {"title": "Kết luận"}]
    items = server.call("PUT", f"{path}/script", {"items": titles})["items"]
    server.call("POST", f"{path}/start")
    server.call("POST", f"{path}/script/{items[0]['id']}/start")
    server.call("POST", f"{path}/endpoints/{session['endpoints'][1]['id']}/call", {})
    return session, path


def test_a_secretary_takes_notes_and_writes_down_who_came_and_what_was_decided(
    server: Server, browser: BrowserContext
) -> None:
    session, path = running(server)
    page = desk(server, browser, session)
    page.keyboard.press("Alt+Digit2")
    page.keyboard.press("Alt+KeyN")
    page.keyboard.type("Sở Tài nguyên đề nghị đo lại")
    page.keyboard.press("Control+Enter")
    note = page.get_by_test_id("note")
    expect(note).to_contain_text("Sở Tài nguyên đề nghị đo lại")
    expect(note).to_contain_text("Xã 1")
    expect(note).to_contain_text("Ý kiến của cơ quan · Công dân trình bày")
    expect(note.locator("time")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    expect(page.get_by_test_id("note-text")).to_have_value("")

    expect(page.get_by_test_id("mark")).to_contain_text("Bắt đầu mục: Công dân trình bày")

    page.get_by_test_id("citizen-add").click()
    page.get_by_test_id("citizen-name").fill("Lô Thị Đào")
    page.get_by_test_id("citizen-number").fill(NUMBER)
    choose(page, "citizen-room", "Xã 1")
    page.get_by_test_id("citizen-checked").fill("Cán bộ xã 1")
    page.get_by_test_id("citizen-acknowledged").check()
    page.get_by_test_id("citizen-save").click()
    expect(page.get_by_test_id("citizen")).to_contain_text(NUMBER)
    expect(page.get_by_test_id("citizen")).to_contain_text("Cán bộ xã 1 đã kiểm tra giấy tờ")

    page.get_by_test_id("matter-summary").fill("Đề nghị đo lại đất ở")
    choose(page, "matter-outcome", "Đã kết luận")
    page.get_by_test_id("matter-save").click()
    expect(page.get_by_test_id("outcome")).to_have_text("Đã kết luận")

    page.get_by_test_id("tab-conclusions").click()
    page.get_by_test_id("conclusion-task").fill("Đo lại thửa đất")
    page.get_by_test_id("conclusion-owner").fill("UBND xã 1")
    page.get_by_test_id("conclusion-deadline").fill("2999-12-31")
    page.get_by_test_id("conclusion-add").click()
    expect(page.get_by_test_id("conclusion")).to_contain_text("UBND xã 1 · hạn 31/12/2999")
    assert serious_faults(page) == []

    server.call("POST", f"{path}/end", {"waive": "hết giờ"})
    page.get_by_test_id("note-edit").click()
    page.get_by_test_id("note-editor").fill("Sở Tài nguyên đề nghị đo lại thửa 12")
    page.get_by_test_id("note-save").click()
    expect(note).to_contain_text("đã sửa")
    expect(page.get_by_role("link", name=re.compile("Nghe, xem lại từ"))).to_be_visible()


def test_a_document_is_shown_to_some_rooms_and_not_to_others(server: Server, browser: BrowserContext) -> None:
    session, path = running(server)
    centre, citizens, body = (Seat(browser, server, endpoint) for endpoint in session["endpoints"])
    for seat in (centre, citizens, body):
        seat.enter()
    server.call("POST", f"{path}/citizens", {"name": "Ông A"}, token=citizens.endpoint["token"])
    page = desk(server, browser, session)
    page.get_by_test_id("tab-documents").click()
    content = pdf_of(["TRANG 1", "TRANG 2"])
    file = {"name": "Ban ve.pdf", "mimeType": "application/pdf", "buffer": content}
    sheet = page.get_by_test_id("documents")
    sheet.locator('input[type="file"]').set_input_files(files=[file])  # type: ignore[list-item]
    expect(sheet.get_by_label("Số trang")).to_have_value("2")
    choose(page, "document-visibility", "Các cơ quan")
    page.get_by_test_id("document-from").fill("Sở Xây dựng")
    page.get_by_test_id("document-send").click()
    page.get_by_test_id("document-show").click()
    shown = page.get_by_test_id("document-shown")
    expect(shown).to_contain_text("Hiện trên màn hình của: Trung tâm, Xã 2")

    for seat in (centre, body):
        expect(seat.page.get_by_test_id("document-page")).to_have_attribute("data-page", "1")
    expect(citizens.page.get_by_test_id("document-hidden")).to_be_visible()
    expect(citizens.page.get_by_test_id("document-stage")).to_have_count(0)
    page.get_by_test_id("document-next-page").click()
    expect(body.page.get_by_test_id("document-page")).to_have_attribute("data-page", "2")
    drawn = body.page.get_by_test_id("document-page").evaluate(
        "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    )
    assert drawn > 2  # text on a sheet, not an empty one

    centre.page.get_by_test_id("chair-view").click()
    centre.page.get_by_test_id("chair-documents").click()
    centre.page.get_by_test_id("document-hide").click()
    for seat in (centre, body):
        expect(seat.page.get_by_test_id("document-stage")).to_have_count(0)
    expect(citizens.page.get_by_test_id("document-hidden")).to_have_count(0)
    (kept,) = server.call("GET", f"{path}/documents")["documents"]
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert not centre.errors + citizens.errors + body.errors
