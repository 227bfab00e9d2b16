"""The technical channel between operators and sites: into the drawer that the PIN opened, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port
from tests.signalling.pages import PageSocket

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("technical") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


async def ask(server: Server, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    return await asyncio.to_thread(server.call, method, path, body, token=token)


def test_lines_reach_open_drawers_of_their_site_and_no_rooms_screen(server: Server) -> None:
    session = server.create(2)
    path = f"/sessions/{session['id']}"
    ids = {each["name"]: each["id"] for each in session["endpoints"]}

    async def look() -> None:
        async with (
            PageSocket(server, session["endpoints"][1]["token"]) as drawer,
            PageSocket(server, session["endpoints"][2]["token"]) as screen,
        ):
            await screen.send("technical_say", text="Không có PIN")
            await screen.until(lambda: screen.newest.get("error", {}).get("code") == "drawer_closed")
            pin = (await ask(server, "GET", f"{path}/room"))["technician_pin"]
            await drawer.send("unlock", pin=pin)
            await drawer.until(lambda: "technical" in drawer.newest)
            told = await ask(server, "POST", f"{path}/back-channel", {"text": "Kiểm tra micro"})
            assert told["scope"] == "ky_thuat"
            await ask(server, "POST", f"{path}/back-channel", {"text": "Riêng Xã 2", "endpoint_id": ids["Xã 2"]})
            await drawer.send("technical_say", text="Đã kiểm tra")
            await drawer.until(lambda: len(drawer.newest["technical"]["lines"]) == 2)
            await screen.send("ping", id=7)
            await screen.until(lambda: screen.newest.get("pong", {}).get("id") == 7)
        lines = [(each["text"], each["own"]) for each in drawer.newest["technical"]["lines"]]
        assert lines == [("Kiểm tra micro", False), ("Đã kiểm tra", True)]
        assert "technical" not in screen.newest
        assert "Kiểm tra micro" not in str(screen.newest)

    asyncio.run(look())
    kept = server.call("GET", f"{path}/back-channel")["lines"]
    assert [(each["text"], each["endpoint_id"], each["from_site"]) for each in kept] == [
        ("Kiểm tra micro", None, False),
        ("Riêng Xã 2", ids["Xã 2"], False),
        ("Đã kiểm tra", ids["Xã 1"], True),
    ]


def test_a_sites_technician_reads_and_writes_of_the_own_site_alone(server: Server) -> None:
    session = server.create(2)
    path = f"/sessions/{session['id']}/back-channel"
    ids = {each["name"]: each["id"] for each in session["endpoints"]}
    issuer = Tokens.of_data_directory(server.data)
    site = issuer.issue(role="technician", hours=1, name="Kỹ thuật Xã 1", unit="Xã 1")
    server.call("POST", path, {"text": "Riêng Xã 2", "endpoint_id": ids["Xã 2"]})
    told = server.call("POST", path, {"text": "Mất tiếng", "endpoint_id": ids["Xã 2"]}, token=site)
    assert [(each["text"], each["endpoint_id"]) for each in told["lines"]] == [("Mất tiếng", ids["Xã 1"])]
    assert len(server.call("GET", path)["lines"]) == 2
    stranger = issuer.issue(role="technician", hours=1, unit="Xã khác")
    assert server.problem("GET", path, token=stranger)[1]["code"] == "not_own"
    assert server.problem("POST", path, {"text": "x", "endpoint_id": "nobody"})[0] == 404
