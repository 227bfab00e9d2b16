"""House rules and regulation: each save is a version, older ones stay, and a session's file tells what was shown."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from reception.rules import RulesKind, named_in
from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port
from tests.signalling.archived import world
from tests.signalling.pages import PageSocket

FIRST, SECOND = "Giữ trật tự.\nKhông quay phim.", "Giữ trật tự. Không phát trực tiếp."


async def test_each_save_is_a_new_version_with_author_and_time_and_older_ones_are_read(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        seen = await made.well("delegate", "GET", "/rules")
        assert (seen["shown_as"], seen["quy_che"]["current"]) == ("2026-1", None)
        assert (seen["noi_quy"]["current"]["number"], seen["noi_quy"]["current"]["author"]) == (0, "")
        await made.well("admin", "POST", "/rules/noi_quy", {"vi": FIRST, "after": 0}, name="Quản trị A")
        body = {"vi": SECOND, "en": "Keep order.", "after": 1}
        seen = await made.well("admin", "POST", "/rules/noi_quy", body, name="Quản trị B")
        assert seen["shown_as"] == "2026-1; NQ-2"
        current, older = seen["noi_quy"]["current"], seen["noi_quy"]["older"]
        assert (current["id"], current["vi"], current["author"]) == ("NQ-2", SECOND, "Quản trị B")
        assert [(each["id"], each["author"], bool(each["at"])) for each in older] == [("NQ-1", "Quản trị A", True)]
        assert (await made.well("secretary", "GET", "/rules/noi_quy/1"))["vi"] == FIRST
        assert await made.refused("admin", "POST", "/rules/noi_quy", body) == (409, "other_version")
        assert await made.refused("admin", "POST", "/rules/khac", body) == (404, "not_found")
        assert await made.refused("admin", "POST", "/rules/quy_che", {"vi": " ", "after": 0}) == (422, "invalid_body")


async def test_a_sessions_package_has_the_texts_that_were_shown(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        await made.well("admin", "POST", "/rules/quy_che", {"vi": FIRST, "after": 0})
        record = await made.ended()
        citizen = {"endpoint_id": record.endpoints[1].id, "name": "Vi Văn An", "acknowledged": True}
        await made.well("secretary", "POST", f"/sessions/{record.id}/citizens", citizen)
        await made.well("admin", "POST", "/rules/quy_che", {"vi": SECOND, "after": 1})
        await made.sign_all(record.id)
        await made.well("secretary", "POST", f"/sessions/{record.id}/minutes/final", {})
        await made.well("secretary", "POST", f"/sessions/{record.id}/archive/package", {})
        kept = json.loads((made.data / "recordings" / record.id / "session" / "rules.json").read_text())
        assert kept["versions"] == ["2026-1; QC-1"]
        assert [(each["id"], each["vi"]) for each in kept["texts"]] == [("QC-1", FIRST)]


@pytest.mark.timeout(60)
def test_an_endpoint_is_shown_the_newest_texts_and_asked_again_when_they_change(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", free_port())
    server.start()
    admin = Tokens.of_data_directory(server.data).issue(role="admin", hours=1, name="Quản trị")
    session = server.create(1)
    place = next(each for each in session["endpoints"] if each["name"] == "Xã 1")

    async def look() -> None:
        async with PageSocket(server, place["token"]) as page:
            assert page.room["notice"]["regulation"] == ""
            for number, text in enumerate((FIRST, SECOND)):
                body = {"vi": text, "after": number}
                await asyncio.to_thread(server.call, "POST", "/rules/quy_che", body, token=admin)
                await page.until(lambda text=text: page.room["notice"]["regulation"] == text)  # type: ignore[misc]
                assert page.room["notice"]["at"] is None
                version = page.room["notice"]["version"]
                assert version == f"2026-1; QC-{number + 1}"
                await page.send("acknowledge", name="Nguyễn Văn An", version=version)
                await page.until(lambda: page.room["notice"]["by"] == "Nguyễn Văn An")

    asyncio.run(look())
    found = server.call("GET", f"/sessions/{session['id']}/room")["notices"][place["id"]]
    assert (found["name"], found["version"]) == ("Nguyễn Văn An", "2026-1; QC-2")
    server.stop()
    assert "Traceback" not in server.log.read_text()


def test_the_texts_are_found_in_the_names_of_what_was_shown() -> None:
    found = named_in(["2026-1; NQ-3; QC-2", "2026-1", "2026-1; NQ-3", ""])
    assert found == {(RulesKind.HOUSE, 3), (RulesKind.REGULATION, 2)}
