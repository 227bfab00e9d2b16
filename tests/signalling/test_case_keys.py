"""Documents, scans and final minutes at rest: encrypted where recordings are, plain for whoever may open them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from recorder.encrypted_file import open_media
from recorder.verify import verify
from tests.signalling.archived import World, world

SECRET = b"%PDF-1.4 " + b"Don cua ba Anh ve dat dai. " * 9000  # some chunks
SCAN = b"%PDF-1.7 " + b"Bien ban da ky. " * 9000


async def handed_in(made: World, session_id: str, **fields: str) -> dict[str, Any]:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("file", SECRET, filename="don.pdf", content_type="application/pdf")
    headers = {"Authorization": f"Bearer {made.token('secretary')}"}
    path = f"/api/v1/sessions/{session_id}/documents"
    async with made.client.post(path, data=form, headers=headers) as answer:
        found: dict[str, Any] = await answer.json()
        assert answer.status == 201, found
        return found


def files(made: World) -> list[Path]:
    return [each for name in ("documents", "minutes") for each in (made.data / name).rglob("*") if each.is_file()]


async def filled(made: World, *, encrypted: bool = True) -> tuple[str, str]:
    """An ended session with a document, a scan and final minutes; its id and the document's address."""
    record = await made.ended(encrypted=encrypted)
    path = f"/sessions/{record.id}"
    document = await handed_in(made, record.id)
    assert (document["bytes"], document["sha256"]) == (len(SECRET), hashlib.sha256(SECRET).hexdigest())
    await made.well("secretary", "POST", f"{path}/minutes/scans?name=a.pdf", SCAN)
    await made.sign_all(record.id)
    await made.well("secretary", "POST", f"{path}/minutes/final", {})
    return record.id, f"{path}/documents/{document['id']}/content"


async def test_what_lies_there_is_encrypted_and_whoever_may_open_it_gets_it_plain(tmp_path: Path) -> None:
    async with world(tmp_path, encrypt=True) as made:
        session_id, content = await filled(made)
        lying = files(made)
        assert sorted(each.suffixes[-2] for each in lying) == [".docx", ".pdf", ".pdf"]
        for each in lying:
            raw = each.read_bytes()
            assert each.suffix == ".enc"
            assert each.stat().st_mode & 0o077 == 0
            assert not [word for word in (b"ba Anh", b"Bien ban", b"word/document.xml") if word in raw]
        assert await made.well("secretary", "GET", content) == SECRET
        minutes = await made.well("secretary", "GET", f"/sessions/{session_id}/minutes")
        assert await made.well("secretary", "GET", minutes["scans"][0]["url"].removeprefix("/api/v1")) == SCAN
        docx = await made.well("secretary", "GET", f"/sessions/{session_id}/minutes/document")
        assert hashlib.sha256(docx).hexdigest() == minutes["sha256"]
        assert await made.well("secretary", "GET", f"/sessions/{session_id}/papers/minutes?format=docx") == docx
        headers = {"Authorization": f"Bearer {made.token('secretary')}", "Range": "bytes=70000-70099"}
        async with made.client.get(f"/api/v1{content}", headers=headers) as answer:
            assert (answer.status, await answer.read()) == (206, SECRET[70000:70100])


async def test_a_changed_byte_and_a_missing_key_are_told(tmp_path: Path) -> None:
    async with world(tmp_path, encrypt=True) as made:
        _, content = await filled(made)
        path = next(each for each in files(made) if each.parts[-3] == "documents")
        raw = bytearray(path.read_bytes())
        path.write_bytes(raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:])
        assert await made.refused("secretary", "GET", content) == (500, "damaged_file")
        path.write_bytes(raw)
        key = tmp_path / "keys" / "master.key"
        key.rename(key.with_suffix(".away"))
        status, problem = await made.call("secretary", "GET", content)
        assert (status, problem["code"]) == (409, "key_unavailable")
        assert "khóa chủ" in problem["reason_vi"]
        key.with_suffix(".away").rename(key)
        assert await made.well("secretary", "GET", content) == SECRET


@pytest.mark.parametrize("recording", [True, False], ids=["encrypted recording", "plain recording"])
async def test_the_package_has_the_document_as_the_recording_is(tmp_path: Path, recording: bool) -> None:
    async with world(tmp_path / "data", encrypt=True) as made:
        session_id, _ = await filled(made, encrypted=recording)
        await made.well("secretary", "POST", f"/sessions/{session_id}/archive/package", {})
        folder = made.data / "recordings" / session_id / "session"
        assert verify(folder.parent).verdict == "whole"
        (document,) = (folder / "documents").iterdir()
        assert (document.suffix == ".enc") == recording
        with open_media(document, made.services.recorder.keys) as file:
            assert file.read() == SECRET


async def test_files_of_before_stay_readable_when_encryption_is_switched_on(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        _, content = await filled(made, encrypted=False)
        assert {each.suffix for each in files(made)} == {".pdf", ".docx"}
    async with world(tmp_path, encrypt=True) as made:
        assert await made.well("secretary", "GET", content) == SECRET
