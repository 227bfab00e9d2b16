"""A site, the network and two places, each in a namespace of its own; every line between them can be shaped.

server ── gate ── router ── near, far: the gate's side of gate–router is the site's line, the router's side of each
place that place's line.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PREFIX = "console-"
SERVER, GATE, ROUTER, NEAR, FAR = (f"{PREFIX}{name}" for name in ("server", "gate", "router", "near", "far"))
ADDRESS = "10.202.1.1"
BASE = f"http://{ADDRESS}:8080"
# (namespace, device) whose sending side is the line
SITE_OUT, SITE_IN = (GATE, "out"), (ROUTER, "site")
FAR_IN, FAR_OUT = (ROUTER, "far"), (FAR, "eth0")


def sh(command: str) -> None:
    """Raises CalledProcessError."""
    subprocess.run(command.split(), check=True, capture_output=True)


@contextmanager
def site() -> Iterator[None]:
    """The namespaces, while the context lasts."""
    _remove()
    try:
        for name in (SERVER, GATE, ROUTER, NEAR, FAR):
            sh(f"ip netns add {name}")
            sh(f"ip -n {name} link set lo up")
            sh(f"ip netns exec {name} sysctl -qw net.ipv4.ip_forward=1")
        _join(GATE, "in", "10.202.1.254", SERVER, "eth0", ADDRESS)
        _join(GATE, "out", "10.202.2.1", ROUTER, "site", "10.202.2.254")
        _join(ROUTER, "near", "10.202.3.254", NEAR, "eth0", "10.202.3.1")
        _join(ROUTER, "far", "10.202.4.254", FAR, "eth0", "10.202.4.1")
        sh(f"ip -n {SERVER} route add default via 10.202.1.254")
        sh(f"ip -n {GATE} route add default via 10.202.2.254")
        sh(f"ip -n {ROUTER} route add 10.202.1.0/24 via 10.202.2.1")
        sh(f"ip -n {NEAR} route add default via 10.202.3.254")
        sh(f"ip -n {FAR} route add default via 10.202.4.254")
        yield
    finally:
        _remove()


def _remove() -> None:
    for name in (SERVER, GATE, ROUTER, NEAR, FAR):
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _join(one: str, device: str, address: str, other: str, other_device: str, other_address: str) -> None:
    sh(f"ip -n {one} link add {device} type veth peer name {other_device} netns {other}")
    for namespace, name, own in ((one, device, address), (other, other_device, other_address)):
        sh(f"ip -n {namespace} addr add {own}/24 dev {name}")
        sh(f"ip -n {namespace} link set {name} up")


def shape(line: tuple[str, str], kbit: int) -> None:
    """That line carries so much from now on, behind a queue of 200 ms."""
    namespace, device = line
    sh(f"tc -n {namespace} qdisc replace dev {device} root tbf rate {kbit}kbit burst 8kb latency 200ms")


def free(line: tuple[str, str]) -> None:
    """That line is as it was."""
    namespace, device = line
    sh(f"tc -n {namespace} qdisc del dev {device} root")


class Processes:
    """What runs in the namespaces; all ended by `end`."""

    def __init__(self) -> None:
        self._all: list[subprocess.Popen[str]] = []

    def start(self, namespace: str, *command: str) -> subprocess.Popen[str]:
        """A process there, its standard output piped."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._all.append(process)
        return process

    def python(self, namespace: str, module: str, *arguments: str) -> subprocess.Popen[str]:
        """A module of the tests there."""
        return self.start(namespace, sys.executable, "-m", module, *arguments)

    def serve(self, data: str) -> str:
        """The server; the operator's token."""
        diemcau = str(Path(sys.executable).with_name("diemcau"))
        server = self.start(SERVER, diemcau, "serve", "--host", ADDRESS, "--port", "8080", "--data", data)
        assert server.stdout is not None
        return next(line.partition("#token=")[2].strip() for line in server.stdout if "#token=" in line)

    def end(self) -> None:
        """Those that run still, newest first."""
        for process in reversed(self._all):
            process.terminate()
        for process in reversed(self._all):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def call(token: str, method: str, path: str, body: Any = None) -> Any:
    """The API, from beside the server."""
    command = ["ip", "netns", "exec", SERVER, "curl", "-sf", "--compressed", "-X", method]
    command += ["-H", f"Authorization: Bearer {token}", f"{BASE}/api/v1{path}"]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def troubles_over(token: str, session_id: str, seconds: int) -> list[dict[str, Any]]:
    """Every trouble that the API told, looked at once a second."""
    found: list[dict[str, Any]] = []
    for _ in range(seconds):
        found += call(token, "GET", f"/sessions/{session_id}/console?since={time.time()}")["troubles"]
        time.sleep(1)
    return found
