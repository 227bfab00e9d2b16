"""A delegate behind 700 kb/s, shaped for real between network namespaces: it keeps its voices and comes back."""

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

pytestmark = [
    pytest.mark.links,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("tc"), reason="needs root and iproute2"),
]

SERVER, ROUTER, CLIENT = "dc-test-server", "dc-test-router", "dc-test-client"
ADDRESS = "10.201.1.1"
ROOT = Path(__file__).parents[2]


def sh(command: str) -> None:
    subprocess.run(command.split(), check=True, capture_output=True)


def inside(namespace: str, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["ip", "netns", "exec", namespace, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )


@pytest.fixture
def line() -> Iterator[None]:
    """server – router – client; the router shapes what goes to the client."""
    for name in (SERVER, ROUTER, CLIENT):
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        sh(f"ip netns add {name}")
        sh(f"ip -n {name} link set lo up")
    for host, number in ((SERVER, 1), (CLIENT, 2)):
        sh(f"ip -n {ROUTER} link add r{number} type veth peer name eth0 netns {host}")
        sh(f"ip -n {ROUTER} addr add 10.201.{number}.254/24 dev r{number}")
        sh(f"ip -n {ROUTER} link set r{number} up")
        sh(f"ip -n {host} addr add 10.201.{number}.1/24 dev eth0")
        sh(f"ip -n {host} link set eth0 up")
        sh(f"ip -n {host} route add default via 10.201.{number}.254")
    sh(f"ip netns exec {ROUTER} sysctl -qw net.ipv4.ip_forward=1")
    yield
    for name in (SERVER, ROUTER, CLIENT):
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def shape(kbit: int, verb: str = "change") -> None:
    sh(f"tc -n {ROUTER} qdisc {verb} dev r2 root tbf rate {kbit}kbit burst 8kb latency 200ms")


def read_lines(process: subprocess.Popen[str], count: int) -> list[dict[str, Any]]:
    assert process.stdout is not None
    return [json.loads(process.stdout.readline()) for _ in range(count)]


def test_a_line_of_700_kb_keeps_its_voices_and_returns_to_a_large_picture(line: None) -> None:
    diemcau = str(Path(sys.executable).with_name("diemcau"))
    shape(700, "add")
    with tempfile.TemporaryDirectory() as data:
        server = inside(SERVER, diemcau, "serve", "--host", ADDRESS, "--port", "8080", "--data", data)
        processes = [server]
        try:
            assert server.stdout is not None
            token = next(text.partition("#token=")[2].strip() for text in server.stdout if "#token=" in text)
            session = call(token, "POST", "/sessions", new_session())
            base = f"http://{ADDRESS}:8080"
            tokens = [each["token"] for each in session["endpoints"]]
            watch = [sys.executable, "-m", "tests.links.watcher"]
            senders = inside(SERVER, *watch, "send", base, "75", *tokens[1:])
            processes.append(senders)
            read_lines(senders, 1)
            call(token, "POST", f"/sessions/{session['id']}/start")
            watcher = inside(CLIENT, *watch, "watch", base, "62", tokens[0])
            processes.append(watcher)
            read_lines(watcher, 1 + 12)  # joined, and settling
            tight = read_lines(watcher, 20)
            shape(5000)
            recovering = read_lines(watcher, 30)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(20)
                if process.stdout is not None:
                    process.stdout.close()
    expected = 20 * 50 * 3
    voices = sum(each["audio_packets"] for each in tight)
    assert voices > 0.97 * expected, f"{voices} of {expected} voice packets"
    rate = sum(each["bytes"] for each in tight) * 8 / 20
    assert 300_000 < rate < 720_000, f"{rate / 1000:.0f} kb/s of 700 used"
    after = max(each["bytes"] for each in recovering[-10:]) * 8
    assert after > 1.3 * rate, f"{after / 1000:.0f} kb/s after the line returned, {rate / 1000:.0f} before"


def new_session() -> dict[str, Any]:
    names = [{"name": f"Xã {number}"} for number in range(3)]
    return {"title": "Đường truyền yếu", "kind": "rehearsal", "central": {"name": "Bản xa"}, "delegates": names}


def call(token: str, method: str, path: str, body: Any = None) -> Any:
    """The API, from within the server's namespace."""
    command = [
        *("ip", "netns", "exec", SERVER, "curl", "-sf", "-X", method),
        *("-H", f"Authorization: Bearer {token}", f"http://{ADDRESS}:8080/api/v1{path}"),
    ]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)
