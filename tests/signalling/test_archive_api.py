"""From ended to archived over HTTP: the package, two media that were read back, and what is read-only then."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from recorder.storage.queue import Queue
from recorder.verify import verify
from tests.recorder.mounts import needs_root, small_disk
from tests.signalling.archived import World, world


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    with small_disk(tmp_path / "media" / "USB", 24):
        async with world(tmp_path / "data", mount_roots=(f"{tmp_path}/media",)) as built:
            yield built


async def packed(made: World, session_id: str) -> Any:
    """Minutes are final and the package is made."""
    await made.sign_all(session_id)
    await made.well("secretary", "POST", f"/sessions/{session_id}/minutes/final", {})
    return await made.well("secretary", "POST", f"/sessions/{session_id}/archive/package", {})


def states(view: Any) -> dict[str, str]:
    return {each["kind"]: each["state"] for each in view["media"]}


@needs_root
async def test_a_session_is_archived_when_its_package_was_read_back_on_two_media(made: World, tmp_path: Path) -> None:
    record = await made.ended()
    path = f"/sessions/{record.id}/archive"
    first = await made.well("archivist", "GET", path)
    assert [each["code"] for each in first["unmet"]] == ["minutes", "package", "retention"]
    assert (first["package"]["state"], first["recording"], states(first)["original"]) == ("none", "sealed", "none")
    assert await made.refused("secretary", "POST", f"{path}/package", {}) == (409, "no_minutes")
    seen = await packed(made, record.id)
    assert seen["package"]["state"] == "ready"
    assert states(seen) == {"original": "checking", "disk": "none"}
    made.work()
    seen = await made.well("archivist", "GET", path)
    assert (states(seen), seen["media_verified"]) == ({"original": "verified", "disk": "none"}, 1)
    copy = {"target": f"{tmp_path}/media/USB", "purpose": "Giao nộp lưu trữ"}
    await made.well("archivist", "POST", f"/recordings/{record.id}/copies", copy)
    made.work()
    assert await made.refused("archivist", "POST", path, {}) == (409, "not_ready")
    await made.well("archivist", "PUT", f"{path}/retention", {"retention": "vinh_vien"})
    seen = await made.well("archivist", "GET", path)
    assert (seen["media_verified"], seen["unmet"]) == (2, [])
    done = await made.well("archivist", "POST", path, {"version": seen["version"]}, name="Trần Văn Bình")
    assert done["state"] == "archived"
    marks = (await made.well("archivist", "GET", f"/sessions/{record.id}/course"))["marks"]
    media = {each["subject"] for each in marks if each["mark"] == "package_verified"}
    assert media == {"original", f"{tmp_path}/media/USB"}
    storage = await made.well("archivist", "GET", f"/recordings/{record.id}/storage")
    assert (storage["retention"], storage["kept_until"]) == ("vinh_vien", None)
    seen = await made.well("archivist", "GET", path)
    assert (seen["archived_by"], seen["package"]["state"]) == ("Trần Văn Bình", "ready")
    assert verify(tmp_path / "media" / "USB" / record.id).verdict == "whole"


@needs_root
async def test_what_is_archived_is_read_only_for_everybody(made: World, tmp_path: Path) -> None:
    record = await made.ended(retention="5_nam")
    await packed(made, record.id)
    copy = {"target": f"{tmp_path}/media/USB", "purpose": "Giao nộp lưu trữ"}
    await made.well("archivist", "POST", f"/recordings/{record.id}/copies", copy)
    made.work()
    path = f"/sessions/{record.id}"
    await made.well("secretary", "POST", f"{path}/archive", {})
    place = record.endpoints[1].id
    for role, method, suffix, body in (
        ("secretary", "PATCH", "/plan", {"note": "thêm"}),
        ("secretary", "PUT", "/script", {"items": []}),
        ("secretary", "PUT", f"/endpoints/{place}/people", {"people": []}),
        ("secretary", "POST", "/endpoints", {"name": "Xã mới"}),
        ("secretary", "POST", "/minutes/reopen", {"reason": "sửa lỗi"}),
        ("secretary", "POST", "/minutes/scans", b"%PDF-1.4"),
        ("secretary", "PUT", "/minutes/signatures", {"endpoint_id": place, "state": "da_ky"}),
        ("archivist", "POST", "/archive/package", {}),
        ("archivist", "PUT", "/archive/retention", {"retention": "vinh_vien"}),
        ("operator", "PUT", "/profile", {"profile": "30-5"}),
        ("operator", "POST", f"/endpoints/{place}/link/renew", None),
        ("chair", "POST", "/notice", {}),
        ("secretary", "POST", "/markers", {"text": "x"}),
    ):
        status, problem = await made.call(role, method, f"{path}{suffix}", body)
        assert (status, problem.get("code")) == (409, "archived"), (suffix, status, problem)
        assert "chỉ còn xem được" in problem["reason_vi"]
        assert "only be read" in problem["reason_en"]
    assert (await made.well("secretary", "GET", path))["state"] == "archived"
    assert await made.refused("operator", "POST", f"{path}/start", {}) == (409, "illegal_transition")


async def test_the_package_holds_the_sessions_papers_and_a_changed_byte_is_found(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        record = await made.ended()
        await made.well("secretary", "POST", f"/sessions/{record.id}/minutes/scans?name=a.pdf", b"%PDF-1.4 ...")
        await packed(made, record.id)
        folder = made.data / "recordings" / record.id / "session"
        listed = json.loads((folder / "package.json").read_text())
        names = {each["path"] for each in listed["files"]}
        assert names >= {
            *("README.txt", "session.json", "minutes.json", "case.json", "preflight.json", "events.jsonl"),
            *("audit.jsonl", "access-log.jsonl", "room.json", "minutes/scan-01.pdf"),
        }
        session = json.loads((folder / "session.json").read_text())
        assert (session["code"], session["plan"]["chair_name"]) == (record.code, "Nguyễn Văn An")
        assert "link_serial" not in session["endpoints"][0]
        assert "finalise_minutes" in (folder / "audit.jsonl").read_text()
        assert verify(folder.parent).verdict == "whole"
        made.work()
        status, _ = await made.call("archivist", "GET", f"/recordings/{record.id}/files/session/minutes.json")
        assert status == 404
        minutes = folder / "minutes.json"
        minutes.write_text(minutes.read_text().replace("da_ky", "chua_k"))
        assert [fault.file for fault in verify(folder.parent).faults] == ["session/minutes.json"]
        await made.well("archivist", "POST", "/storage/fixity", {})
        made.work()
        seen = await made.well("archivist", "GET", f"/sessions/{record.id}/archive")
        assert states(seen) == {"original": "failed"}
        assert "session/minutes.json" in seen["media"][0]["error"]


async def test_a_package_is_out_of_date_when_the_minutes_are_opened_again(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        record = await made.ended()
        path = f"/sessions/{record.id}"
        await packed(made, record.id)
        made.work()
        assert states(await made.well("secretary", "GET", f"{path}/archive")) == {"original": "verified"}
        await made.well("secretary", "POST", f"{path}/minutes/reopen", {"reason": "Sai tên"})
        seen = await made.well("secretary", "GET", f"{path}/archive")
        assert (seen["package"]["state"], states(seen)) == ("stale", {"original": "none"})
        await made.well("secretary", "POST", f"{path}/minutes/final", {})
        seen = await made.well("secretary", "POST", f"{path}/archive/package", {})
        assert seen["package"]["state"] == "ready"
        assert [job.kind for job in Queue(made.data).jobs()] == ["fixity"]


async def test_the_papers_of_an_encrypted_recording_are_encrypted_too(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        record = await made.ended(encrypted=True)
        await packed(made, record.id)
        folder = made.data / "recordings" / record.id / "session"
        assert not (folder / "minutes.json").exists()
        assert b"Nguy" not in (folder / "minutes.json.enc").read_bytes()
        assert verify(folder.parent).verdict == "whole"


async def test_the_package_is_exported_whole_with_the_verifier_and_the_purpose_is_logged(tmp_path: Path) -> None:
    async with world(tmp_path / "data") as made:
        record = await made.ended()
        await packed(made, record.id)
        path = f"/recordings/{record.id}/export"
        assert await made.refused("archivist", "GET", path) == (422, "purpose_needed")
        assert await made.refused("secretary", "GET", f"{path}?purpose=Giao%20cho%20thanh%20tra") == (403, "forbidden")
        sent = await made.well("archivist", "GET", f"{path}?purpose=Giao%20cho%20thanh%20tra", name="Bình")
        with tarfile.open(fileobj=io.BytesIO(sent)) as archive:
            archive.extractall(tmp_path / "out", filter="data")
        handed = tmp_path / "out" / record.id
        assert verify(handed).verdict == "whole"
        assert {"verify.py", "session", "journal", "tracks"} <= {each.name for each in handed.iterdir()}
        uses = [(line["result"], line["purpose"]) for line in await made.exports(record.id)]
        assert uses == [("begun", "Giao cho thanh tra"), ("ok", "Giao cho thanh tra")]
