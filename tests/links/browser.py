"""Runs in a network namespace: real Chromium on one page of the app.

`seat LINK` enters a room and stays. `console LINK` opens the operator's page of a session and answers each line that it
reads with a JSON line of what it shows; a line `shot FILE` takes a picture first. `check LINK` measures an endpoint's
line by its technical check.
"""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from tests.browser.harness import CHROMIUM, FLAGS


def stay(page: Page) -> None:
    button = page.get_by_test_id("join-button")
    button.wait_for()
    page.wait_for_function("button => !button.disabled", arg=button.element_handle())
    button.click()
    page.get_by_test_id("mic-button").wait_for()
    say({"joined": True})
    for line in sys.stdin:
        say({"heard": line})


def answer(page: Page) -> None:
    page.locator("table.endpoints").wait_for()
    say({"joined": True})
    for line in sys.stdin:
        if line.startswith("shot "):
            page.screenshot(path=line[5:].strip())
        page.locator("[data-testid=alarms]").wait_for()
        say(page.evaluate(SHOWN))


# At one moment, since the page renews itself: the alarms that are not over yet, the endpoints' rows, the site's bar.
SHOWN = """() => ({
    alarms: [...document.querySelectorAll("[data-testid=alarm][data-over=false]")].map((alarm) => ({
        kind: alarm.dataset.kind, text: alarm.querySelector(".alarm-text").innerText })),
    rows: [...document.querySelectorAll("table.endpoints tr[data-testid]")].map((row) =>
        [...row.querySelectorAll("th, td")].map((cell) => cell.innerText)),
    site: document.querySelector("[data-testid=site-text]").innerText,
})"""


def check(page: Page) -> None:
    page.get_by_test_id("check-button").click()
    page.wait_for_function("() => window.__check && !document.querySelector('[data-testid=run-check]').disabled")
    page.evaluate("window.__check(['line'])")
    say({"measured": True})
    for line in sys.stdin:
        say({"heard": line})


def say(what: dict[str, Any]) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    mode, link = sys.argv[1:]
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(link))
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM,
            headless=True,
            args=[*FLAGS, f"--unsafely-treat-insecure-origin-as-secure={origin}"],
        )
        opened = chromium.new_page(viewport={"width": 1366, "height": 768}, locale="vi-VN")
        opened.goto(link.replace("/join#", "/join?debug=1#") if mode == "check" else link)
        {"seat": stay, "console": answer, "check": check}[mode](opened)
        chromium.close()
