"""What endpoints' pages do beside media: the notice, the drawer's PIN, small pictures, the consultation room."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.harness import Server, free_port
from tests.signalling.pages import PageSocket

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("pages") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def begun(server: Server) -> tuple[str, dict[str, dict[str, Any]]]:
    session = server.create(2)
    return f"/sessions/{session['id']}", {each["name"]: each for each in session["endpoints"]}


async def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    return await asyncio.to_thread(server.call, method, path, body)


def test_the_notice_is_shown_and_its_acknowledgement_kept_with_name_time_place_and_version(server: Server) -> None:
    path, endpoints = begun(server)

    async def look() -> None:
        async with PageSocket(server, endpoints["Xã 1"]["token"]) as page:
            notice = page.room["notice"]
            assert notice["banner"] == "BUỔI TIẾP CÔNG DÂN ĐANG ĐƯỢC GHI ÂM, GHI HÌNH"
            assert notice["notice"].startswith("Theo quy định")
            assert "livestream" in notice["rules"]
            assert notice["at"] is None
            await page.send("acknowledge", name="Nguyễn Văn An", version="old")
            await page.until(lambda: page.newest.get("error", {}).get("code") == "other_notice")
            await page.send("acknowledge", name=" Nguyễn Văn An ", version=notice["version"])
            await page.until(lambda: page.room["notice"]["by"] == "Nguyễn Văn An")

    asyncio.run(look())
    view = server.call("GET", f"{path}/room")
    found = view["notices"][endpoints["Xã 1"]["id"]]
    assert (found["name"], found["place"], found["version"]) == ("Nguyễn Văn An", "Xã 1", view["notice_version"])
    assert found["at"]


def test_the_drawer_opens_with_the_consoles_pin_and_not_by_guessing(server: Server) -> None:
    path, endpoints = begun(server)

    async def look() -> None:
        async with PageSocket(server, endpoints["Xã 1"]["token"]) as page:
            pin = (await ask(server, "GET", f"{path}/room"))["technician_pin"]
            assert len(pin) == 6
            wrong = "000000" if pin != "000000" else "000001"
            for last in (False, False, False, False, False, True):
                page.newest.pop("drawer", None)
                await page.send("unlock", pin=wrong)
                await page.until(lambda: "drawer" in page.newest)
                assert page.newest["drawer"]["opened"] is False
                assert page.newest["drawer"]["wait"] is last
        async with PageSocket(server, endpoints["Xã 2"]["token"]) as page:
            await page.send("unlock", pin=pin)
            await page.until(lambda: page.newest.get("drawer", {}).get("opened") is True)

    asyncio.run(look())


def test_small_pictures_are_sent_while_an_operator_looks(server: Server) -> None:
    path, endpoints = begun(server)
    jpeg = base64.b64encode(b"\xff\xd8\xff").decode()

    async def look() -> None:
        async with PageSocket(server, endpoints["Xã 1"]["token"]) as page:
            assert page.room["snapshots"] is False
            assert (await ask(server, "GET", f"{path}/snapshots"))["snapshots"] == []
            await page.until(lambda: page.room["snapshots"] is True)
            await page.send("snapshot", jpeg=jpeg)
            await page.send("ping", id=7)
            await page.until(lambda: page.newest.get("pong", {}).get("id") == 7)
            (found,) = (await ask(server, "GET", f"{path}/snapshots"))["snapshots"]
            assert (found["endpoint_id"], found["jpeg"]) == (endpoints["Xã 1"]["id"], jpeg)
            await page.send("snapshot", jpeg="<script>")
            await page.until(lambda: page.newest.get("error", {}).get("code") == "invalid_message")

    asyncio.run(look())


def test_the_chair_asks_into_the_consultation_room_and_who_is_asked_decides(server: Server) -> None:
    path, endpoints = begun(server)
    one = endpoints["Xã 1"]["id"]

    async def look() -> None:
        async with (
            PageSocket(server, endpoints["Trung tâm"]["token"]) as chair,
            PageSocket(server, endpoints["Xã 1"]["token"]) as guest,
            PageSocket(server, endpoints["Xã 2"]["token"]) as other,
        ):
            await other.send("private", enter=True)
            await guest.send("command", command="private_invite", endpoint_id=one)
            await guest.until(lambda: guest.newest.get("error", {}).get("code") == "forbidden")
            await chair.send("command", command="private_invite", endpoint_id=one)
            await chair.until(lambda: chair.room["place"] == "private")
            await guest.until(lambda: guest.room["invited"])
            assert guest.room["place"] == "room"
            await guest.send("private", enter=True)
            await guest.until(lambda: guest.room["place"] == "private")
            await other.until(lambda: len(other.room["private"]) == 2)
            assert other.room["place"] == "room"
            states = {each["name"]: each["state"] for each in (await ask(server, "GET", path))["endpoints"]}
            assert (states["Trung tâm"], states["Xã 1"]) == ("private", "private")
            await chair.send("command", command="private_close")
            await guest.until(lambda: guest.room["place"] == "room")
            await chair.until(lambda: chair.room["place"] == "room")

    asyncio.run(look())
