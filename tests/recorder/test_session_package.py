"""The session's file beside its recording: signed, verified with it, and counted where it was read back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from recorder.bundle import verifier_source
from recorder.keys import rotate_key
from recorder.master_key import Keyring
from recorder.mirror import mirror
from recorder.session_package import NotSealed, make_package, package_of, verified_media
from recorder.storage.fixity import check_one
from recorder.storage.ledger import note_copy, read_entry
from recorder.verify import verify
from tests.recorder.made import make_sealed
from tests.recorder.mounts import needs_root, small_disk

CONTENT = {"minutes.json": b'{"number": "1/BB-TCD"}', "documents/001-x.pdf": b"%PDF-1.4 don", "README.txt": b"x"}


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    return make_sealed(tmp_path / "data")


def pack(directory: Path, content: dict[str, bytes] | None = None) -> str:
    data = directory.parent.parent
    return make_package(data, directory, content or CONTENT, made_of="m", keys=Keyring.beside(directory)).hash


def faults(directory: Path) -> list[tuple[str, str]]:
    return [(fault.kind, fault.file) for fault in verify(directory).faults]


def test_what_is_packed_is_verified_with_the_recording_and_by_the_verifier_that_travels(
    sealed: Path, tmp_path: Path
) -> None:
    pack(sealed)
    found = package_of(sealed)
    assert found is not None
    assert (found.files, found.made_of) == (3, "m")
    assert verify(sealed).verdict == "whole"
    script = tmp_path / "verify.py"
    script.write_text(verifier_source())
    done = subprocess.run([sys.executable, str(script), str(sealed)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (sealed / "session" / "minutes.json").write_bytes(b'{"number": "9/BB-TCD"}')
    done = subprocess.run([sys.executable, str(script), str(sealed)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "session/minutes.json" in done.stdout


def test_altered_missing_and_added_papers_and_a_forged_list_are_told_apart(sealed: Path) -> None:
    pack(sealed)
    folder = sealed / "session"
    (folder / "minutes.json").write_bytes(b"{}")
    (folder / "documents" / "001-x.pdf").unlink()
    (folder / "new.txt").write_text("x")
    assert faults(sealed) == [
        ("missing", "session/documents/001-x.pdf"),
        ("altered", "session/minutes.json"),
        ("added", "session/new.txt"),
    ]
    pack(sealed)
    assert faults(sealed) == []
    facts = json.loads((folder / "package.json").read_text())
    facts["files"] = facts["files"][1:]
    (folder / "package.json").write_text(json.dumps(facts))
    assert ("altered", "session/package.json") in faults(sealed)
    (folder / "package.json").unlink()
    assert faults(sealed) == [("missing", "session/package.json")]


def test_a_key_that_the_recorders_key_handed_over_to_signs_too(sealed: Path) -> None:
    rotate_key(sealed.parent.parent)
    pack(sealed)
    assert verify(sealed).verdict == "whole"


def test_another_servers_key_does_not(sealed: Path, tmp_path: Path) -> None:
    make_package(tmp_path / "other", sealed, CONTENT, made_of="m", keys=Keyring.beside(sealed))
    assert faults(sealed) == [("key", "session/package.json")]


def test_an_open_recording_has_no_package_and_no_path_leads_out(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no path"):
        pack(sealed, {"../x": b"x"})
    assert not (sealed / "session").exists()
    empty = sealed.with_name("empty")
    empty.mkdir()
    with pytest.raises(NotSealed):
        pack(empty)
    assert [each.name for each in sealed.parent.iterdir() if each.name.startswith(".")] == []


@needs_root
def test_only_where_this_package_was_read_back_counts(sealed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with small_disk(tmp_path / "usb", 24) as disk:
        mirror(sealed, disk, data=data)
        hash_now = pack(sealed)
        assert verified_media(read_entry(data, sealed.name), hash_now) == []
        mirror(sealed, disk, data=data)
        mirror(sealed, tmp_path / "same", data=data)
        check_one(data, sealed)
        media = [each.medium for each in verified_media(read_entry(data, sealed.name), hash_now)]
        assert media == ["original", str(disk)]
        assert verify(disk / sealed.name).verdict == "whole"
        newer = pack(sealed, CONTENT | {"minutes.json": b"{}"})
        assert newer != hash_now
        assert verified_media(read_entry(data, sealed.name), newer) == []


def test_a_copy_that_failed_or_lies_on_the_same_disk_counts_for_nothing(sealed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    package = pack(sealed)
    note_copy(data, sealed.name, "/a", state="failed", package=package, at=1.0)
    note_copy(data, sealed.name, "/b", state="verified", same_disk=True, package=package, at=1.0)
    note_copy(data, sealed.name, "s3://x/y", state="verified", package=package, at=2.0)
    assert [each.medium for each in verified_media(read_entry(data, sealed.name), package)] == ["s3://x/y"]
    assert verified_media(read_entry(data, sealed.name), "") == []
