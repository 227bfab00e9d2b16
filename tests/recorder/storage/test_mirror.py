"""Copies to another disk: verified, gone on with after the disk was pulled, and no false "done"."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from recorder.mirror import mirror
from recorder.storage import targets
from recorder.storage.copying import NotAsWritten, check_copy, copy_recording
from recorder.storage.disks import disks, is_removable, mount_of, open_files
from recorder.storage.ledger import read_entry
from recorder.storage.targets import DiskTarget, TargetGone
from tests.recorder.made import make_sealed, writable
from tests.recorder.mounts import disk_that_stalls, needs_root, small_disk


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return writable(make_sealed(tmp_path_factory.mktemp("original") / "data"))


def test_a_copy_is_whole_and_a_second_one_copies_nothing(sealed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = mirror(sealed, tmp_path / "disk", data=data)
    files = sum(1 for path in sealed.rglob("*") if path.is_file())
    assert (first.verdict, first.copied, first.files) == ("whole", files, files)
    assert first.same_disk
    assert not first.safe_to_remove, "a copy on the same disk is no second copy, and the disk is not to be pulled"
    assert mirror(sealed, tmp_path / "disk", data=data).copied == 0
    copy = read_entry(data, "s1")["copies"][str(tmp_path / "disk")]
    assert (copy["state"], copy["verdict"]) == ("verified", "whole")


def test_what_was_spoiled_in_the_copy_is_copied_again(sealed: Path, tmp_path: Path) -> None:
    mirror(sealed, tmp_path / "disk")
    track = next((tmp_path / "disk" / "s1" / "tracks").iterdir())
    track.chmod(0o644)
    spoiled = bytearray(track.read_bytes())
    spoiled[100] ^= 1
    track.write_bytes(spoiled)
    assert check_copy(DiskTarget(tmp_path / "disk"), "s1") == [f"tracks/{track.name}"]
    again = mirror(sealed, tmp_path / "disk")
    assert (again.copied, again.verdict) == (1, "whole")


def test_a_copy_of_what_is_faulty_is_not_called_whole(tmp_path: Path) -> None:
    original = writable(make_sealed(tmp_path / "data"))
    (original / "journal" / "000001.journal").write_bytes(b"nothing")
    assert mirror(original, tmp_path / "disk").verdict == "faulty"
    assert copy_recording(original, DiskTarget(tmp_path / "disk")).damaged == ["journal/000001.journal"]


def test_a_target_that_gives_back_other_bytes_is_found_out(
    sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = DiskTarget.put

    def lying(self: DiskTarget, source: Path, name: str) -> None:
        put(self, source, name)
        if name.endswith(".webm"):
            place = self.root / name
            place.chmod(0o644)
            place.write_bytes(place.read_bytes()[:-1] + b"\0")

    monkeypatch.setattr(DiskTarget, "put", lying)
    with pytest.raises(NotAsWritten):
        mirror(sealed, tmp_path / "disk", data=tmp_path / "data")
    assert read_entry(tmp_path / "data", "s1")["copies"][str(tmp_path / "disk")]["state"] == "failed"
    assert not (tmp_path / "disk" / "s1" / "manifest.jsonl").exists(), "it must not look like a recording"


@needs_root
def test_a_disk_pulled_in_the_middle_is_no_copy_and_goes_on_when_it_is_back(sealed: Path, tmp_path: Path) -> None:
    data, point = tmp_path / "data", tmp_path / "usb"
    seen: list[int] = []
    with disk_that_stalls(point, 32):

        def pull(done: int, total: int) -> None:
            if not seen and done > total // 3:
                seen.append(done)
                subprocess.run(["umount", "--lazy", str(point)], check=True)

        with pytest.raises(TargetGone, match="rút ra"):
            mirror(sealed, point, data=data, on_progress=pull)
        assert read_entry(data, "s1")["copies"][str(point)]["state"] == "waiting"
        assert list(point.iterdir()) == [], "nothing was written under the mount point"
        with pytest.raises(TargetGone, match="chưa được cắm lại"):
            mirror(sealed, point, data=data)
        assert list(point.iterdir()) == []
        subprocess.run(["mount", "-o", "loop", str(point.with_suffix(".img")), str(point)], check=True)
        assert not (point / "s1" / "manifest.jsonl").exists()
        result = mirror(sealed, point, data=data)
        assert result.verdict == "whole"
        assert 0 < result.copied < result.files, "what was there already is not copied again"
        assert (result.safe_to_remove, result.unmounted) == (True, False)
        assert [path.name for path in point.iterdir() if path.name != "lost+found"] == ["s1"]


@needs_root
def test_safe_to_remove_is_told_only_when_nothing_uses_the_disk(sealed: Path, tmp_path: Path) -> None:
    point = tmp_path / "usb"
    with disk_that_stalls(point, 32):
        with (point / "somebody").open("w") as file:
            file.write("x")
            busy = mirror(sealed, point, eject=True)
            assert busy.verdict == "whole"
            assert not busy.safe_to_remove
            assert "đang được dùng" in busy.reason
            assert mount_of(point).point == str(point)
        done = mirror(sealed, point, eject=True)
        assert (done.safe_to_remove, done.unmounted, done.copied) == (True, True, 0)
        assert mount_of(point).point != str(point)
        assert list(point.iterdir()) == []
        subprocess.run(["mount", "-o", "loop", str(point.with_suffix(".img")), str(point)], check=True)
        assert check_copy(DiskTarget(point), "s1") == []


@needs_root
def test_a_full_disk_is_no_copy(sealed: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "usb", 1) as point:
        (point / "other").write_bytes(bytes(900 << 10))
        with pytest.raises(OSError, match="No space left"):
            mirror(sealed, point, data=tmp_path / "data")
        assert read_entry(tmp_path / "data", "s1")["copies"][str(point)]["state"] == "failed"
        assert not (point / "s1" / "manifest.jsonl").exists()


@needs_root
def test_external_disks_are_found_with_what_is_free(sealed: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "media" / "Ổ cứng 1", 8) as point:
        (found,) = [disk for disk in disks([str(tmp_path / "media")], sealed) if disk.path == str(point)]
        assert (found.total_bytes, found.kind, found.same_disk) == (8 << 20, "tmpfs", False)
        assert disks([str(tmp_path / "elsewhere")], sealed) == []


def test_what_hangs_on_usb_or_says_so_is_removable(tmp_path: Path) -> None:
    block = tmp_path / "dev" / "block"
    block.mkdir(parents=True)
    usb = tmp_path / "devices" / "usb2" / "2-1" / "block" / "sdb" / "sdb1"
    card = tmp_path / "devices" / "mmc0" / "block" / "mmcblk0"
    fixed = tmp_path / "devices" / "ata1" / "block" / "sda"
    for place in (usb, card, fixed):
        place.mkdir(parents=True)
    (card / "removable").write_text("1\n")
    (fixed / "removable").write_text("0\n")
    for number, place in (("8:17", usb), ("179:0", card), ("8:0", fixed)):
        (block / number).symlink_to(place)
    assert [is_removable(number, block) for number in ("8:17", "179:0", "8:0", "0:99")] == [True, True, False, False]


def test_the_mount_point_of_a_disk_that_is_not_in_is_never_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "MOUNT_ROOTS", (str(tmp_path / "media"),))
    (tmp_path / "media" / "lan").mkdir(parents=True)
    for gone in (tmp_path / "media" / "USB", tmp_path / "media" / "lan" / "USB", tmp_path / "no" / "where"):
        with pytest.raises(TargetGone, match="đã cắm chưa"):
            DiskTarget(gone)
        assert not gone.exists()


def test_open_files_are_named(tmp_path: Path) -> None:
    with (tmp_path / "open").open("w"):
        found = open_files(str(tmp_path), (tmp_path / "open").stat().st_dev)
    assert [each.rpartition("/")[2] for each in found] == ["open"]
