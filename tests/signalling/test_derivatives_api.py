"""Files for use over HTTP: asked for, made by the server's worker, listed, fetched, cancelled; clear refusals."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.harness import Server, free_port
from tests.recorder.flashes import FlashingEndpoint, flashing_recording
from tests.recorder.made import Part

pytestmark = pytest.mark.timeout(170)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data: Path = tmp_path_factory.mktemp("derivatives") / "data"
    flashing_recording(data, [FlashingEndpoint(0, [(0.0, 3.0)])])
    running = Server(data, free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def over(server: Server, identifier: str) -> dict[str, Any]:
    while True:
        jobs = server.call("GET", "/recordings/s1/derivatives")["derivatives"]
        job: dict[str, Any] = next(each for each in jobs if each["id"] == identifier)
        if job["state"] not in ("waiting", "running"):
            return job
        time.sleep(0.2)


def test_a_file_is_made_and_can_be_fetched(server: Server) -> None:
    asked = server.call("POST", "/recordings/s1/derivatives", {"kind": "multitrack", "purpose": "Gửi Thanh tra tỉnh"})
    assert asked["state"] in ("waiting", "running")
    done = over(server, asked["id"])
    assert (done["state"], done["progress"], done["error"]) == ("done", 1.0, "")
    assert (done["purpose"], done["name"]) == ("Gửi Thanh tra tỉnh", "multitrack.mkv")
    access = server.call("POST", "/recordings/s1/access", {"purpose": "Kiểm tra tệp"})["access"]
    with urllib.request.urlopen(f"{server.base}{done['url']}?access={access}", timeout=10) as response:
        data = response.read()
    assert len(data) == done["bytes"]
    assert data[:4] == b"\x1a\x45\xdf\xa3", "Matroska"
    assert server.call("GET", "/recordings/s1/verify")["verdict"] == "whole"
    status, problem = server.problem("DELETE", f"/recordings/s1/derivatives/{done['id']}")
    assert (status, problem["code"]) == (409, "derivative_over")


def test_a_job_is_cancelled(server: Server) -> None:
    asked = server.call("POST", "/recordings/s1/derivatives", {"kind": "composed"})
    server.call("DELETE", f"/recordings/s1/derivatives/{asked['id']}")
    assert over(server, asked["id"])["state"] == "cancelled"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/recordings/s1/derivatives", {"kind": "gif"}, 422, "invalid_body"),
        ("/recordings/s1/derivatives", {"kind": "composed", "from_ms": 0}, 422, "no_range"),
        ("/recordings/s1/derivatives", {"kind": "extract", "from_ms": 2000, "to_ms": 1000}, 422, "empty_range"),
        ("/recordings/none/derivatives", {"kind": "composed"}, 404, "not_found"),
        ("/recordings/open/derivatives", {"kind": "composed"}, 409, "recording_not_done"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason(
    server: Server, path: str, body: dict[str, Any], status: int, code: str, tmp_path: Path
) -> None:
    if "open" in path:
        part = Part(tmp_path)
        part.end()
        part.directory.rename(server.data / "recordings" / "open")
    found, problem = server.problem("POST", path, body)
    assert (found, problem["code"]) == (status, code)
