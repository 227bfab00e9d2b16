"""What is remembered of a recording outside its directory: copies, retention, hold, deletion, last fixity check."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = "storage"
ENTRIES = "recordings"  # in it, a file for each recording
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_\-.]{0,99}$")


def storage_folder(data: Path) -> Path:
    """DATA/storage, made at need. Raises OSError."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path(data: Path, recording_id: str) -> Path:
    if not _ID.match(recording_id):
        raise ValueError(f"no name of a recording: {recording_id!r}")
    return data / FOLDER / ENTRIES / f"{recording_id}.json"


def read_entry(data: Path, recording_id: str) -> dict[str, Any]:
    """What is remembered; empty if nothing is."""
    return read_json(_path(data, recording_id))


def read_json(path: Path) -> dict[str, Any]:
    """An object of a file; empty if there is none. Raises OSError, ValueError for what was not written here."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no object")
    return found


@contextmanager
def changing(data: Path, recording_id: str) -> Iterator[dict[str, Any]]:
    """What is remembered, to be changed in place: one process at a time; written only if the body succeeds."""
    path = _path(data, recording_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.with_suffix(".lock")):
        entry = read_json(path)
        yield entry
        write_json(path, entry)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; the kernel lets go of what a dead process had."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Whole or not at all, on the disk when this returns."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def note_copy(data: Path, recording_id: str, target: str, **facts: Any) -> None:
    """How a copy stands: state "copying", "waiting", "verified" or "failed", and what else is known of it."""
    with changing(data, recording_id) as entry:
        copies = entry.setdefault("copies", {})
        copies[target] = {**copies.get(target, {}), **facts}


def copies_at(data: Path, target: str) -> int:
    """How many recordings have a copy there that was read back."""
    folder = data / FOLDER / ENTRIES
    return _count(folder, target, folder.stat().st_mtime_ns) if folder.exists() else 0


@lru_cache(maxsize=8)
def _count(folder: Path, target: str, changed_ns: int) -> int:
    """Counted anew when an entry was written: that changes its folder."""
    states = [read_json(path).get("copies", {}).get(target, {}).get("state") for path in folder.glob("*.json")]
    return states.count("verified")
