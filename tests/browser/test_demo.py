"""`make demo`: one command prints a link, the guide ticks what was done, Ctrl-C ends it without a trace."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

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
        process.send_signal(signal.SIGINT)  # its server is a group of its own, and ends with it only so
    process.wait(60)
    process.stdout.close()


@dataclass
class Console:
    """The operator's page with its guide."""

    page: Page

    def row(self, name: str) -> Locator:
        """An endpoint's line."""
        return self.page.locator("tr[data-testid^=endpoint-card-]").filter(has_text=name)

    def choose(self, name: str, choice: str) -> None:
        """From the menu of three dots in an endpoint's line."""
        self.row(name).get_by_test_id("more").click()
        self.page.get_by_role("menuitem", name=choice, exact=True).click()

    def did(self, key: str) -> None:
        """The guide ticks it."""
        expect(self.page.get_by_test_id(f"guide-{key}")).to_have_attribute("data-done", "true", timeout=20_000)


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


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_step_of_the_guide_can_be_done_where_it_says(browser: BrowserContext, demo: Demo) -> None:
    """All forty, in the guide's order as far as the actors' hands and alarms allow."""
    page = browser.new_page()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(demo.operator)
    page.get_by_test_id("guide-toggle").click(timeout=20_000)
    console = Console(page)

    page.get_by_test_id("admit-all").click()
    console.did("admit")
    page.get_by_test_id("queue-next").click(timeout=40_000)  # waits for Xã Kỳ Sơn's hand
    console.did("call")
    page.get_by_test_id("turn").get_by_role("button", name="1 phút").click()
    console.did("extend")
    page.get_by_test_id("queue-stop").click()
    console.did("stop")
    page.get_by_role("button", name="Hạ tay").first.click(timeout=40_000)
    console.did("queue")
    page.get_by_test_id("queue").get_by_test_id("mute-all").click()
    console.did("muteAll")
    centre = console.row("Trụ sở Tiếp công dân tỉnh")
    centre.get_by_test_id("mute").click()
    console.did("mute")
    centre.get_by_test_id("unmute").click()
    console.did("unmute")
    inspectors = "Thanh tra tỉnh"
    for key, choice in (("lock", "Tắt và khóa micro"), ("unlock", "Mở khóa micro")):
        console.choose(inspectors, choice)
        console.did(key)
    for key, choice in (("camera", "Tắt camera"), ("askCamera", "Đề nghị bật camera")):
        console.choose(inspectors, choice)
        console.did(key)
    console.row(inspectors).get_by_test_id("spotlight").click()
    console.did("spotlight")
    page.get_by_title("Lưới: các điểm cầu bằng nhau").click()
    console.did("layout")
    console.choose("Xã Con Cuông", "Hiện camera toàn cảnh")
    console.did("wide")
    page.get_by_test_id("open-documents").click()
    page.get_by_test_id("document-show").first.click()
    console.did("document")
    page.keyboard.press("Escape")

    page.get_by_test_id("item-start").first.click()
    console.did("itemStart")
    page.get_by_test_id("item-stop").click()
    console.did("itemDone")
    page.get_by_test_id("item-skip").first.click()
    page.get_by_test_id("skip-reason").fill("Chạy thử")
    page.get_by_test_id("skip-send").click()
    console.did("itemSkip")
    page.get_by_test_id("marker-text").fill("Thử đánh dấu")
    page.get_by_test_id("set-marker").click()
    console.did("marker")
    page.get_by_test_id("confidence").click()
    console.did("confidence")
    page.keyboard.press("Escape")

    alarms = page.get_by_test_id("alarms")
    alarms.get_by_test_id("alarm-take").first.click(timeout=60_000)  # Xã Tương Dương's line
    console.did("take")
    alarms.get_by_test_id("alarm-playbook").first.click()
    console.did("playbook")
    page.get_by_test_id("incident").locator("[data-testid^=step-]").first.click()
    console.did("step")
    page.get_by_test_id("incident-outcome").fill("Đã chuyển đường dự phòng")
    page.get_by_test_id("incident-close").click()
    console.did("close")
    page.keyboard.press("Escape")
    alarms.get_by_test_id("alarm-done").first.click(timeout=60_000)
    console.did("done")
    page.get_by_test_id("announce").click()
    page.get_by_test_id("announce-text").fill("Nghỉ giải lao 10 phút")
    page.get_by_test_id("announce-send").click()
    console.did("announce")
    page.get_by_test_id("roll-call").click()
    roll = page.locator('[data-testid^="roll-"]').filter(has=page.get_by_test_id("roll-add")).first
    roll.get_by_test_id("roll-add").click()
    roll.get_by_placeholder("Họ và tên").last.fill("Nguyễn Văn Ân")
    roll.get_by_test_id("roll-save").click()
    console.did("roll")
    page.keyboard.press("Escape")

    console.choose("Xã Tương Dương", "Chỉ âm thanh")
    console.did("audioOnly")
    console.row(inspectors).get_by_test_id("open-details").click()
    page.get_by_test_id("cap-down").fill("2")
    page.get_by_test_id("set-caps").click()
    console.did("limits")
    page.keyboard.press("Escape")
    page.get_by_test_id("session-profile").click()
    page.get_by_role("option").nth(1).click()
    console.did("profile")
    console.choose(inspectors, "Đưa về phòng chờ")
    console.did("hold")
    page.get_by_test_id("lobby-switch").click(force=True)
    console.did("lobby")
    room = page.get_by_test_id("room-card")
    room.get_by_role("textbox").fill("Xã Mường Xén")
    room.get_by_role("button", name="Mời thêm điểm cầu").click()
    console.did("invite")
    page.get_by_test_id("restart-recording").click()
    page.get_by_test_id("confirm-yes").click()
    console.did("restart")
    for key in ("pause", "interrupt"):
        page.get_by_test_id(f"{key}-session").click()
        console.did(key)
        page.get_by_test_id("resume-session").click()
        console.did("resume")
    console.choose("Phường Trường Vinh", "Mời ra khỏi phòng")
    page.get_by_test_id("confirm-yes").click()
    console.did("remove")
    expect(page.get_by_test_id("guide-count")).to_contain_text("39/40")
    page.get_by_test_id("end-session").click()
    page.get_by_test_id("waive-script").fill("Chạy thử xong")
    page.get_by_test_id("confirm-yes").click()
    console.did("end")
    expect(page.get_by_test_id("guide-over")).to_be_visible()
