"""A recording is asked for, approved and taken on its pages: secretary, chair, archivist, delegate."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from signalling.tokens import Tokens
from tests.browser.accessibility import serious_faults
from tests.browser.harness import Server, free_port
from tests.browser.test_archive import fill
from tests.browser.test_storage import opened, say, shot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server with a session that has ended, and its id."""
    data, found = tmp_path_factory.mktemp("exports") / "data", []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(fill(data))))  # apart from Playwright's loop
    thread.start()
    thread.join()
    running = Server(data, free_port())
    running.start()
    yield running, found[0]
    running.stop()
    assert "Traceback" not in running.log.read_text()


def test_a_package_goes_from_request_over_approval_to_who_asked(
    browser: BrowserContext, kept: tuple[Server, str]
) -> None:
    server, session = kept
    page = opened(browser, server, f"/sessions/{session}/archive", "secretary", "Lê Thị Bình")
    page.get_by_test_id("ask-purpose").fill("Gửi Thanh tra tỉnh theo Công văn 12")
    page.get_by_test_id("ask-export").click()
    expect(page.get_by_test_id("request-state")).to_have_text("Chờ duyệt")
    assert serious_faults(page) == []
    shot(page, "exports-archive")
    chair = opened(browser, server, "/exports", "chair", "Nguyễn Văn An")
    expect(chair.get_by_text("Gửi Thanh tra tỉnh theo Công văn 12")).to_be_visible()
    shot(chair, "exports-chair")
    assert serious_faults(chair) == []
    chair.get_by_test_id("approve-export").click()
    expect(chair.get_by_test_id("request-state")).to_have_text("Đã duyệt, chờ thực hiện")
    archivist = opened(browser, server, "/exports", "archivist", "Trần Văn Cường")
    archivist.get_by_test_id("carry-out").click()
    expect(archivist.get_by_test_id("request-state")).to_have_text("Lấy được")
    page.reload()
    with page.expect_download() as taken:
        page.get_by_test_id("take-export").click()
    assert taken.value.suggested_filename.endswith(".tar")
    expect(page.get_by_test_id("exports")).to_contain_text("Đã lấy 1 lần")


def ask(page: Page) -> None:
    page.get_by_test_id("ask-purpose").fill("Trả lời công dân theo kết luận")
    page.get_by_test_id("ask-export").click()
    expect(page.get_by_test_id("request-state")).to_have_text("Chờ duyệt")


def test_a_delegate_asks_to_play_and_reads_why_not_and_then_plays(
    browser: BrowserContext, kept: tuple[Server, str]
) -> None:
    server, session = kept
    token = Tokens.of_data_directory(server.data).issue(role="delegate", hours=1, name="Dung", unit="Trụ sở tỉnh")
    page = browser.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{server.base}/exports?session={session}#token={token}")
    chair = opened(browser, server, "/exports", "chair", "Nguyễn Văn An")
    ask(page)
    shot(page, "exports-delegate")
    chair.get_by_test_id("refuse-export").click()
    say(chair, "Chưa nêu rõ nội dung cần xem")
    expect(chair.get_by_test_id("refuse-export")).to_have_count(0)
    page.get_by_test_id("which-requests").get_by_text("Từ chối, hết hạn").click()
    expect(page.get_by_text("Lý do: Chưa nêu rõ nội dung cần xem")).to_be_visible()
    page.get_by_test_id("which-requests").get_by_text("Đang xử lý").click()
    ask(page)
    chair.get_by_test_id("approve-export").click()
    expect(chair.get_by_test_id("request-state").first).to_have_text("Đã duyệt, chờ thực hiện")
    opened(browser, server, "/exports", "archivist", "Trần Văn Cường").get_by_test_id("carry-out").click()
    page.get_by_test_id("play-export").click()
    expect(page.locator("video").first).to_be_attached()
    expect(page.get_by_text("Xem được đến")).to_be_visible()
    assert serious_faults(page) == []
