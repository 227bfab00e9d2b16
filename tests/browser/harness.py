"""A real server, real Chromium, fake capture devices."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from benchmarks.running import free_port

__all__ = ["CHROMIUM", "FLAGS", "Seat", "Server", "everybody_sees_everybody", "free_port", "wait_for"]

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--auto-select-desktop-capture-source=Entire screen",
]


def wait_for(condition: Callable[[], Any], what: str, *, timeout_s: float = 40.0) -> Any:
    """The first true value of `condition`."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"not within {timeout_s} s: {what}")


class Server:
    """`diemcau serve` as a process of its own."""

    def __init__(self, data: Path, port: int, *arguments: str, countdown_s: float = 0) -> None:
        """`arguments`: further ones of `diemcau serve`. countdown_s: before a session that a page starts."""
        self.data, self.port, self._arguments = data, port, arguments
        self._environment = {**os.environ, "DIEMCAU_RECEPTION__COUNTDOWN_S": str(countdown_s)}
        self.base = f"http://127.0.0.1:{port}"
        self.token = ""
        self.process: subprocess.Popen[str] | None = None
        self.log = data / "server.log"

    def start(self) -> None:
        """Start and wait for the operator's link."""
        self.data.mkdir(parents=True, exist_ok=True)
        diemcau = Path(sys.executable).with_name("diemcau")
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [str(diemcau), "serve", "--port", str(self.port), "--data", str(self.data), *self._arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._environment,
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "#token=" in line:
                self.token = line.strip().partition("#token=")[2]
                return
        raise AssertionError(f"the server did not start: {self.log.read_text()}")

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self._close()

    def stop(self) -> None:
        """In order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        self._close()

    def _close(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """The API; raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token if token is None else token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def problem(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, Any]:
        """Status and problem document of a call that must fail."""
        try:
            self.call(method, path, body, token=token)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        raise AssertionError("the call succeeded")

    def create(self, delegates: int, kind: str = "rehearsal", **more: Any) -> dict[str, Any]:
        """A session with one centre and some delegates; `more`: further keys of the body."""
        names = [{"name": f"Xã {number}"} for number in range(1, delegates + 1)]
        body = {"title": "Buổi thử", "kind": kind, "central": {"name": "Trung tâm"}, "delegates": names}
        body |= more
        session: dict[str, Any] = self.call("POST", "/sessions", body)
        return session

    def end(self, path: str, **more: Any) -> dict[str, Any]:
        """End the session of this path, /sessions/ID, whatever of its procedure is left."""
        found: dict[str, Any] = self.call("POST", f"{path}/end", {"waive": "Buổi thử", **more})
        return found

    def endpoints(self, session: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The endpoints now, by name."""
        return {each["name"]: each for each in self.call("GET", f"/sessions/{session['id']}")["endpoints"]}


class Seat:
    """An endpoint's page."""

    def __init__(self, context: BrowserContext, server: Server, endpoint: dict[str, Any]) -> None:
        self.endpoint = endpoint
        self.name: str = endpoint["name"]
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{server.base}/join?debug=1#{endpoint['token']}")

    def enter(self) -> float:
        """Click join; seconds until the room shows."""
        button = self.page.get_by_test_id("join-button")
        wait_for(button.is_enabled, "the devices are open")
        begun = time.monotonic()
        button.click()
        self.page.get_by_test_id("mic-button").wait_for()
        return time.monotonic() - begun

    def inbound(self) -> list[dict[str, Any]]:
        """getStats of what this page receives."""
        found: list[dict[str, Any]] = self.page.evaluate(
            """async () => {
              const pc = window.__diemcau.snapshot().link?.pc; if (!pc) return [];
              return [...(await pc.getStats()).values()].filter(r => r.type === 'inbound-rtp');
            }"""
        )
        return found

    def pictures(self) -> dict[str, dict[str, Any]]:
        """Inbound video of each slot by the endpoint's id: framesDecoded, frameWidth, freezeCount."""
        by_mid = {each.get("mid"): each for each in self.inbound() if each["kind"] == "video"}
        slots = self.page.evaluate(
            """() => { const s = window.__diemcau.snapshot(); const link = s.link; if (!s.slots || !link) return [];
              return s.slots.slots.filter(x => x.endpoint_id).map(x => {
                const t = link.pc.getTransceivers().find(t => t.receiver.track === link.slots[x.index].video);
                return [x.endpoint_id, t.mid, x.video]; }); }"""
        )
        return {endpoint: {**by_mid.get(mid, {}), "state": state} for endpoint, mid, state in slots}

    def state(self) -> dict[str, Any]:
        """The engine's state, without its link."""
        found: dict[str, Any] = self.page.evaluate("() => ({...window.__diemcau.snapshot(), link: null})")
        return found


def everybody_sees_everybody(seats: list[Seat], *, more_than: int = 10) -> None:
    """Wait until each page decodes each other's picture."""
    for seat in seats:
        others = {other.endpoint["id"] for other in seats if other is not seat}

        def sees(seat: Seat = seat, others: set[str] = others) -> bool:
            pictures = seat.pictures()
            return all(pictures.get(each, {}).get("framesDecoded", 0) > more_than for each in others)

        wait_for(sees, f"{seat.name} sees everybody: {seat.pictures()}")
