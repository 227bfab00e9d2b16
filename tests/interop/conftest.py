"""A network namespace with an address of its own: aiortc, libnice and Firefox use no loopback address."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMESPACE = "dc-test-island"
ADDRESS = "10.202.0.1"
ROOT = Path(__file__).parents[2]


class Island:
    """A server in the namespace, and commands beside it."""

    def __init__(self, data: str) -> None:
        self.base = f"http://{ADDRESS}:8080"
        diemcau = str(Path(sys.executable).with_name("diemcau"))
        self.server = self.start(diemcau, "serve", "--host", ADDRESS, "--port", "8080", "--data", data)
        assert self.server.stdout is not None
        self.token = next(text.partition("#token=")[2].strip() for text in self.server.stdout if "#token=" in text)

    def start(self, *command: str) -> subprocess.Popen[str]:
        """A process in the namespace."""
        return subprocess.Popen(
            ["ip", "netns", "exec", NAMESPACE, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )

    def output(self, process: subprocess.Popen[str], *, timeout_s: float = 60) -> str:
        """What it printed until its end."""
        text, _ = process.communicate(timeout=timeout_s)
        return text

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The API."""
        command = [
            "curl",
            "-sf",
            "-X",
            method,
            "-H",
            f"Authorization: Bearer {self.token}",
            f"{self.base}/api/v1{path}",
        ]
        if body is not None:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        return json.loads(self.output(self.start(*command)))

    def create(self, delegates: int) -> dict[str, Any]:
        """A session."""
        names = [{"name": f"Xã {number}"} for number in range(1, delegates + 1)]
        body = {"title": "Liên thông", "kind": "rehearsal", "central": {"name": "Trung tâm"}, "delegates": names}
        session: dict[str, Any] = self.call("POST", "/sessions", body)
        return session

    def stop(self) -> None:
        """End the server."""
        self.server.terminate()
        self.server.wait(20)
        assert self.server.stdout is not None
        self.server.stdout.close()


@pytest.fixture
def island() -> Iterator[Island]:
    """Needs root and iproute2; skipped elsewhere."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("needs root and iproute2")
    subprocess.run(["ip", "netns", "del", NAMESPACE], capture_output=True, check=False)
    for command in (
        f"ip netns add {NAMESPACE}",
        f"ip -n {NAMESPACE} link set lo up",
        f"ip -n {NAMESPACE} link add eth0 type veth peer name eth1",
        f"ip -n {NAMESPACE} addr add {ADDRESS}/24 dev eth0",
        f"ip -n {NAMESPACE} link set eth0 up",
        f"ip -n {NAMESPACE} link set eth1 up",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as data:
        running = Island(data)
        yield running
        running.stop()
    subprocess.run(["ip", "netns", "del", NAMESPACE], capture_output=True, check=False)
