"""A script that runs: each begin and end is a marker, what is left out has a reason, pages are told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.harness import Server, free_port
from tests.signalling.pages import PageSocket

pytestmark = pytest.mark.timeout(90)

ITEMS = [
    {"title": "Khai mạc", "speaker": "Người chủ trì", "minutes": 5},
    {"title": "Công dân trình bày", "minutes": 15, "layout": "chair_speaker"},
    {"title": "Kết luận"},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("script") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def begun(server: Server) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """Path of a live session with a script, its items, its centre."""
    session = server.create(1)
    path = f"/sessions/{session['id']}"
    items = server.call("PUT", f"{path}/script", {"items": ITEMS})["items"]
    server.call("POST", f"{path}/start")
    return path, items, session["endpoints"][0]


def test_items_begin_and_end_as_markers_of_the_recording(server: Server) -> None:
    path, (opening, talk, closing), centre = begun(server)

    async def look() -> None:
        async with PageSocket(server, centre["token"]) as page:
            assert page.room["next_item"]["title"] == "Khai mạc"
            await asyncio.to_thread(server.call, "POST", f"{path}/script/{opening['id']}/start")
            await page.until(lambda: (page.room["item"] or {}).get("title") == "Khai mạc")
            assert page.room["next_item"]["title"] == "Công dân trình bày"
            await page.send("command", command="start_item", item_id=talk["id"])
            await page.until(lambda: (page.room["item"] or {}).get("title") == "Công dân trình bày")
            await page.until(lambda: page.room["layout"] == "chair_speaker")

    asyncio.run(look())
    server.call("POST", f"{path}/script/{talk['id']}/stop")
    view = server.call("POST", f"{path}/script/{closing['id']}/skip", {"reason": "Hết giờ"})
    assert [each["state"] for each in view["items"]] == ["done", "done", "waived"]
    markers = server.call("GET", f"{path}/markers")["markers"]
    assert [(each["category"], each["text"]) for each in markers] == [
        ("item_start", "Khai mạc"),
        ("item_end", "Khai mạc"),
        ("item_start", "Công dân trình bày"),
        ("item_end", "Công dân trình bày"),
        ("note", "Kết luận (Hết giờ)"),
    ]
    assert [each["state"] for each in server.call("GET", f"{path}/room")["script"]] == ["done", "done", "waived"]


def test_what_is_not_possible_is_refused_in_both_languages(server: Server) -> None:
    path, (opening, *_), _ = begun(server)
    for tail, body, code in (
        (f"{opening['id']}/stop", None, "item_not_running"),
        (f"{opening['id']}/skip", {"reason": " "}, "reason_needed"),
        (f"{opening['id']}/reopen", None, "item_open"),
        ("none/start", None, "no_item"),
    ):
        status, problem = server.problem("POST", f"{path}/script/{tail}", body)
        assert (status, problem["code"]) == (404 if code == "no_item" else 409, code)
        assert problem["reason_vi"]
        assert problem["reason_en"]
