"""Fixtures: a real server, real Chromium."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from tests.browser.harness import CHROMIUM, FLAGS, Server, free_port


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server with its own data."""
    with tempfile.TemporaryDirectory() as directory:
        running = Server(Path(directory) / "data", free_port())
        running.start()
        yield running
        running.stop()
        failed = [line for line in running.log.read_text().splitlines() if "Traceback" in line]
        assert not failed, running.log.read_text()


@pytest.fixture
def playwright_driver() -> Iterator[Playwright]:
    """Playwright. For each test anew: it keeps an event loop running, in which no other test could run its own."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def browser(playwright_driver: Playwright) -> Iterator[BrowserContext]:
    """Chromium with fake devices and an empty profile."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright_driver.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            ignore_default_args=["--mute-audio"],
            args=FLAGS,
            viewport={"width": 1366, "height": 768},
        )
        yield context
        context.close()
