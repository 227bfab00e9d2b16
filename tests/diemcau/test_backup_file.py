"""The file of a backup: whole or refused, with and without a passphrase."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.words import hide_password
from diemcau.backup import sealed_stream
from diemcau.backup.backup_file import TRAILER, BackupWriter, Manifest, opened
from diemcau.backup.data_files import data_files, fingerprints
from diemcau.backup.passphrase import passphrase_in
from diemcau.backup.sealed_stream import Broken, SealingWriter, WrongPassphrase, unseal
from reception.store_errors import StoreError
from recorder.storage.backup_state import is_due, name_at, superfluous

SECRET = "một cụm mật khẩu dài"
LINES = ['{"id":1,"t":"Đô Lương"}', '{"id":2,"t":"x"}']


def write(path: Path, passphrase: str = "", **changes: object) -> Path:
    with BackupWriter(path, passphrase) as writer:
        tables = {"session": writer.table("session", LINES), "empty": writer.table("empty", [])}
        writer.file("documents/s1/d.pdf", io.BytesIO(os.urandom(3000)))
        facts: dict[str, object] = {
            "version": "1",
            "revision": "0001",
            "created_at": "2026-11-30T00:00:00+00:00",
            "database": "sqlite",
            "tables": tables,
            "files": writer.files,
            "audit_entries": 0,
            "audit_head": "0",
            "audit_whole": True,
            "keys": {},
            "keys_inside": False,
        }
        writer.finish(Manifest.model_validate(facts | changes))
    return path


@pytest.mark.parametrize("passphrase", ["", SECRET])
def test_what_was_written_is_read_and_only_the_owner_may(tmp_path: Path, passphrase: str) -> None:
    path = write(tmp_path / "x.dcbackup", passphrase)
    assert path.stat().st_mode & 0o077 == 0
    assert (b"session" in path.read_bytes()) is not bool(passphrase)
    with opened(path, passphrase) as backup:
        assert list(backup.lines("session")) == LINES
        assert list(backup.lines("empty")) == []
        assert (backup.manifest.tables["session"].rows, backup.manifest.rows) == (2, 2)
        backup.extract("documents/s1/d.pdf", tmp_path / "out" / "d.pdf")
    assert (tmp_path / "out" / "d.pdf").stat().st_size == 3000
    assert sorted(os.listdir(tmp_path)) == ["out", "x.dcbackup"]


def refused(path: Path, passphrase: str = "") -> str:
    with pytest.raises(StoreError) as error, opened(path, passphrase):
        pass
    assert error.value.words.vi
    return error.value.words.en


@pytest.mark.parametrize("passphrase", ["", SECRET])
def test_whatever_is_damaged_or_cut_off_is_found(tmp_path: Path, passphrase: str) -> None:
    whole = write(tmp_path / "x", passphrase).read_bytes()
    path = tmp_path / "y"
    step = max(1, len(whole) // 400) if not passphrase else len(whole) // 3
    for place in range(0, len(whole), step):
        path.write_bytes(whole[:place])
        assert refused(path, passphrase), place
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        assert refused(path, passphrase), place
    path.write_bytes(whole + b"x")
    assert refused(path, passphrase)


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The backup as somebody else's program would write it again."""
    changed = path.with_suffix(".changed")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        new.comment = old.comment
    whole = changed.read_bytes()
    changed.write_bytes(whole + TRAILER + hashlib.sha256(whole).hexdigest().encode() + b"\n")
    return changed


def test_a_changed_member_or_manifest_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x")

    def only(wanted: str, value: bytes | None) -> Callable[[str, bytes], bytes | None]:
        return lambda name, content: value if name == wanted else content

    assert "tables/session.jsonl" in refused(rewritten(path, only("tables/session.jsonl", b"{}\n")))
    assert "data/documents/s1/d.pdf" in refused(rewritten(path, only("data/documents/s1/d.pdf", None)))
    assert "manifest.json: not its hash" in refused(rewritten(path, only("manifest.json", b"{}")))
    assert "no manifest.json" in refused(rewritten(path, only("manifest.json", None)))


def test_what_is_newer_no_backup_or_not_there_says_so(tmp_path: Path) -> None:
    assert "newer version (format 2)" in refused(write(tmp_path / "x", format=2))
    assert "There is no file" in refused(tmp_path / "none")
    (tmp_path / "text").write_text("hello")
    assert "no whole backup" in refused(tmp_path / "text")


def test_a_file_that_would_be_put_elsewhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for name in ("../x", "/etc/x", "a/../../x"):
        with BackupWriter(path) as writer:
            writer.file(name, io.BytesIO(b"x"))
            facts = {"version": "1", "revision": "0001", "created_at": "", "database": "sqlite", "tables": {}}
            more = {"audit_entries": 0, "audit_head": "", "audit_whole": True, "keys": {}, "keys_inside": False}
            writer.finish(Manifest.model_validate({**facts, **more, "files": writer.files}))
        assert "a file" in refused(path)
        path.unlink()


def test_a_passphrase_is_needed_and_must_be_the_right_one(tmp_path: Path) -> None:
    path = write(tmp_path / "x", SECRET)
    assert "is encrypted" in refused(path)
    assert "passphrase of" in refused(path, SECRET + ".")
    file = tmp_path / "secret"
    file.write_text(f"\ufeff{SECRET}\n", encoding="utf-8")
    assert passphrase_in(file) == SECRET
    file.write_text("short\n")
    with pytest.raises(StoreError, match="at least 12"):
        passphrase_in(file)


@pytest.mark.parametrize("size", [0, 1, 1000, 4096, 4097, 8192, 10_000])
def test_a_sealed_stream_of_any_length_comes_back(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_stream, "CHUNK", 4096)
    monkeypatch.setattr(sealed_stream, "COST", 2)
    plain, sealed = os.urandom(size), io.BytesIO()
    writer = SealingWriter(sealed, SECRET)
    for place in range(0, size, 700):
        writer.write(plain[place : place + 700])
    writer.close()
    back = io.BytesIO()
    unseal(io.BytesIO(sealed.getvalue()), back, SECRET)
    assert back.getvalue() == plain


def test_chunks_that_are_lost_swapped_or_repeated_do_not_decrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_stream, "CHUNK", 100)
    monkeypatch.setattr(sealed_stream, "COST", 2)
    sealed = io.BytesIO()
    writer = SealingWriter(sealed, SECRET)
    begin = len(sealed.getvalue())
    writer.write(os.urandom(350))
    writer.close()
    whole = sealed.getvalue()
    head, chunks = whole[:begin], [whole[place : place + 116] for place in range(begin, len(whole), 116)]
    assert len(chunks) == 4
    for wrong in (
        chunks[:-1],
        chunks[1:],
        [chunks[1], chunks[0], *chunks[2:]],
        [chunks[0], *chunks],
        [],
        [*chunks[:-1], chunks[-1][:-1]],
    ):
        with pytest.raises(Broken):
            unseal(io.BytesIO(head + b"".join(wrong)), io.BytesIO(), SECRET)
    with pytest.raises(WrongPassphrase):
        unseal(io.BytesIO(whole), io.BytesIO(), "another")
    facts = json.loads(head.split(b"\n")[1])
    for change in ({"n": 2**30}, {"n": 3}, {"salt": "x"}):
        other = sealed_stream.MAGIC + json.dumps(facts | change).encode() + b"\n"
        with pytest.raises(Broken):
            unseal(io.BytesIO(other + whole[begin:]), io.BytesIO(), SECRET)


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), BackupWriter(tmp_path / "x", SECRET) as writer:
        writer.table("a", (f"{1 // number}" for number in (1, 0)))
    assert os.listdir(tmp_path) == []
    (tmp_path / "x").write_text("mine")
    with pytest.raises(StoreError, match="there already"), BackupWriter(tmp_path / "x"):
        pass
    assert (tmp_path / "x").read_text() == "mine"


def test_files_are_all_but_recordings_what_is_made_anew_and_what_is_of_now(tmp_path: Path) -> None:
    for name in (
        "documents/s/1.pdf",
        "templates/bien_ban.docx",
        "keys/account.key",
        "keys/retired/a.pem",
        "profiles/a.toml",
        "storage/destroyed/a.json",
        "storage/queue/j.json",
        "storage/backup.json",
        "recordings/s/manifest.jsonl",
        "index/recordings.sqlite3",
        "run/server.lock",
        "diemcau.sqlite",
        "diemcau.sqlite-wal",
        "server.log",
        "before-restore-20261130/keys/a",
        "backups/b.dcbackup",
        "elsewhere/kept.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "documents" / "link").symlink_to("/etc/passwd")
    without = ["documents/s/1.pdf", "profiles/a.toml", "storage/destroyed/a.json", "templates/bien_ban.docx"]
    found = [name for name, _ in data_files(tmp_path, keys=False, besides=(tmp_path / "elsewhere",))]
    assert sorted(found) == without
    found = [name for name, _ in data_files(tmp_path, keys=True, besides=(tmp_path / "elsewhere" / "kept.txt",))]
    assert sorted(found) == sorted([*without, "keys/account.key", "keys/retired/a.pem"])
    before = fingerprints(tmp_path)
    assert set(before) == {"account.key", "retired/a.pem"}
    (tmp_path / "keys" / "account.key").write_text("other")
    assert fingerprints(tmp_path)["account.key"] != before["account.key"]
    shutil.rmtree(tmp_path / "keys")
    assert fingerprints(tmp_path) == {}


def test_a_nightly_backup_is_due_once_a_night_and_an_hour_after_a_fault() -> None:
    at = datetime.fromisoformat("2026-11-30T01:00:00+07:00")
    hour = timedelta(hours=1)
    made = {"begun": (at + timedelta(minutes=2)).timestamp(), "ok": True}
    assert is_due({}, now=at - hour, hour=1)
    assert is_due({"begun": (at - hour).timestamp(), "ok": True}, now=at, hour=1)
    assert not is_due(made, now=at + 22 * hour, hour=1)
    assert is_due(made, now=at + 24 * hour, hour=1)
    assert is_due({"begun": (at - 30 * hour).timestamp(), "ok": True}, now=at - hour, hour=1)  # missed: made up for
    failed = {"begun": at.timestamp(), "ok": False}
    assert not is_due(failed, now=at + 0.9 * hour, hour=1)
    assert is_due(failed, now=at + hour, hour=1)


def test_only_backups_by_their_name_are_deleted_the_oldest_first(tmp_path: Path) -> None:
    begun = datetime(2026, 11, 1, 1)
    names = [name_at(begun + timedelta(days=day)) for day in range(5)]
    for name in [*names, "diemcau-mine.dcbackup", "notes.txt"]:
        (tmp_path / name).touch()
    assert [each.name for each in superfluous(tmp_path, 3)] == names[:2]
    assert superfluous(tmp_path, 9) == []


def test_passwords_are_hidden_wherever_a_url_is_shown() -> None:
    assert hide_password('"postgresql://a:b%40c@h/d?x=1"') == '"postgresql://a:***@h/d?x=1"'
    assert hide_password("postgresql://h/d") == "postgresql://h/d"
