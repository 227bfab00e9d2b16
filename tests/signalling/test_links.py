"""Endpoints' links: one seat, an end, renewed and revoked; guests."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import pytest

from reception.permissions import Role
from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port, wait_for

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("links") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


class Pages:
    """WebSockets of pages; each says hello and tells how that went."""

    def __init__(self, server: Server, client: aiohttp.ClientSession) -> None:
        self._url, self._client = f"{server.base}/api/v1/signal", client
        self.open: list[aiohttp.ClientWebSocketResponse] = []

    async def enter(self, token: str, device: str = "", **more: Any) -> aiohttp.ClientWebSocketResponse:
        page = await self._client.ws_connect(self._url)
        self.open.append(page)
        await page.send_json({"type": "hello", "token": token, "device": device, **more})
        return page

    async def answer(self, token: str, device: str = "", **more: Any) -> str:
        return await heard(await self.enter(token, device, **more), "welcome", "bye")


async def heard(page: aiohttp.ClientWebSocketResponse, *types: str) -> str:
    """The first message of these types: its type, of a bye the reason."""
    while True:
        message = await page.receive_json(timeout=5)
        if message["type"] in types:
            return str(message["reason"] if message["type"] == "bye" else message["type"])


@pytest.fixture
async def pages(server: Server) -> AsyncIterator[Pages]:
    async with aiohttp.ClientSession() as client:
        found = Pages(server, client)
        yield found
        for page in found.open:
            await page.close()


def audit(server: Server, session: dict[str, Any], count: int) -> list[tuple[str, str, str]]:
    """The entries of a session, oldest first, once there are so many: a page hears its answer before it is noted."""
    found: list[tuple[str, str, str]] = wait_for(
        lambda: entries if len(entries := entries_of(server, session)) >= count else None, "the entries"
    )
    return found


def entries_of(server: Server, session: dict[str, Any]) -> list[tuple[str, str, str]]:
    token = Tokens.of_data_directory(server.data).issue(role=Role.AUDITOR, hours=1)
    entries = server.call("GET", f"/audit?object=sessions/{session['id']}", token=token)["entries"]
    return [(each["action"], each["result"], each["actor"]) for each in reversed(entries)]


async def test_a_second_device_is_refused_until_it_takes_over_by_choice(server: Server, pages: Pages) -> None:
    session = server.create(1)
    token = session["endpoints"][1]["token"]
    first = await pages.enter(token, "may-mot")
    assert await heard(first, "welcome") == "welcome"
    assert await pages.answer(token, "may-hai") == "taken"
    assert await pages.answer(token) == "taken"
    assert await pages.answer(token, "may-hai", take_over=True) == "welcome"
    assert await heard(first, "bye") == "replaced"
    assert await pages.answer(token, "may-mot") == "taken"
    assert audit(server, session, 5) == [
        ("enter_seat", "ok", "Xã 1"),
        ("refuse_seat", "refused", "Xã 1"),
        ("refuse_seat", "refused", "Xã 1"),
        ("take_seat", "ok", "Xã 1"),
        ("refuse_seat", "refused", "Xã 1"),
    ]


async def test_the_same_device_comes_back_at_once(server: Server, pages: Pages) -> None:
    session = server.create(1)
    token = session["endpoints"][0]["token"]
    first = await pages.enter(token, "may-mot")
    assert await heard(first, "welcome") == "welcome"
    assert await pages.answer(token, "may-mot") == "welcome"
    assert await heard(first, "bye") == "replaced"
    assert audit(server, session, 1) == [("enter_seat", "ok", "Trung tâm")]


async def test_a_seat_that_was_left_is_free_for_any_device(server: Server, pages: Pages) -> None:
    token = server.create(1)["endpoints"][0]["token"]
    first = await pages.enter(token, "may-mot")
    assert await heard(first, "welcome") == "welcome"
    await first.close()
    assert await pages.answer(token, "may-hai") == "welcome"


def test_a_link_is_the_same_each_time_and_ends(server: Server) -> None:
    session = server.create(1)
    once, again = session["endpoints"][0], server.endpoints(session)["Trung tâm"]
    assert (once["token"], once["join_url"]) == (again["token"], again["join_url"])
    assert once["link_state"] == "good"
    claims = jwt.decode(once["token"], options={"verify_signature": False})
    hours = (claims["exp"] - time.time()) / 3600
    assert 71.9 < hours <= 72
    assert datetime.fromisoformat(once["link_expires_at"]).timestamp() == pytest.approx(claims["exp"], abs=1)


async def test_a_renewed_link_voids_the_old_one_and_who_sits_there_by_it(server: Server, pages: Pages) -> None:
    session = server.create(1)
    endpoint = session["endpoints"][1]
    path = f"/sessions/{session['id']}/endpoints/{endpoint['id']}/link"
    first = await pages.enter(endpoint["token"], "may-mot")
    assert await heard(first, "welcome") == "welcome"
    renewed = server.call("POST", f"{path}/renew")
    assert renewed["token"] not in ("", endpoint["token"])
    assert await heard(first, "bye") == "revoked"
    assert await pages.answer(endpoint["token"], "may-mot") == "revoked"
    assert await pages.answer(renewed["token"], "may-hai") == "welcome"


async def test_a_revoked_link_opens_nothing_until_it_is_renewed(server: Server, pages: Pages) -> None:
    session = server.create(1)
    endpoint = session["endpoints"][1]
    path = f"/sessions/{session['id']}/endpoints/{endpoint['id']}/link"
    revoked = server.call("POST", f"{path}/revoke")
    assert (revoked["link_state"], revoked["token"], revoked["join_url"]) == ("revoked", "", "")
    assert await pages.answer(endpoint["token"]) == "revoked"
    renewed = server.call("POST", f"{path}/renew")
    assert renewed["link_state"] == "good"
    assert await pages.answer(endpoint["token"]) == "revoked"
    assert await pages.answer(renewed["token"]) == "welcome"
    assert [each[:2] for each in audit(server, session, 2)][:2] == [("revoke_link", "ok"), ("renew_link", "ok")]
    server.end(f"/sessions/{session['id']}")
    assert server.problem("POST", f"{path}/renew")[1]["code"] == "session_ended"
    assert server.problem("POST", f"/sessions/{session['id']}/endpoints/none/link/renew")[0] == 404


def test_a_link_lasts_until_after_the_planned_start(server: Server) -> None:
    names = [{"name": "Xã 1"}]
    start = datetime.now(UTC) + timedelta(days=10)
    body = {"title": "t", "central": {"name": "Tỉnh"}, "delegates": names, "planned_start": start.isoformat()}
    session = server.call("POST", "/sessions", body)
    later = start + timedelta(days=5)
    server.call("PATCH", f"/sessions/{session['id']}/plan", {"planned_start": later.isoformat()})
    for endpoint, begins in ((session["endpoints"][1], start), (server.endpoints(session)["Xã 1"], later)):
        ends = datetime.fromisoformat(endpoint["link_expires_at"])
        assert abs((ends - begins).total_seconds() - 72 * 3600) < 2
    path = f"/sessions/{session['id']}/endpoints/{session['endpoints'][1]['id']}/link/renew"
    ends = datetime.fromisoformat(server.call("POST", path)["link_expires_at"])
    assert abs((ends - later).total_seconds() - 72 * 3600) < 2


async def test_an_expired_link_is_refused_and_says_so(server: Server, pages: Pages) -> None:
    session = server.create(1)
    tokens = Tokens.of_data_directory(server.data)
    old = tokens.issue_link(
        name="x",
        session_id=session["id"],
        endpoint_id=session["endpoints"][0]["id"],
        link=1,
        expires_at=datetime.fromtimestamp(time.time() - 60),
    )
    assert await pages.answer(old) == "expired"


async def test_a_guest_gets_a_link_that_lives_shorter(server: Server, pages: Pages) -> None:
    names = [{"name": "Trụ sở Trung ương", "guest": True}, {"name": "Xã 1"}]
    body = {"title": "t", "kind": "rehearsal", "central": {"name": "Tỉnh"}, "delegates": names}
    session = server.call("POST", "/sessions", body)
    assert [each["guest"] for each in session["endpoints"]] == [False, True, False]
    added = server.call("POST", f"/sessions/{session['id']}/endpoints", {"name": "Ban TCD", "guest": True})
    assert added["guest"] is True
    for guest in (session["endpoints"][1], added):
        claims = jwt.decode(guest["token"], options={"verify_signature": False})
        assert 23.9 < (claims["exp"] - time.time()) / 3600 <= 24
        assert await pages.answer(guest["token"]) == "welcome"
