"""The recorder's process: appends what it is sent to the journal, syncs, hashes and signs."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from recorder.journal import HEAD, MAGIC, RecordType, segment_numbers, segment_path
from recorder.manifest import ManifestWriter

SECOND_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLimits:
    """When to sync and to close a segment."""

    sync_interval_s: float
    segment_seconds: float
    segment_bytes: int


class JournalWriter:
    """One part of a session: from a start of the recorder's process to its end."""

    def __init__(self, directory: Path, manifest: ManifestWriter, limits: WriterLimits, *, now: float) -> None:
        self.bytes = 0
        self._directory = directory
        self._manifest = manifest
        self._limits = limits
        self._number = max(segment_numbers(directory), default=0)
        self._file: BinaryIO | None = None
        self._hashed = 0
        self._pending = hashlib.sha256()
        self._pending_bytes = 0
        self._dirty = False
        self._synced_s = self._second_s = self._opened_s = now
        self._open_segment(now)

    def _open_segment(self, now: float) -> None:
        self._number += 1
        path = segment_path(self._directory, self._number)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb", buffering=0)
        self._hashed = 0
        self._opened_s = now
        self._write(MAGIC)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def _write(self, data: bytes | bytearray) -> None:
        assert self._file is not None
        view = memoryview(data)
        while view:
            written = self._file.write(view)
            view = view[written:]
        self._pending.update(data)
        self._pending_bytes += len(data)
        self.bytes += len(data)
        self._dirty = True

    def append(self, records: bytes | bytearray, *, now: float) -> None:
        """Whole records."""
        self._write(records)
        self._note(records)
        if self.size >= self._limits.segment_bytes or now - self._opened_s >= self._limits.segment_seconds:
            self.close_segment()
            self._open_segment(now)

    @property
    def size(self) -> int:
        """Of the open segment."""
        return self._hashed + self._pending_bytes

    def _note(self, records: bytes | bytearray) -> None:
        """Events and gaps go into the manifest as well."""
        position = 0
        while position < len(records):
            length, _, kind, arrival = HEAD.unpack_from(records, position)
            start = position + HEAD.size
            if kind in (RecordType.EVENT, RecordType.GAP, RecordType.PUBLICATION, RecordType.PUBLICATION_ENDED):
                text = bytes(records[start : start + length]).decode()
                name = RecordType(kind).name.lower()
                self._manifest.append("note", what=name, facts=text, monotonic_us=int(arrival * 1e6))
            position = start + length

    def tick(self, *, now: float) -> None:
        """Sync and hash when it is time."""
        if self._dirty and now - self._synced_s >= self._limits.sync_interval_s:
            self.sync()
            self._synced_s = now
        if now - self._second_s >= SECOND_S:
            self._second_s = now
            self.hash_pending()

    def sync(self) -> None:
        """To the disk."""
        assert self._file is not None
        os.fdatasync(self._file.fileno())
        self._dirty = False

    def hash_pending(self) -> None:
        """A signed line over what came since the last."""
        if not self._pending_bytes:
            return
        self._manifest.append(
            "second",
            segment=self._number,
            offset=self._hashed,
            length=self._pending_bytes,
            sha256=self._pending.hexdigest(),
            wall_ms=int(time.time() * 1000),
        )
        self._manifest.sync()
        self._hashed += self._pending_bytes
        self._pending = hashlib.sha256()
        self._pending_bytes = 0

    def close_segment(self) -> None:
        """Sync, hash and close the open segment."""
        assert self._file is not None
        self.sync()
        self.hash_pending()
        self._file.close()
        self._file = None


def part_facts(session: dict[str, Any], key_hex: str, part: int) -> dict[str, Any]:
    """The manifest's line that begins a part."""
    return {
        "part": part,
        "key": key_hex,
        "session": session,
        "wall_ms": int(time.time() * 1000),
        "version": 1,
    }
