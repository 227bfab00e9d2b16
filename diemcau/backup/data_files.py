"""Files of the data directory in a backup: all but recordings, what is made anew from them, and what is of now."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from config.models import STORE_FILE

KEYS = "keys"
HEAD = f"{KEYS}/audit.head"
# recordings have copies of their own (recording mirror); index and derivatives are made of them again
_LEFT_OUT = frozenset({"recordings", "index", "derivatives", "run", "backups", "storage/queue", "storage/backup.json"})
_LEFT_OUT_BEGINNINGS = (STORE_FILE, "before-restore-", "before-move-", ".restoring-")
_LEFT_OUT_ENDINGS = (".log", ".partial", ".new")
_PUBLIC_KEY_FILES = ("audit.head", "recorder.pub.pem", "recorder-keys.jsonl")


def data_files(data: Path, *, keys: bool, besides: tuple[Path, ...] = ()) -> Iterator[tuple[str, Path]]:
    """(path with slashes below the data directory, file), in order. keys: DATA/keys too. besides: left out too."""
    outside = {each.resolve() for each in besides}
    for folder, folders, names in os.walk(data):
        here = Path(folder)
        place = here.relative_to(data).as_posix()
        folders[:] = sorted(
            each
            for each in folders
            if _belongs(_join(place, each), keys=keys) and (here / each).resolve() not in outside
        )
        for name in sorted(names):
            path, short = here / name, _join(place, name)
            is_file = path.is_file() and not path.is_symlink()
            if is_file and _belongs(short, keys=keys) and path.resolve() not in outside:
                yield short, path


def fingerprints(data: Path) -> dict[str, str]:
    """What tells one key of DATA/keys from another, without telling the key."""
    found = {}
    folder = data / KEYS
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and path.name not in _PUBLIC_KEY_FILES:
            name = path.relative_to(folder).as_posix()
            found[name] = hashlib.sha256(b"diemcau key\0" + path.read_bytes()).hexdigest()[:16]
    return found


def _join(place: str, name: str) -> str:
    return name if place == "." else f"{place}/{name}"


def _belongs(short: str, *, keys: bool) -> bool:
    if short in _LEFT_OUT or (short == KEYS and not keys):
        return False
    name = short.rpartition("/")[2]
    return not (short.startswith(_LEFT_OUT_BEGINNINGS) or name.endswith(_LEFT_OUT_ENDINGS))
