"""A second disk for when the first is full or dead, and bringing both together again.

Its directory SECOND/ID is laid out like the recording's own. Of a full first disk it holds segments alone, linked from
where they belong. Of a dead one it also holds the whole manifest, which goes on there, and is a recording of its own
for as long as the first is away.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger("recorder")

FULL_DISK = "disk full"
FULL = {errno.ENOSPC, errno.EDQUOT}


def cause_of(error: OSError) -> str:
    """As the gap ledger names it."""
    return FULL_DISK if error.errno in FULL else "disk failed"


def home_of(second: Path, directory: Path) -> Path:
    """Where the second disk keeps what belongs to this recording."""
    return second / directory.name


def usable(directory: Path, second: Path | None) -> Path:
    """Where a part is to begin: the recording's directory, or its home on the second disk when that is dead."""
    if second is None:
        return directory
    probe = directory.parent / f".probe-{directory.name}"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        if error.errno in FULL:
            return directory
        home = home_of(second, directory)
        home.mkdir(parents=True, exist_ok=True)
        log.error("the recording goes on on the second disk", directory=str(directory), reason=str(error))
        return home
    return directory


def reunite(directory: Path, second: Path) -> None:
    """What was written to the second disk while the first was dead: segments are linked, the longer manifest is taken.

    Nothing is done while the first is away. Raises OSError.
    """
    home = home_of(second, directory)
    if home.resolve() == directory.resolve():
        return
    for path in sorted((home / "journal").glob("*.journal")):
        link = directory / "journal" / path.name
        if not link.is_symlink() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path.resolve())
    theirs = home / "manifest.jsonl"
    if theirs.is_file():
        _take_manifest(directory / "manifest.jsonl", theirs)


def _take_manifest(ours: Path, theirs: Path) -> None:
    longer = theirs.read_bytes()
    kept = ours.read_bytes() if ours.exists() else b""
    whole = kept[: kept.rfind(b"\n") + 1]  # a line that the disk took half of is whole in the other
    if not longer.startswith(whole):
        log.error("two manifests went on from one: both are left as they are", ours=str(ours), theirs=str(theirs))
        return
    write_synced(ours, longer)
    theirs.unlink()


def write_synced(path: Path, content: bytes | bytearray) -> None:
    """Whole or not at all, on the disk when this returns. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".new")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(OSError):
        path.chmod(0o644)
    partial.replace(path)
