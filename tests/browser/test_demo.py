"""`make demo`: one command prints a link, the guide ticks what was done, Ctrl-C ends it without a trace."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.harness import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]


@dataclass
class Demo:
    process: subprocess.Popen[str]
    operator: str


@pytest.fixture
def demo() -> Iterator[Demo]:
    command = [sys.executable, "-m", "benchmarks.demo", "--port", str(free_port()), "--clip-seconds", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        found = re.search(r"operator: +(\S+)", text)
        if found and "Ctrl-C" in line:
            break
    else:
        raise AssertionError(text)
    yield Demo(process, found[1])
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.slow
def test_the_guide_names_each_action_and_ticks_it_when_it_was_done(browser: BrowserContext, demo: Demo) -> None:
    page = browser.new_page()
    page.goto(demo.operator)
    expect(page.get_by_test_id("guide-count")).to_contain_text("0/", timeout=20_000)
    expect(page.get_by_test_id("lobby-bar")).to_contain_text("Phường Trường Vinh")
    page.get_by_test_id("guide-toggle").click()
    expect(page.get_by_test_id("guide-admit")).to_have_attribute("data-done", "false")
    page.get_by_test_id("lobby-bar").get_by_role("button").first.click()
    expect(page.get_by_test_id("guide-admit")).to_have_attribute("data-done", "true", timeout=15_000)
    page.get_by_test_id("marker-text").fill("Thử đánh dấu")
    page.get_by_test_id("set-marker").click()
    expect(page.get_by_test_id("guide-marker")).to_have_attribute("data-done", "true", timeout=15_000)
    page.get_by_test_id("queue-next").click(timeout=20_000)  # Xã Kỳ Sơn raises its hand after a few seconds
    expect(page.get_by_test_id("guide-call")).to_have_attribute("data-done", "true", timeout=15_000)
    expect(page.get_by_test_id("turn")).to_contain_text("Xã Kỳ Sơn")
    expect(page.get_by_test_id("alarms")).to_contain_text("Xã Tương Dương", timeout=30_000)  # its line loses packets
    expect(page.get_by_test_id("guide-count")).to_contain_text("3/")
    page.reload()  # what was done is known by the session's events
    expect(page.get_by_test_id("guide-count")).to_contain_text("3/", timeout=20_000)
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(30) == 0
    assert demo.process.stdout is not None
    assert "Đã dừng" in demo.process.stdout.read()
