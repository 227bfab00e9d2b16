"""Who signed in is known to every worker, and all write one audit log."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from config.models import ServerSettings, Settings
from reception.permissions import Role
from reception.store import Store
from signalling.people import People
from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(120)
GOOD = "Cay-Nho-7-Xanh"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("workers") / "data", free_port(), "--workers", "2")
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def add_user(server: Server) -> None:
    async def add() -> None:
        store = await Store.open(server.data / "diemcau.sqlite")
        people = People(store, Settings(server=ServerSettings(data=server.data)))
        await people.accounts.add(name="thuky", full_name="Thư ký A", role=Role.SECRETARY, password=GOOD)
        await store.close()

    asyncio.run(add())


def call(server: Server, method: str, path: str, body: Any = None, cookie: str = "") -> tuple[Any, str]:
    """(answer, cookie that is set)."""
    headers = {"Origin": server.base} | ({"Cookie": cookie} if cookie else {})
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{server.base}/api/v1{path}", method=method, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response), (response.headers["Set-Cookie"] or "").partition(";")[0]


def test_a_cookie_opens_sessions_on_every_worker_and_the_log_is_one(server: Server) -> None:
    add_user(server)
    _, cookie = call(server, "POST", "/login", {"name": "thuky", "password": GOOD})
    body = {"title": "t", "kind": "rehearsal", "central": {"name": "Trung tâm"}}
    made = [call(server, "POST", "/sessions", body, cookie)[0]["id"] for _ in range(4)]
    listed, _ = call(server, "GET", "/sessions", cookie=cookie)
    assert {each["id"] for each in listed["sessions"]} == set(made)
    for session in made:
        assert call(server, "GET", f"/sessions/{session}", cookie=cookie)[0]["id"] == session
    auditor = Tokens.of_data_directory(server.data).issue(role=Role.AUDITOR, hours=1)
    found = server.call("GET", "/audit?action=create_session", token=auditor)["entries"]
    assert [(each["actor"], each["address"]) for each in found] == 4 * [("Thư ký A", "127.0.0.1")]
    assert server.call("GET", "/audit/verify", token=auditor)["whole"] is True
