"""The server as a process of its own, and its CPU by the operating system's account."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port free for TCP and UDP, whose next one is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket(type=socket.SOCK_DGRAM) as udp:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class RunningServer:
    """`diemcau serve` on loopback with a data directory that is thrown away."""

    def __init__(self, port: int | None = None) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="diemcau-bench-")
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        diemcau = Path(sys.executable).with_name("diemcau")
        arguments = [str(diemcau), "serve", "--port", str(self.port), "--data", self._directory.name]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.token = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "#token=" in line:
                self.link = line.strip()
                self.token = self.link.partition("#token=")[2]
                return
        raise RuntimeError("the server did not start")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The HTTP API."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def create(self, delegates: int, title: str) -> dict[str, Any]:
        """A rehearsal with this many delegates."""
        names = [{"name": f"Điểm cầu {number}"} for number in range(1, delegates + 1)]
        body = {"title": title, "kind": "rehearsal", "central": {"name": "Trung tâm"}, "delegates": names}
        session: dict[str, Any] = self.call("POST", "/sessions", body)
        return session

    def cpu_s(self) -> tuple[float, float]:
        """(user, system) seconds of the server's process; the recorder's is another."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) / TICKS, int(fields[12]) / TICKS

    def memory_mib(self) -> float:
        """Resident memory."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._directory.cleanup()
