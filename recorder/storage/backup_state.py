"""Nightly backups: when the next one is due (pure), which files are theirs, and what became of the last one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from recorder.storage.ledger import read_json, storage_folder, write_json

STATE = "backup.json"
AGAIN = timedelta(hours=1)  # after one that failed
NAME = re.compile(r"^diemcau-\d{8}-\d{6}\.dcbackup$")


def last_backup(data: Path) -> dict[str, Any]:
    """begun, ended (Unix time), ok, file, bytes, rows, error_vi, error_en of the last try; empty: there was none."""
    return read_json(data / "storage" / STATE)


def note_backup(data: Path, facts: dict[str, Any]) -> None:
    """Keep it for who asks."""
    write_json(storage_folder(data) / STATE, facts)


def is_due(last: dict[str, Any], *, now: datetime, hour: int) -> bool:
    """Whether a backup is to be made at `now` (local time, with its zone)."""
    planned = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if planned > now:
        planned -= timedelta(days=1)
    begun = float(last.get("begun", 0.0))
    if last.get("ok"):
        return begun < planned.timestamp()
    return begun + AGAIN.total_seconds() <= now.timestamp()


def name_at(now: datetime) -> str:
    """A nightly backup's file name; local time."""
    return f"diemcau-{now:%Y%m%d-%H%M%S}.dcbackup"


def superfluous(folder: Path, keep: int) -> list[Path]:
    """The oldest backups, but for `keep`. Files with other names are nobody's to delete."""
    mine = sorted(each for each in folder.iterdir() if NAME.match(each.name) and each.is_file())
    return mine[: max(0, len(mine) - keep)]
