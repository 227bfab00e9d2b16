"""The tracks of a recording, for whoever makes something of them. They are only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from recorder.catalogue import CatalogueEntry, read_entry
from recorder.encrypted_file import SUFFIX, open_media
from recorder.master_key import Keyring

NAMES_VI = {"screen": "màn hình", "camera2": "camera 2"}


class NothingToDerive(Exception):
    """The recording has no tracks (yet)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSource:
    """One file of tracks/. Times in seconds from the recording's beginning; `video`: the codec's name, or ""."""

    file: Path
    endpoint_id: str
    name: str
    source: str
    offset_s: float
    until_s: float
    video: str
    width: int
    height: int
    audio: bool
    keys: Keyring

    @property
    def tile(self) -> str:
        """What it is a stay of: the endpoint, its screen and its second camera apart."""
        return f"{self.endpoint_id}/{self.source}" if self.source in NAMES_VI else self.endpoint_id

    @property
    def title(self) -> str:
        """The endpoint's name, with what it shows where that is not its room."""
        return f"{self.name} – {NAMES_VI[self.source]}" if self.source in NAMES_VI else self.name

    @contextmanager
    def open(self) -> Iterator[Any]:
        """PyAV's container, decrypted on the way. Raises OSError, KeyUnavailable, av.error.FFmpegError."""
        if self.file.suffix != SUFFIX:
            with av.open(str(self.file)) as container:
                yield container
            return
        with open_media(self.file, self.keys) as file, av.open(file) as container:
            yield container


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A recording with its tracks."""

    directory: Path
    entry: CatalogueEntry
    tracks: list[TrackSource]

    @property
    def length_s(self) -> float:
        """To the end of the last track."""
        return max(track.until_s for track in self.tracks)


def read_sources(directory: Path, *, keys: Keyring | None = None) -> Sources:
    """`keys`: None for those of the recording's own data directory. Raises NothingToDerive, OSError."""
    keys = keys or Keyring.beside(directory)
    entry = read_entry(directory)
    tracks = [
        TrackSource(
            file=directory / line["path"],
            endpoint_id=str(line["endpoint_id"]),
            name=str(line["endpoint_name"]),
            source=str(line.get("source", "room")),
            offset_s=line["offset_ms"] / 1000,
            until_s=(line["offset_ms"] + line["duration_ms"]) / 1000,
            video=str(line["video"]),
            width=int(line.get("width", 0)),
            height=int(line.get("height", 0)),
            audio=bool(line["audio"]),
            keys=keys,
        )
        for line in entry.tracks
    ]
    if not tracks:
        raise NothingToDerive(f"{directory} has no tracks; run `diemcau recording recover {directory}` first")
    return Sources(directory=directory, entry=entry, tracks=sorted(tracks, key=lambda track: track.offset_s))
