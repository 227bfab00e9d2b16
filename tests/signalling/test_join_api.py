"""What an endpoint's page is told before it enters, and whom the roll call expects; a server without media."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.browser.harness import Server, free_port
from tests.signalling.pages import PageSocket

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("join") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def test_a_link_tells_when_the_session_is_planned_and_when_it_began(server: Server) -> None:
    planned = (datetime.now(UTC) + timedelta(hours=2)).replace(microsecond=0)
    session = server.create(1, planned_start=planned.isoformat())
    token = session["endpoints"][1]["token"]
    before = server.call("GET", "/join", token=token)
    assert datetime.fromisoformat(before["starts_at"]) == planned
    assert before["started_at"] is None
    assert abs(datetime.fromisoformat(before["now"]) - datetime.now(UTC)) < timedelta(seconds=30)
    server.call("POST", f"/sessions/{session['id']}/start")
    after = server.call("GET", "/join", token=token)
    assert datetime.fromisoformat(after["starts_at"]) == planned
    assert after["started_at"] is not None
    unplanned = server.create(1)
    assert server.call("GET", "/join", token=unplanned["endpoints"][0]["token"])["starts_at"] is None


def test_the_roll_expects_who_is_named_and_takes_them_for_present_where_the_room_is_connected(server: Server) -> None:
    people = [{"name": "Phạm D", "office": "Chánh Thanh tra"}]
    body = {
        "title": "Điểm danh",
        "kind": "rehearsal",
        "chair_name": "Nguyễn Văn A",
        "chair_office": "Chủ tịch UBND tỉnh",
        "secretary": "Lê B",
        "central": {"name": "Trung tâm", "people": [{"name": "nguyễn văn a"}, {"name": "Trần C"}]},
        "delegates": [{"name": "Xã 1", "people": people}],
        "lobby": True,
    }
    session = server.call("POST", "/sessions", body)
    path, ids = f"/sessions/{session['id']}", {each["name"]: each["id"] for each in session["endpoints"]}

    def roll() -> Any:
        return server.call("GET", f"{path}/watch")["attendance"]

    centre = roll()["proposed"][ids["Trung tâm"]]["people"]
    assert [(each["name"], each["capacity"], each["present"]) for each in centre] == [
        ("Nguyễn Văn A", "chair", None),
        ("Lê B", "secretary", None),
        ("Trần C", "official", None),
    ]

    async def look() -> None:
        async with PageSocket(server, session["endpoints"][1]["token"]):
            found = await asyncio.to_thread(roll)
        assert found["connected"] == [ids["Xã 1"]]
        assert found["proposed"][ids["Xã 1"]]["people"] == [
            {"name": "Phạm D", "capacity": "official", "office": "Chánh Thanh tra", "present": True}
        ]

    asyncio.run(look())
    called = [{"name": "Phạm D", "capacity": "official", "office": "", "present": False}]
    server.call("PUT", f"{path}/attendance/{ids['Xã 1']}", {"people": called})
    assert set(roll()["proposed"]) == {ids["Trung tâm"]}
    assert roll()["rooms"][ids["Xã 1"]]["people"] == called
