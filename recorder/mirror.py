"""A recording copied to another disk, and verified there."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from recorder.chain import file_sha256
from recorder.verify import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorResult:
    """`verdict` of the copy: whole, not_sealed or faulty."""

    target: str
    files: int
    copied: int
    verdict: str


def mirror(directory: Path, target: Path) -> MirrorResult:
    """Copy DIR to TARGET/<name>. What is there already with the same bytes is left; half a file never gets its name."""
    destination = target / directory.name
    files = [path for path in sorted(directory.rglob("*")) if path.is_file()]
    copied = 0
    for path in files:
        to = destination / path.relative_to(directory)
        if to.exists() and to.stat().st_size == path.stat().st_size and file_sha256(to) == file_sha256(path):
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        partial = to.with_name(to.name + ".partial")
        shutil.copyfile(path, partial)
        with partial.open("rb") as copy:
            os.fsync(copy.fileno())
        partial.replace(to)
        copied += 1
    return MirrorResult(target=str(destination), files=len(files), copied=copied, verdict=verify(destination).verdict)
