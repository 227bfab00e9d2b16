"""Files for use from the recording's page: asked for, watched while they are made, fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.harness import Server, free_port
from tests.recorder.flashes import FlashingEndpoint, flashing_recording

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    events: list[tuple[float, dict[str, Any]]] = [
        (0.1, {"kind": "start"}),
        (1.0, {"kind": "speak", "endpoint_id": "e1"}),
    ]
    endpoints = [FlashingEndpoint(number, [(0.0, 8.0)]) for number in range(3)]
    flashing_recording(tmp_path / "data", endpoints, events=events)
    running = Server(tmp_path / "data", free_port())
    running.start()
    yield running
    running.stop()


def test_a_person_asks_for_files_and_fetches_them(server: Server, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{server.base}/recordings/s1#token={server.token}")
    page.get_by_test_id("purpose").fill("Kiểm tra bản ghi")
    page.get_by_test_id("ask-access").click()
    make = page.get_by_test_id("derivative-composed")
    make.wait_for()
    assert make.is_disabled(), "first what it is for"
    page.get_by_test_id("derivative-purpose").fill("Gửi Thanh tra tỉnh theo Công văn số 12")
    make.click()
    page.get_by_test_id("extract-from").fill("0:02")
    page.get_by_test_id("extract-to").fill("0:05")
    page.get_by_test_id("derivative-extract").click()
    jobs = page.get_by_test_id("derivative-jobs")
    jobs.locator("[data-state=done]").nth(1).wait_for(timeout=120_000)
    if shots := os.environ.get("SHOTS"):
        jobs.scroll_into_view_if_needed()
        page.screenshot(path=f"{shots}/derivatives-1366.png", full_page=True)
        page.set_viewport_size({"width": 1920, "height": 1080})
        page.screenshot(path=f"{shots}/derivatives-1920.png", full_page=True)
    assert jobs.get_by_text("Gửi Thanh tra tỉnh theo Công văn số 12").count() == 2
    with page.expect_download() as fetched:
        jobs.locator("a").nth(1).click()
    assert fetched.value.suggested_filename == "composed.mp4"
    assert Path(fetched.value.path()).read_bytes()[4:8] == b"ftyp"
    derived = server.data / "recordings" / "s1" / "derived"
    assert len(list(derived.iterdir())) == 2
    assert server.call("GET", "/recordings/s1/verify")["verdict"] == "whole"
