"""Papers of a session and reports in real Chromium."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Download, Page, expect

from signalling.tokens import Tokens
from tests.browser.accessibility import serious_faults
from tests.browser.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def opened(browser: BrowserContext, server: Server, path: str, role: str) -> Page:
    page = browser.new_page()
    token = Tokens.of_data_directory(server.data).issue(role=role, hours=1, name="Trần Thị Bình")
    page.goto(f"{server.base}{path}#token={token}")
    return page


def saved(download: Download) -> bytes:
    return download.path().read_bytes()


def session_that_was_held(server: Server) -> dict[str, Any]:
    """Ad hoc, through the API: approved, waived, live, ended."""
    plan = {
        "host_organisation": "UBND xã Mẫu",
        "chair_name": "Nguyễn Văn Anh",
        "chair_office": "Chủ tịch",
        "matter_class": 3,
    }
    more = {"reason_online": "nhieu_cap_xa_dia_ly", "competent_level": "xa", "no_state_secrets": True, **plan}
    session = server.create(1, "dot_xuat", **more)
    path = f"/sessions/{session['id']}"
    server.call("POST", f"{path}/approve-orally", {"approver": "Nguyễn Văn Anh"})
    for each in session["endpoints"]:
        server.call("POST", f"{path}/endpoints/{each['id']}/waiver", {"reason": "Đã gọi điện kiểm tra", "name": "A"})
    server.call("POST", f"{path}/notice", {})
    server.call("POST", f"{path}/start")
    server.end(path)
    return session


def test_papers_and_reports_are_looked_at_and_saved(server: Server, browser: BrowserContext) -> None:
    session = session_that_was_held(server)
    page = opened(browser, server, f"/sessions/{session['id']}/papers", "secretary")
    expect(page.get_by_test_id("paper-minutes")).to_be_visible()
    expect(page.get_by_test_id("paper-refusal")).to_contain_text("Không có trường hợp từ chối tiếp.")
    assert serious_faults(page) == []
    page.get_by_test_id("minutes-room").click()
    page.get_by_role("option", name="Xã 1").click()
    with page.expect_download() as found:
        page.get_by_test_id("get-minutes-docx").click()
    assert found.value.suggested_filename.startswith("bien-ban-TCD-")
    document = Document(io.BytesIO(saved(found.value)))
    assert any("Bản in cho điểm cầu Xã 1" in each.text for each in document.paragraphs)

    page.get_by_role("link", name="Báo cáo").click()
    expect(page.get_by_test_id("period-year")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("total-sessions")).to_have_text("1")
    expect(page.get_by_test_id("figures")).to_contain_text("1")
    page.get_by_test_id("filter-level").click()
    page.get_by_role("option", name="Cấp tỉnh").click()
    expect(page.get_by_test_id("total-sessions")).to_have_text("0")
    expect(page.get_by_test_id("no-figures")).to_be_visible()
    page.get_by_test_id("no-filter").click()
    expect(page.get_by_test_id("total-sessions")).to_have_text("1")
    assert serious_faults(page) == []
    with page.expect_download() as found:
        page.get_by_test_id("get-statistics-xlsx").click()
    sheet = load_workbook(io.BytesIO(saved(found.value))).worksheets[0]
    assert sheet["B7"].value == 1


def test_a_broken_template_is_explained_on_the_page(server: Server, browser: BrowserContext) -> None:
    own = server.data / "templates" / "phieu-buoi-tiep.docx"
    own.parent.mkdir()
    document = Document()
    document.add_paragraph("Chủ tọa: {{ chiar }}")
    document.save(str(own))
    page = opened(browser, server, f"/sessions/{server.create(1)['id']}/papers", "operator")
    page.get_by_test_id("get-sheet-docx").click()
    problem = page.get_by_test_id("problem")
    expect(problem).to_contain_text("phieu-buoi-tiep.docx")
    expect(problem).to_contain_text("ý bạn là “chair”?")
    page.goto(f"{server.base}/paper-templates")
    row = page.get_by_test_id("template-phieu-buoi-tiep.docx")
    expect(row).to_contain_text("Của cơ quan")
    assert serious_faults(page) == []
    page.get_by_test_id("restore-phieu-buoi-tiep.docx").click()
    page.get_by_test_id("confirm-yes").click()
    expect(row).to_contain_text("Có sẵn")
    assert not own.exists()
