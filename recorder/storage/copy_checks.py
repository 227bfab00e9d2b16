"""Are the copies on other disks still what they were? Each that is there is read again once in a while.

The store in a data centre is left out: to read it all back would fill the line that sessions need; it was read back
when it was written.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from recorder.catalogue import recording_directories
from recorder.storage.copying import check_copy
from recorder.storage.ledger import note_copy, read_entry
from recorder.storage.targets import S3, DiskTarget, TargetGone


def check_copies(data: Path, *, older_than_s: float, now: float) -> tuple[int, list[tuple[str, str]]]:
    """Read the copies again that were read last before `older_than_s` ago and whose disk is there: how many, and
    (recording, target) of those that are not whole, which are marked as failed. now: Unix s."""
    checked, bad = 0, []
    for directory in recording_directories(data / "recordings"):
        for name, copy in read_entry(data, directory.name).get("copies", {}).items():
            seen_s = max(float(copy.get("checked", 0.0)), float(copy.get("at", 0.0)))
            due = copy.get("state") == "verified" and now - seen_s >= older_than_s
            if name == S3 or not due or not _is_there(data, Path(name), copy):
                continue
            with suppress(TargetGone):  # pulled meanwhile: another night
                wrong = _wrong(DiskTarget(Path(name)), directory.name)
                state = {"state": "failed", "error": f"{len(wrong)}: {wrong[0]}"} if wrong else {}
                note_copy(data, directory.name, name, checked=now, **state)
                checked += 1
                if wrong:
                    bad.append((directory.name, name))
    return checked, bad


def _is_there(data: Path, place: Path, copy: dict[str, Any]) -> bool:
    """Whether the disk is in: its directory may be left empty on the recordings' own disk."""
    with suppress(OSError):
        on_same_disk = place.stat().st_dev == data.stat().st_dev
        return not on_same_disk or copy.get("same_disk") is not False
    return False


def _wrong(target: DiskTarget, recording: str) -> list[str]:
    try:
        return check_copy(target, recording)
    except TargetGone:
        raise
    except OSError as error:
        return [f"{error.filename or recording}: {error.strerror or error}"]
