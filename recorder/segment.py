"""One journal segment while it is written."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from recorder.batch import Batch
from recorder.cipher import DataKey, encrypt_records
from recorder.framing import MAGIC
from recorder.journal import RecordType, build_json, segment_path


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFacts:
    """What the first record of every segment says."""

    session_id: str
    part: int
    wall_offset_us: int
    key: DataKey | None = None  # encrypts all that follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Bytes of a segment that are hashed together. Times: arrivals, seconds of the media clock."""

    offset: int
    length: int
    sha256: str
    from_s: float
    to_s: float


class SegmentFile:
    """Batches of records go in whole or not at all; their hash runs along.

    second: the recording's home on another disk; the segment is then written there, with a link where it belongs, if
    that disk takes one. `unsynced`: what was written since the last sync, as it came.
    Raises OSError when it cannot be made.
    """

    def __init__(
        self, directory: Path, number: int, facts: SegmentFacts, *, head: str, now: float, second: Path | None = None
    ) -> None:
        self.number = number
        self.opened_s = now
        self.size = 0
        self._hashed = 0
        self._pending = hashlib.sha256()
        self._times: tuple[float, float] | None = None
        self._key = facts.key
        self.path = segment_path(directory, number)
        self.unsynced = bytearray()
        self._real = self.path if second is None else segment_path(second, number)
        self._real.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._real, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        try:
            self._begin(facts, head, now)
            if second is not None:
                with suppress(OSError):  # the first disk is dead: `reunite` will link it
                    self.path.symlink_to(self._real.resolve())
        except OSError:
            os.close(self._descriptor)
            for path in (self._real, self.path):
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            raise

    def _begin(self, facts: SegmentFacts, head: str, now: float) -> None:
        body = {
            "session_id": facts.session_id,
            "part": facts.part,
            "segment": self.number,
            "wall_offset_us": facts.wall_offset_us,
            "head": head,
            **({"encryption": facts.key.facts} if facts.key is not None else {}),
        }
        self._put(MAGIC)
        self._put(build_json(RecordType.SEGMENT, body, arrival_s=now))
        descriptor = os.open(self._real.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def write(self, batch: Batch) -> None:
        """Raises OSError, and nothing of the batch is in the file then."""
        data = batch.data
        if self._key is not None:
            data = encrypt_records(self._key, data, segment=self.number, offset=self.size)
        self._put(data)
        self.unsynced += batch.data
        self._times = (self._times[0] if self._times else batch.first_s, batch.last_s)

    def _put(self, data: bytes | bytearray) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(data)
        self._pending.update(data)

    def sync(self) -> None:
        """To the disk. Raises OSError."""
        os.fdatasync(self._descriptor)
        self.unsynced.clear()

    def take_stretch(self) -> Stretch | None:
        """What came since the last, None if nothing did."""
        if self.size == self._hashed:
            return None
        from_s, to_s = self._times or (self.opened_s, self.opened_s)
        stretch = Stretch(
            offset=self._hashed,
            length=self.size - self._hashed,
            sha256=self._pending.hexdigest(),
            from_s=from_s,
            to_s=to_s,
        )
        self._hashed = self.size
        self._pending = hashlib.sha256()
        self._times = None
        return stretch

    def let_go(self) -> None:
        """Its disk failed: it is left as it is."""
        with suppress(OSError):
            os.close(self._descriptor)

    def close(self) -> None:
        """Nothing more comes: read-only from now on. Raises OSError."""
        try:
            self.sync()
            os.fchmod(self._descriptor, 0o444)
        finally:
            os.close(self._descriptor)
