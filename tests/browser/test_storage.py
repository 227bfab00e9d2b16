"""The page "Lưu trữ" and a recording's storage card: an external disk, a hold, destruction by two persons."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port, wait_for
from tests.recorder.made import make_sealed
from tests.recorder.mounts import needs_root, small_disk

pytestmark = [pytest.mark.browser, needs_root, pytest.mark.timeout(180)]
SHOTS = os.environ.get("DIEMCAU_SHOTS", "")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    data = tmp_path / "data"
    make_sealed(data)
    config = tmp_path / "c.toml"
    config.write_text(
        f'[storage]\nmount_roots = ["{tmp_path}/media"]\n[storage.retention]\nrehearsal_days = 1\n', encoding="utf-8"
    )
    with small_disk(tmp_path / "media" / "USB", 16):
        running = Server(data, free_port(), "--config", str(config))
        running.start()
        yield running
        running.stop()
        assert "Traceback" not in running.log.read_text()
        if not (tmp_path / "media" / "USB").is_mount():  # the page unmounted it
            subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(tmp_path / "media" / "USB")], check=True)


def opened(browser: BrowserContext, server: Server, path: str, role: str, name: str) -> Page:
    token = Tokens.of_data_directory(server.data).issue(role=role, hours=1, name=name)
    page = browser.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{server.base}{path}#token={token}")
    return page


def shot(page: Page, name: str) -> None:
    """For whoever wants to look at it: DIEMCAU_SHOTS=DIRECTORY."""
    if SHOTS:
        for width, height in ((1366, 768), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


def say(page: Page, reason: str) -> None:
    page.get_by_test_id("reason").fill(reason)
    page.get_by_test_id("reason-yes").click()


def test_a_recording_goes_to_an_external_disk_that_is_then_safe_to_remove(
    browser: BrowserContext, server: Server
) -> None:
    page = opened(browser, server, "/recordings/s1", "archivist", "Trần Văn Bình")
    page.get_by_test_id("copy-to-disk").click()
    say(page, "Giao nộp lưu trữ cơ quan")
    expect(page.get_by_test_id("copy-state")).to_have_text("Đã kiểm tra", timeout=40_000)
    page.get_by_test_id("show-access-log").click()
    expect(page.get_by_test_id("access-log")).to_contain_text("Giao nộp lưu trữ cơ quan")
    expect(page.get_by_test_id("access-log")).to_contain_text("Trần Văn Bình")
    shot(page, "recording")
    page.goto(f"{server.base}/storage")
    expect(page.get_by_test_id("disk-recordings").get_by_test_id("hours-left")).to_contain_text(
        re.compile("ngày|giờ|phút")
    )
    page.get_by_test_id("check-now").click()
    expect(page.get_by_test_id("fixity-result")).to_contain_text("1 bản ghi nguyên vẹn", timeout=40_000)
    shot(page, "storage")
    page.get_by_test_id("eject").click()
    disk = server.data.parent / "media" / "USB"
    wait_for(lambda: not disk.is_mount(), "the disk is unmounted")
    expect(page.get_by_test_id("eject-result")).to_contain_text("AN TOÀN")
    expect(page.get_by_test_id("disk-external")).to_have_count(0)


def test_a_hold_keeps_it_and_two_persons_destroy_it(browser: BrowserContext, server: Server) -> None:
    page = opened(browser, server, "/recordings/s1", "archivist", "Trần Văn Bình")
    page.get_by_test_id("toggle-hold").click()
    say(page, "Có đơn tố cáo")
    expect(page.get_by_test_id("hold")).to_contain_text("Có đơn tố cáo")
    expect(page.get_by_test_id("ask-destroy")).to_be_disabled()
    page.get_by_test_id("toggle-hold").click()
    say(page, "Đã giải quyết xong")
    page.get_by_test_id("ask-destroy").click()
    say(page, "Hết thời hạn")
    expect(page.get_by_test_id("approve-destroy")).to_be_disabled()
    shot(page, "deletion")
    chair = opened(browser, server, "/recordings/s1", "chair", "Lê Thị Hoa")
    chair.get_by_test_id("approve-destroy").click()
    say(chair, "Đồng ý hủy")
    wait_for(lambda: not (server.data / "recordings" / "s1").exists(), "it is destroyed")
    page.goto(f"{server.base}/storage")
    page.get_by_test_id("destructions").get_by_role("button").first.click()
    expect(page.get_by_test_id("destructions")).to_contain_text("Lê Thị Hoa")
    shot(page, "destroyed")
