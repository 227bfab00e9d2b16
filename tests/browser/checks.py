"""Driving the technical check's page in Chromium, and files for its fake devices."""

from __future__ import annotations

import struct
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser.harness import CHROMIUM, FLAGS, Server, wait_for

RATE = 48_000


@contextmanager
def chromium(driver: Playwright, *flags: str, width: int = 1366, height: int = 768) -> Iterator[BrowserContext]:
    """Chromium with fake devices as the flags say."""
    with TemporaryDirectory() as profile:
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            ignore_default_args=["--mute-audio"],
            args=[*FLAGS, *flags],
            viewport={"width": width, "height": height},
            locale="vi-VN",
        )
        yield context
        context.close()


def picture_file(path: Path, *, luma: int, noise: int, moving: bool, size: tuple[int, int] = (1280, 720)) -> Path:
    """A Y4M of some pictures; Chromium plays it again and again."""
    width, height = size
    random = np.random.default_rng(1)
    frames = 10 if moving else 1
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C420mpeg2\n".encode())
        for _ in range(frames):
            grey = random.integers(-noise, noise + 1, (height // 8, width // 8)) if noise else np.zeros((1, 1))
            grey = np.kron(grey, np.ones((8, 8))) if noise else np.zeros((height, width))
            file.write(b"FRAME\n" + np.clip(luma + grey, 0, 255).astype(np.uint8).tobytes())
            file.write(bytes([128]) * (width * height // 2))
    return path


def sound_file(path: Path, *, loud: float, quiet: float = 0.0005, clipped: bool = False) -> Path:
    """Half a second of tone, half a second of faint noise, and so on. `loud`, `quiet`: amplitudes, 1 the full scale."""
    random = np.random.default_rng(2)
    time = np.arange(RATE * 4) / RATE
    tone = loud * np.sin(2 * np.pi * 440 * time) * ((time * 2).astype(int) % 2 == 0)
    samples = tone + quiet * random.standard_normal(time.size)
    if clipped:
        samples = samples * 20
    return write_wave(path, samples)


def write_wave(path: Path, samples: Any) -> Path:
    """Mono, 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        whole = np.clip(samples * 32767, -32767, 32767).astype("<i2")
        file.writeframes(struct.pack(f"<{whole.size}h", *whole))
    return path


class CheckPage:
    """The check of one endpoint."""

    def __init__(self, context: BrowserContext, server: Server, endpoint: dict[str, Any]) -> None:
        self.server, self.endpoint = server, endpoint
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{server.base}/join?debug=1#{endpoint['token']}")
        self.page.get_by_test_id("check-button").click()
        button = self.page.get_by_test_id("run-check")
        wait_for(button.is_enabled, "the devices are open")

    def run(self, timeout_s: float = 120) -> None:
        """The automatic part, to its end."""
        button = self.page.get_by_test_id("run-check")
        button.click()
        wait_for(lambda: button.get_attribute("data-loading") is not None, "it begins")
        wait_for(lambda: button.get_attribute("data-loading") is None, "it ends", timeout_s=timeout_s)

    def measure(self, *steps: str) -> dict[str, Any]:
        """Only these steps of the automatic part: computer, picture, sound, loop, decode, line, clip."""
        self.page.evaluate("steps => window.__check(steps)", list(steps))
        return self.values()

    def values(self) -> dict[str, Any]:
        """By key, (value, verdict) as the server has them."""
        session = self.server.call("GET", "/me", token=self.endpoint["token"])["session_id"]
        view = self.server.call("GET", f"/sessions/{session}/preflight", token=self.endpoint["token"])
        checks = [check for item in view["endpoints"][0]["items"] for check in item["checks"]]
        return {check["key"]: (check["value"], check["verdict"]) for check in checks if check["value"] is not None}
