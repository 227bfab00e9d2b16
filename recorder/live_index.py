"""The tracks that can be played while a session is recorded: derived/live, and the list of them."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FOLDER = Path("derived") / "live"
INDEX = "index.json"


@dataclass(slots=True, kw_only=True)
class LiveTrack:
    """A file in the making, or one that its endpoint has left. As of derive.Track; `open`: more is to come."""

    path: str
    endpoint_id: str
    endpoint_name: str
    source: str
    offset_ms: int
    duration_ms: int
    video: str
    width: int
    height: int
    audio: bool
    part: int
    open: bool = True


def live_tracks(directory: Path) -> list[dict[str, Any]]:
    """What can be played now, oldest first; empty when there is nothing (any more)."""
    try:
        found: list[dict[str, Any]] = json.loads((directory / FOLDER / INDEX).read_bytes())
    except (OSError, ValueError):
        return []
    return [each for each in found if (directory / each["path"]).is_file()]


def write_index(directory: Path, tracks: list[dict[str, Any]]) -> None:
    """Whole or not at all. Raises OSError."""
    path = directory / FOLDER / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".new")
    partial.write_text(json.dumps(tracks, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)


def as_line(track: LiveTrack) -> dict[str, Any]:
    """For the index."""
    return asdict(track)


def live_bytes(directory: Path) -> int:
    """How much room the live tracks take."""
    total = 0
    for path in (directory / FOLDER).glob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def remove_live(directory: Path) -> None:
    """They are copies for the time of the session."""
    shutil.rmtree(directory / FOLDER, ignore_errors=True)
    with suppress(OSError):
        (directory / FOLDER).parent.rmdir()  # if nothing else lies in it
