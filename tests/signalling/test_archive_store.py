"""The object store as the second medium, with a real S3 server: a package is read back from there, or not archived."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recorder.storage.queue import Queue
from recorder.storage.s3 import S3Target
from tests.recorder.storage.s3_server import S3Server
from tests.signalling.archived import World, world
from tests.signalling.test_archive_api import packed, states

pytestmark = [pytest.mark.store, pytest.mark.timeout(120)]
STORE = "s3://diemcau/recordings"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Server]:
    running = S3Server(tmp_path / "s3")
    running.start()
    yield running
    running.kill()


def spoil(server: S3Server, name: str) -> None:
    """One bit of what the server keeps."""
    path = server.path(name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def work(made: World) -> None:
    """Also what was put off after a failure."""
    for job in Queue(made.data).jobs():
        time.sleep(max(0.0, job.next_s - time.time()))
    made.work()


async def test_a_session_is_archived_once_its_package_was_read_back_from_the_store(
    server: S3Server, tmp_path: Path
) -> None:
    async with world(tmp_path / "data", s3=server.settings()) as made:
        record = await made.ended(retention="15_nam")
        path = f"/sessions/{record.id}/archive"
        seen = await packed(made, record.id)
        assert states(seen) == {"original": "checking", "store": "waiting"}
        assert await made.refused("archivist", "POST", path, {}) == (409, "not_ready")
        made.work()
        seen = await made.well("archivist", "GET", path)
        assert (states(seen), seen["unmet"]) == ({"original": "verified", "store": "verified"}, [])
        assert (await made.well("archivist", "POST", path, {}))["state"] == "archived"
        marks = (await made.well("archivist", "GET", f"/sessions/{record.id}/course"))["marks"]
        assert {each["subject"] for each in marks if each["mark"] == "package_verified"} == {"original", STORE}
        kept = made.data / "recordings" / record.id
        for file in (each for each in kept.rglob("*") if each.is_file()):
            name = f"{record.id}/{file.relative_to(kept).as_posix()}"
            assert server.path(name).read_bytes() == file.read_bytes(), name


async def test_a_spoiled_copy_in_the_store_keeps_the_session_from_the_archive_until_it_is_mended(
    server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path / "data", s3=server.settings()) as made:
        record = await made.ended(retention="15_nam")
        path, minutes = f"/sessions/{record.id}/archive", f"{record.id}/session/minutes.json"
        put = S3Target.put

        def put_and_spoil(self: S3Target, file: Path, name: str, *more: Any, **keywords: Any) -> None:
            put(self, file, name, *more, **keywords)
            if name == minutes:
                spoil(server, name)

        monkeypatch.setattr(S3Target, "put", put_and_spoil)
        await packed(made, record.id)
        made.work()
        seen = await made.well("archivist", "GET", path)
        store = next(each for each in seen["media"] if each["kind"] == "store")
        assert (store["state"], seen["media_verified"]) == ("waiting", 1)
        assert "dữ liệu sai" in store["error"]
        assert [each["code"] for each in seen["unmet"]] == ["package"]
        assert await made.refused("archivist", "POST", path, {}) == (409, "not_ready")
        monkeypatch.undo()
        work(made)
        assert states(await made.well("archivist", "GET", path)) == {"original": "verified", "store": "verified"}

        spoil(server, minutes)  # after it was verified: found when it is asked for again, and sent anew
        again = {"target": "s3", "purpose": "Kiểm tra lại bản sao"}
        await made.well("archivist", "POST", f"/recordings/{record.id}/copies", again)
        assert states(await made.well("archivist", "GET", path)) == {"original": "verified", "store": "waiting"}
        assert await made.refused("archivist", "POST", path, {}) == (409, "not_ready")
        made.work()
        assert server.path(minutes).read_bytes() == (made.data / "recordings" / minutes).read_bytes()
        assert (await made.well("archivist", "POST", path, {}))["state"] == "archived"
