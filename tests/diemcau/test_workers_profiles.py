"""Several workers share the operator's profiles."""

from pathlib import Path

from config.profile import shipped_text
from tests.browser.harness import wait_for
from tests.diemcau.test_workers import started, worker_of


def test_a_stored_profile_is_taken_up_by_sessions_of_every_worker(tmp_path: Path) -> None:
    good = shipped_text("30-5").replace('name = "30-5"', 'name = "chung"')
    server = started(tmp_path / "data")
    try:
        server.call("PUT", "/profiles/chung", {"text": good})
        sessions = [server.create(1) for _ in range(2)]
        assert {worker_of(server, session) for session in sessions} == {0, 1}

        def caps() -> list[int]:
            views = [server.call("GET", f"/sessions/{session['id']}") for session in sessions]
            return [view["endpoints"][1]["limits"]["up_bps"] for view in views]

        for session in sessions:
            server.call("POST", f"/sessions/{session['id']}/start")
            server.call("PUT", f"/sessions/{session['id']}/profile", {"profile": "chung"})
        assert caps() == [2_400_000] * 2
        changed = good.replace("cap_up_bps = 2_400_000", "cap_up_bps = 1_200_000")
        server.call("PUT", "/profiles/chung", {"text": changed})
        wait_for(lambda: caps() == [1_200_000] * 2, "both workers have taken it up", timeout_s=5)
    finally:
        server.stop()
    assert "Traceback" not in server.log.read_text()
