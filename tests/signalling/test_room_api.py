"""Lobby, speaking queue and layout of a real server, without media."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.harness import Server, free_port
from tests.signalling.pages import PageSocket

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("room") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def made(server: Server, delegates: int = 2, **more: Any) -> tuple[str, dict[str, dict[str, Any]]]:
    """Path of a session of the ordinary kind, and its endpoints by name."""
    body = {
        "title": "Buổi thử",
        "kind": "dot_xuat",
        "central": {"name": "Trung tâm"},
        "delegates": [{"name": f"Xã {number}"} for number in range(1, delegates + 1)],
        **more,
    }
    session = server.call("POST", "/sessions", body)
    return f"/sessions/{session['id']}", {each["name"]: each for each in session["endpoints"]}


def act(server: Server, path: str, endpoint: dict[str, Any], action: str, body: Any = None) -> Any:
    return server.call("POST", f"{path}/endpoints/{endpoint['id']}/{action}", body)


@pytest.mark.parametrize(
    ("kind", "lobby", "waits"),
    [("rehearsal", None, False), ("rehearsal", True, True), ("dinh_ky", None, True), ("dinh_ky", False, False)],
)
def test_every_session_has_a_lobby_but_rehearsals_unless_it_is_said(
    server: Server, kind: str, lobby: bool | None, waits: bool
) -> None:
    path, endpoints = made(server, kind=kind, lobby=lobby)

    async def look() -> tuple[str, str]:
        async with (
            PageSocket(server, endpoints["Trung tâm"]["token"]) as centre,
            PageSocket(server, endpoints["Xã 1"]["token"]) as delegate,
        ):
            return centre.room["place"], delegate.room["place"]

    assert asyncio.run(look()) == ("room", "waiting" if waits else "room")
    assert server.call("GET", f"{path}/room")["lobby"] is waits


def test_who_waits_outside_sees_nobody_is_seen_by_nobody_and_cannot_offer(server: Server) -> None:
    path, endpoints = made(server)

    async def look() -> None:
        async with (
            PageSocket(server, endpoints["Trung tâm"]["token"]) as centre,
            PageSocket(server, endpoints["Xã 1"]["token"]) as delegate,
        ):
            assert [each["name"] for each in delegate.newest["welcome"]["roster"]] == ["Xã 1"]
            await delegate.send("offer", id=1, sdp="v=0\r\n")
            await delegate.until(lambda: delegate.newest.get("error", {}).get("code") == "not_admitted")
            await delegate.send("hand", raised=True)
            await delegate.send("command", command="mute_all")
            await delegate.until(lambda: delegate.newest["error"]["code"] == "forbidden")
            assert server.call("GET", f"{path}/room")["queue"]["hands"] == []
            await centre.until(lambda: centre.newest.get("roster") is not None)
            assert [each["name"] for each in centre.newest["roster"]["roster"]] == ["Trung tâm"]
            assert server.endpoints({"id": path.rpartition("/")[2]})["Xã 1"]["state"] == "waiting"
            await asyncio.to_thread(act, server, path, endpoints["Xã 1"], "admit")
            await delegate.until(lambda: delegate.room["place"] == "room")
            await centre.until(lambda: len(centre.newest["roster"]["roster"]) == 2)
            await asyncio.to_thread(act, server, path, endpoints["Xã 1"], "hold", {"reason": "Chưa đến lượt"})
            await delegate.until(lambda: delegate.room["place"] == "waiting")
            await centre.until(lambda: len(centre.newest["roster"]["roster"]) == 1)

    asyncio.run(look())


def test_all_who_wait_are_let_in_at_once_and_a_restart_remembers_it(server: Server) -> None:
    path, endpoints = made(server, delegates=3)

    async def look() -> None:
        async with (
            PageSocket(server, endpoints["Xã 1"]["token"]) as first,
            PageSocket(server, endpoints["Xã 2"]["token"]) as second,
        ):
            await asyncio.to_thread(server.call, "POST", f"{path}/admit_all")
            await first.until(lambda: first.room["place"] == "room")
            await second.until(lambda: second.room["place"] == "room")

    asyncio.run(look())
    server.kill()
    server.start()

    async def again() -> None:
        async with (
            PageSocket(server, endpoints["Xã 1"]["token"]) as first,
            PageSocket(server, endpoints["Xã 3"]["token"]) as third,
        ):
            assert (first.room["place"], third.room["place"]) == ("room", "waiting")

    asyncio.run(again())


def test_hands_turns_and_the_request_to_unmute(server: Server) -> None:
    path, endpoints = made(server, kind="rehearsal")
    one, two = endpoints["Xã 1"], endpoints["Xã 2"]

    async def look() -> None:
        async with PageSocket(server, one["token"]) as first, PageSocket(server, two["token"]) as second:
            await second.send("hand", raised=True)
            await second.until(lambda: len(second.room["hands"]) == 1)
            await first.send("hand", raised=True)
            await first.send("media", source="microphone", enabled=False)
            await first.until(lambda: len(first.room["hands"]) == 2)
            await asyncio.to_thread(server.call, "PUT", f"{path}/queue", {"endpoint_ids": [one["id"]], "minutes": 3})
            await asyncio.to_thread(server.call, "POST", f"{path}/queue/next")
            await first.until(lambda: first.room["turn"] is not None and "microphone" in first.room["asked"])
            assert (first.room["turn"]["endpoint_id"], first.room["turn"]["minutes"]) == (one["id"], 3)
            await first.until(lambda: first.newest.get("speaker", {}).get("spotlight") == one["id"])
            await first.send("consent", source="microphone", granted=True)
            await first.send("media", source="microphone", enabled=True)
            await first.until(lambda: first.room["asked"] == [])
            await asyncio.to_thread(server.call, "POST", f"{path}/queue/stop")
            await first.until(lambda: first.newest.get("force_media", {}).get("enabled") is False)
            await first.until(lambda: first.room["turn"] is None)

    asyncio.run(look())
    view = server.call("GET", f"{path}/room")["queue"]
    assert [hand["endpoint_id"] for hand in view["hands"]] == [two["id"]]
    assert [turn["endpoint_id"] for turn in view["past"]] == [one["id"]]
    assert server.call("GET", path)["spotlight"] is None


def test_the_chair_commands_from_the_centre(server: Server) -> None:
    path, endpoints = made(server, kind="rehearsal")

    async def look() -> None:
        async with (
            PageSocket(server, endpoints["Trung tâm"]["token"]) as chair,
            PageSocket(server, endpoints["Xã 1"]["token"]) as delegate,
        ):
            assert (chair.room["chair"], delegate.room["chair"]) == (True, False)
            await chair.send("command", command="next")
            await chair.until(lambda: chair.newest.get("error", {}).get("code") == "nobody_waits")
            await chair.send("command", command="call", endpoint_id=endpoints["Xã 1"]["id"])
            await delegate.until(lambda: delegate.room["turn"] is not None)
            await chair.send("command", command="pause")
            await chair.until(lambda: chair.newest["error"]["code"] == "illegal_transition")
            await chair.send("command", command="stop_speaker")
            await delegate.until(lambda: delegate.room["turn"] is None)
            await chair.send("command", command="end")
            await delegate.until(lambda: delegate.newest.get("bye", {}).get("reason") == "ended")

    asyncio.run(look())
    assert server.call("GET", path)["state"] == "ended"


def test_mute_all_spares_the_centre_and_who_has_the_floor(server: Server) -> None:
    path, endpoints = made(server, delegates=3, kind="rehearsal")
    act(server, path, endpoints["Xã 2"], "call", {"minutes": 2})
    server.call("POST", f"{path}/mute_all")
    now = server.endpoints({"id": path.rpartition("/")[2]})
    assert {name: each["microphone"] for name, each in now.items()} == {
        "Trung tâm": True,
        "Xã 1": False,
        "Xã 2": True,
        "Xã 3": False,
    }


def test_every_page_is_told_the_layout(server: Server) -> None:
    path, endpoints = made(server, kind="rehearsal")

    async def look() -> None:
        async with PageSocket(server, endpoints["Xã 1"]["token"]) as page:
            assert page.room["layout"] == "one_plus"
            await asyncio.to_thread(server.call, "PUT", f"{path}/layout", {"name": "grid"})
            await page.until(lambda: page.room["layout"] == "grid")

    asyncio.run(look())
    assert server.problem("PUT", f"{path}/layout", {"name": "mosaic"})[1]["code"] == "invalid_body"


@pytest.mark.parametrize(
    ("method", "tail", "body", "code"),
    [
        ("POST", "/queue/next", None, "nobody_waits"),
        ("POST", "/queue/extend", {"minutes": 1}, "nobody_speaks"),
        ("PUT", "/queue", {"endpoint_ids": ["x"]}, "no_hand"),
    ],
)
def test_what_is_not_possible_is_refused_in_both_languages(
    server: Server, method: str, tail: str, body: Any, code: str
) -> None:
    path, _ = made(server)
    status, problem = server.problem(method, path + tail, body)
    assert (status, problem["code"]) == (409, code)
    assert problem["reason_vi"]
    assert problem["reason_en"]
