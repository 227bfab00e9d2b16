"""Firefox ESR as an endpoint, driven by Marionette. Prints JSON of what its getStats says.

usage: firefox_client.py JOIN_URL SECONDS
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PORT = 2828
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.devices.insecure.enabled": True,
    "media.getusermedia.insecure.enabled": True,
    "media.autoplay.default": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "media.gmp-manager.updateEnabled": False,
}
STATS = """
const done = arguments[arguments.length - 1];
const pc = window.__diemcau.snapshot().link.pc;
pc.getStats().then(report => {
  const found = [];
  report.forEach(r => { if (r.type === 'inbound-rtp' || r.type === 'outbound-rtp')
    found.push({type: r.type, kind: r.kind, rid: r.rid || '', packets: r.packetsReceived || r.packetsSent || 0,
                frames: r.framesDecoded || r.framesSent || 0, width: r.frameWidth || 0}); });
  done(JSON.stringify({state: pc.connectionState, streams: found}));
});
"""


class Marionette:
    """Firefox's remote protocol: length-prefixed JSON."""

    def __init__(self) -> None:
        end = time.monotonic() + 40
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", PORT), timeout=60)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
        self._buffer = b""
        self._read()
        self._id = 0
        self.call("WebDriver:NewSession", {})

    def call(self, name: str, parameters: dict[str, Any]) -> Any:
        self._id += 1
        text = json.dumps([0, self._id, name, parameters])
        self._socket.sendall(f"{len(text)}:{text}".encode())
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(error)
        return result

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._buffer += self._socket.recv(65536)
        size, _, rest = self._buffer.partition(b":")
        while len(rest) < int(size):
            rest += self._socket.recv(65536)
        self._buffer = rest[int(size) :]
        return json.loads(rest[: int(size)])

    def script(self, text: str, *, waits: bool = False) -> Any:
        name = "WebDriver:ExecuteAsyncScript" if waits else "WebDriver:ExecuteScript"
        return self.call(name, {"script": text, "args": []})["value"]


def until(browser: Marionette, condition: str) -> None:
    end = time.monotonic() + 30
    while not browser.script(f"return !!({condition});"):
        if time.monotonic() > end:
            raise RuntimeError(f"not in time: {condition}")
        time.sleep(0.3)


def main() -> None:
    url, seconds = sys.argv[1], float(sys.argv[2])
    with tempfile.TemporaryDirectory() as profile:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (Path(profile) / "user.js").write_text("\n".join(lines))
        command = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", profile]
        firefox = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            browser = Marionette()
            browser.call("WebDriver:Navigate", {"url": url})
            until(browser, "document.querySelector('[data-testid=join-button]:not([disabled])')")
            browser.script("document.querySelector('[data-testid=join-button]').click();")
            until(browser, "document.querySelector('[data-testid=mic-button]')")
            time.sleep(seconds)
            print(browser.script(STATS, waits=True), flush=True)
        finally:
            firefox.terminate()
            firefox.wait(20)


if __name__ == "__main__":
    main()
