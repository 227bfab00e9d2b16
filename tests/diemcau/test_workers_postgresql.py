"""Two workers on one PostgreSQL database: numbers of a series, versions and the audit log stay in order."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from signalling.tokens import Tokens
from tests import postgresql
from tests.browser.harness import Server
from tests.diemcau.test_workers import free_ports

AT_ONCE = 8


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    database = postgresql.server()
    monkeypatch.setenv("DIEMCAU_DATABASE", database.create("workers", empty=True))
    running = Server(tmp_path / "data", free_ports(), "--workers", "2")
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()
    database.drop("workers")


def test_sessions_made_and_changed_at_once_on_two_workers(server: Server) -> None:
    assert not (server.data / "diemcau.sqlite").exists()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = list(pool.map(lambda _: server.create(1), range(3 * AT_ONCE)))
        assert sorted(int(each["number"].rpartition("-")[2]) for each in made) == list(range(1, 3 * AT_ONCE + 1))
        path = f"/sessions/{made[0]['id']}"

        def change(number: int) -> Any:
            return server.call("PATCH", f"{path}/plan", {"note": str(number)})

        begun = server.call("GET", path)["version"]
        list(pool.map(change, range(2 * AT_ONCE)))
        assert server.call("GET", path)["version"] == begun + 2 * AT_ONCE
        rooms = [{"name": f"Xã {number:03}", "level": "xa"} for number in range(2 * AT_ONCE)]
        list(pool.map(lambda room: server.call("POST", "/registry", room), rooms))
        for each in made[:2]:
            assert server.call("POST", f"/sessions/{each['id']}/start")["recording"]["state"] == "recording"
    assert server.call("GET", "/registry")["total"] == 2 * AT_ONCE
    auditor = Tokens.of_data_directory(server.data).issue(role="auditor", hours=1)
    verdict = server.call("GET", "/audit/verify", token=auditor)
    assert verdict["whole"] is True
    assert verdict["entries"] >= 7 * AT_ONCE
    listed = {each["id"]: each["state"] for each in server.call("GET", "/sessions")["sessions"]}
    assert [listed[each["id"]] for each in made[:3]] == ["live", "live", "draft"]
