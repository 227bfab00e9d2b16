"""The nightly check: when, and what it finds."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from recorder.mirror import mirror
from recorder.storage.copy_checks import check_copies
from recorder.storage.fixity import check_all, check_one, fixity_due, last_summary
from recorder.storage.ledger import changing, read_entry
from tests.recorder.made import Part, make_sealed, writable

HANOI = timezone(timedelta(hours=7))


def test_whole_altered_rewritten_and_lost_recordings_are_told_apart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = writable(make_sealed(data))
    for name in ("s2", "s3", "s4"):
        shutil.copytree(first, data / "recordings" / name)
    summary = check_all(data)
    assert (summary["whole"], summary["faulty"], summary["missing"]) == (["s1", "s2", "s3", "s4"], [], [])
    track = next((data / "recordings" / "s2" / "tracks").iterdir())
    spoiled = bytearray(track.read_bytes())
    spoiled[77] ^= 4
    track.write_bytes(spoiled)
    shutil.rmtree(data / "recordings" / "s3")
    other = writable(make_sealed(tmp_path / "other", seconds=3.0))
    shutil.rmtree(data / "recordings" / "s4")
    shutil.copytree(other, data / "recordings" / "s4")  # whole in itself, and signed: but not what was recorded
    summary = check_all(data)
    assert summary["whole"] == ["s1"]
    assert summary["faulty"] == ["s2", "s4"]
    assert summary["missing"] == ["s3"]
    assert last_summary(data) == summary
    assert read_entry(data, "s2")["fixity"]["faults"][0]["file"] == f"tracks/{track.name}"
    assert read_entry(data, "s4")["fixity"]["faults"][0]["kind"] == "chain"
    assert check_all(data)["missing"] == ["s3"], "it stays an alarm"
    with changing(data, "s3") as entry:
        entry["deletion"] = {"state": "done"}
    assert check_all(data)["missing"] == [], "what was destroyed in order is not lost"


def test_what_is_not_sealed_yet_is_no_fault(tmp_path: Path) -> None:
    part = Part(tmp_path / "data")
    part.run(2.0)
    part.manifest.sync()
    assert check_one(tmp_path / "data", part.directory)["verdict"] == "not_sealed"
    assert check_all(tmp_path / "data")["not_sealed"] == ["s1"]


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-05-01T02:00", "2026-05-02T01:59", False),
        ("2026-05-01T02:00", "2026-05-02T02:00", True),
        ("2026-05-02T02:00", "2026-05-02T02:01", False),
        ("2026-05-01T02:00", "2026-05-02T05:59", True),
        ("2026-05-01T02:00", "2026-05-02T09:00", False),  # not while people work
        ("2026-04-29T08:00", "2026-05-02T09:00", True),  # but the machine may be off every night
    ],
)
def test_it_begins_at_night(last: str, now: str, due: bool) -> None:
    begun = datetime.fromisoformat(last).replace(tzinfo=HANOI).timestamp()
    assert fixity_due(begun, hour=2, now=datetime.fromisoformat(now).replace(tzinfo=HANOI)) is due


def test_a_copy_that_was_spoiled_is_found_after_its_days_and_marked(tmp_path: Path) -> None:
    data, disk = tmp_path / "data", tmp_path / "disk"
    mirror(writable(make_sealed(data)), disk, data=data)
    written_s = read_entry(data, "s1")["copies"][str(disk)]["at"]
    assert check_copies(data, older_than_s=100.0, now=written_s + 99) == (0, []), "it was read back when it was written"
    assert check_copies(data, older_than_s=100.0, now=written_s + 101) == (1, [])
    track = next((disk / "s1" / "tracks").iterdir())
    track.chmod(0o644)
    track.write_bytes(b"spoiled")
    assert check_copies(data, older_than_s=100.0, now=written_s + 150) == (0, []), "not due again"
    assert check_copies(data, older_than_s=100.0, now=written_s + 250) == (1, [("s1", str(disk))])
    copy = read_entry(data, "s1")["copies"][str(disk)]
    assert (copy["state"], copy["error"]) == ("failed", f"1: tracks/{track.name}")
    shutil.rmtree(disk)
    with changing(data, "s1") as entry:
        entry["copies"][str(disk)]["state"] = "verified"
    assert check_copies(data, older_than_s=100.0, now=written_s + 400) == (0, []), "a disk that is not in"
