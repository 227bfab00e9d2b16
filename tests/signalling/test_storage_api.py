"""Space before a session starts, over the API of a real server."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.harness import Server, free_port
from tests.recorder.mounts import needs_root, small_disk

pytestmark = pytest.mark.timeout(60)
GB = 10**9


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("storage") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def test_a_session_says_what_it_will_take(server: Server) -> None:
    session = server.create(10, kind="dinh_ky")
    expected = server.call("GET", f"/sessions/{session['id']}/space")["hours"]
    assert expected == float(os.environ["DIEMCAU_STORAGE__EXPECTED_HOURS"])
    found = server.call("GET", f"/sessions/{session['id']}/space?hours=2")
    assert (found["endpoints"], found["hours"], found["profile"]) == (11, 2.0, "30-5")
    assert 30 * GB < found["needed_bytes"] < 42 * GB
    assert found["needed_bytes"] == found["journal_bytes"] + found["tracks_bytes"]
    half = server.call("GET", f"/sessions/{session['id']}/space?hours=1")
    assert half["needed_bytes"] == pytest.approx(found["needed_bytes"] / 2, rel=1e-6)
    assert half["hours_left"] == pytest.approx(half["free_bytes"] / half["needed_bytes"], abs=0.01)
    for wrong in ("x", "0", "-1", "nan", "49"):
        assert server.problem("GET", f"/sessions/{session['id']}/space?hours={wrong}")[0] == 400
    assert server.problem("GET", "/sessions/nothing/space")[0] == 404


def test_the_disks_speed_is_measured_against_what_the_session_needs(server: Server) -> None:
    session = server.create(2)
    found = server.call("POST", "/storage/speed-check", {"session_id": session["id"], "megabytes": 2})
    assert found["bytes"] == 2 << 20
    assert found["bytes_per_s"] > 0
    usual = server.call("POST", "/storage/speed-check", {"megabytes": 1})
    assert usual["needed_bytes_per_s"] > found["needed_bytes_per_s"] > 0
    assert server.problem("POST", "/storage/speed-check", {"megabytes": 0})[0] == 422


def test_hours_of_recording_left_are_measured_for_who_watches(server: Server) -> None:
    with urllib.request.urlopen(f"{server.base}/metrics", timeout=10) as response:
        lines = response.read().decode().splitlines()
    hours = next(float(line.split()[1]) for line in lines if line.startswith("diemcau_recording_disk_hours "))
    free = next(float(line.split()[1]) for line in lines if line.startswith("diemcau_recording_disk_free_bytes "))
    assert hours > 0
    assert free > 0


def checked(server: Server, session: dict[str, Any]) -> dict[str, Any]:
    """An ad hoc session that could start at once."""
    path = f"/sessions/{session['id']}"
    plan = {"host_organisation": "UBND", "chair_name": "A", "matter_class": 6, "no_state_secrets": True}
    server.call("PATCH", f"{path}/plan", {**plan, "reason_online": "dich_benh_thien_tai"})
    server.call("POST", f"{path}/approve-orally", {"approver": "A"})
    for endpoint in session["endpoints"]:
        server.call("POST", f"{path}/endpoints/{endpoint['id']}/waiver", {"reason": "đã thử"})
    server.call("POST", f"{path}/notice", {})
    return session


@needs_root
def test_a_session_that_does_not_fit_is_refused_with_the_number_and_a_shorter_one_starts(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 400) as disk:
        arguments = disk / "c.toml"
        arguments.write_text("[recording]\nmin_free_mib = 16\nreserve_mib = 1\n[storage]\nrehearsal_hours = 0.05\n")
        server = Server(disk / "data", free_port(), "--config", str(arguments))
        server.start()
        try:
            session = checked(server, server.create(3, kind="dot_xuat"))
            status, problem = server.problem("POST", f"/sessions/{session['id']}/start")
            assert (status, problem["code"]) == (409, "not_enough_space")
            assert problem["needed_bytes"] == server.call("GET", f"/sessions/{session['id']}/space")["needed_bytes"]
            assert "GB" in problem["reason_vi"]
            assert "GB" in problem["reason_en"]
            assert server.call("GET", f"/sessions/{session['id']}")["state"] == "technical_check"
            first, second = server.create(1), server.create(3)
            assert server.call("POST", f"/sessions/{first['id']}/start")["state"] == "live"
            room = server.call("GET", f"/sessions/{second['id']}/space")
            assert room["committed_bytes"] > 100e6, "what the first will still take is no longer free"
            for each in (first, second):
                server.end(f"/sessions/{each['id']}")
        finally:
            server.stop()
