"""What the recorder's process does with records: append, sync, hash, sign; and go on when a disk is full or dead."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.batch import Batch, Note, look_through
from recorder.journal import RecordType, build_json, segment_numbers
from recorder.manifest import ManifestWriter
from recorder.reserve import Reserve
from recorder.second_disk import FULL_DISK, cause_of, home_of
from recorder.segment import SegmentFacts, SegmentFile

SECOND_S = 1.0
RETRY_S = 1.0  # how often a full disk is looked at again
MAX_KEPT_BYTES = 4 << 20  # of events that wait for a disk


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLimits:
    """When to sync and to close a segment; `reserve_bytes` are kept back for the chain; `second`: another disk."""

    sync_interval_s: float
    segment_seconds: float
    segment_bytes: int
    reserve_bytes: int = 0
    second: Path | None = None


@dataclass(slots=True)
class _Loss:
    """What a disk costs that takes nothing. `words`: what is not media is kept and written when there is room."""

    cause: str
    from_s: float
    to_s: float
    packets: int
    words: bytearray


class JournalWriter:
    """One part of a session: from a start of the recorder's process to its end. A disk that takes nothing more is a
    state (`full`), and what it costs becomes a gap."""

    def __init__(
        self, directory: Path, manifest: ManifestWriter, limits: WriterLimits, facts: SegmentFacts, *, now: float
    ) -> None:
        self.bytes = 0
        self.syncs = 0
        self._directory = directory
        self._manifest = manifest
        self._limits = limits
        self._facts = facts
        self._reserve = Reserve(directory, limits.reserve_bytes)
        self._disks: list[Path | None] = [None]
        if limits.second is not None:
            self._disks.append(home_of(limits.second, directory))
        self._disk: Path | None = None
        self._number = max(segment_numbers(directory), default=0)
        self._segment: SegmentFile | None = None
        self._loss: _Loss | None = None
        self._retried_s = self._synced_s = self._second_s = now
        self._dirty = False
        self._failed_s = now - RETRY_S
        self._now_s = now
        self._heads = bytearray()  # what a reader must know who has not the segments of a dead disk
        self.failed = False
        if limits.reserve_bytes:
            self._reserve.take()

    @property
    def full(self) -> bool:
        """No disk takes anything now; media are lost meanwhile."""
        return self._loss is not None

    @property
    def next_number(self) -> int:
        """Of the segment that is opened next."""
        return self._number + 1

    @property
    def on_second(self) -> bool:
        """The second disk is in use."""
        return self._disk is not None

    def wall_ms(self, media_s: float) -> int:
        """Unix ms of a moment of the media clock."""
        return round(media_s * 1000 + self._facts.wall_offset_us / 1000)

    # --- records ---

    def append(self, batch: Batch, *, now: float) -> None:
        """Write them where there is room."""
        self._now_s = now
        self._note(batch.notes)
        self._heads += batch.heads
        if self._loss is not None and not self._room_again(now):
            self._lose(batch)
            return
        try:
            self._write(batch, now)
        except OSError as error:
            self._elsewhere(batch, now, error)

    def _write(self, batch: Batch, now: float) -> None:
        segment = self._segment or self._open_segment(now)
        before = segment.size
        segment.write(batch)
        self.bytes += segment.size - before
        self._dirty = True
        if segment.size >= self._limits.segment_bytes or now - segment.opened_s >= self._limits.segment_seconds:
            self.close_segment()

    def _open_segment(self, now: float) -> SegmentFile:
        number = self._number + 1
        head = self._manifest.head
        self._segment = SegmentFile(self._directory, number, self._facts, head=head, now=now, second=self._disk)
        self._number = number
        self.bytes += self._segment.size
        return self._segment

    def _note(self, notes: list[Note]) -> None:
        """Events, gaps and publications go into the manifest as well."""
        for note in notes:
            self._manifest.append("note", what=note.what, facts=note.facts, at_ms=self.wall_ms(note.arrival_s))

    # --- a full disk, a dead disk ---

    @property
    def cause(self) -> str:
        """Why media are lost now: "disk full" or "disk failed"; "" if they are not."""
        return self._loss.cause if self._loss is not None else ""

    def _elsewhere(self, batch: Batch, now: float, error: OSError, *, unsynced: bytes = b"") -> None:
        """The disk in use refused: another one, or none. `unsynced`: what it was given already and may not have."""
        unsynced += self._leave_segment()
        _try(self._reserve.release)
        cause = cause_of(error)
        if unsynced or cause != FULL_DISK:
            self.failed = self.failed or cause != FULL_DISK
            batch = self._after_failure(batch, unsynced)
        again = unsynced and now - self._failed_s >= RETRY_S  # a single fault: the same disk in a new segment
        self._failed_s = now
        before = self._disk
        for disk in [*(each for each in self._disks if each != before), *([before] if again else [])]:
            if self._try_on(disk, batch, now):
                return
        self._loss = _Loss(cause, batch.first_s, batch.last_s, 0, bytearray())
        self._lose(batch)

    def _after_failure(self, batch: Batch, unsynced: bytes) -> Batch:
        """What the dead disk may not have, behind what a reader must know. What it has all the same comes twice."""
        whole = look_through(bytes(self._heads) + unsynced + bytes(batch.data))
        whole.first_s = batch.first_s
        return whole

    def _leave_segment(self) -> bytes:
        """Close the open segment; what of it could not be brought to its disk."""
        segment = self._segment
        if segment is None:
            return b""
        try:
            segment.sync()
        except OSError:
            self._segment = None
            segment.let_go()
            return bytes(segment.unsynced)
        self.close_segment()
        return b""

    def _try_on(self, disk: Path | None, batch: Batch, now: float) -> bool:
        before, self._disk = self._disk, disk
        try:
            self._write(batch, now)
        except OSError:
            self._disk = before
            self._leave_segment()
            return False
        return True

    def _lose(self, batch: Batch) -> None:
        assert self._loss is not None
        self._loss.packets += batch.packets
        self._loss.to_s = batch.last_s
        if len(self._loss.words) + len(batch.words) <= MAX_KEPT_BYTES:
            self._loss.words += batch.words

    def _room_again(self, now: float) -> bool:
        """Whether a disk has room once more; what waited and the gap are then written."""
        loss = self._loss
        assert loss is not None
        if now - self._retried_s < RETRY_S:
            return False
        self._retried_s = now
        heads = self._heads if self.failed else b""
        said = look_through(heads + loss.words + build_json(RecordType.GAP, self._gap(loss), arrival_s=loss.to_s))
        for disk in self._disks:
            if self._free(disk) > 2 * self._limits.reserve_bytes and self._try_on(disk, said, now):
                self._loss = None
                self._note(said.notes[-1:])
                if disk is None:
                    self._reserve.take()
                return True
        return False

    def _gap(self, loss: _Loss) -> dict[str, Any]:
        return {
            "cause": loss.cause,
            "count": loss.packets,
            "from_ms": self.wall_ms(loss.from_s),
            "to_ms": self.wall_ms(loss.to_s),
        }

    def _free(self, disk: Path | None) -> int:
        try:
            return shutil.disk_usage(disk.parent if disk is not None else self._directory).free
        except OSError:
            return 0

    # --- time ---

    def tick(self, *, now: float) -> None:
        """Sync and hash when it is time."""
        self._now_s = now
        if self._dirty and now - self._synced_s >= self._limits.sync_interval_s:
            self._synced_s = now
            self.sync()
        if now - self._second_s >= SECOND_S:
            self._second_s = now
            self.hash_pending()
        if self._loss is not None:
            self._room_again(now)

    def sync(self) -> None:
        """To the disk. What one that fails may not have is written elsewhere."""
        self._dirty = False
        segment = self._segment
        if segment is None:
            return
        self.syncs += 1
        try:
            segment.sync()
        except OSError as error:
            self._segment = None  # asked again the kernel would say that all is well
            segment.let_go()
            if segment.unsynced:
                self._elsewhere(
                    Batch(b"", self._now_s, self._now_s), self._now_s, error, unsynced=bytes(segment.unsynced)
                )

    def hash_pending(self) -> None:
        """A signed line over what came since the last. The journal is on the disk before the line that speaks of it."""
        segment = self._segment
        if segment is not None and self._dirty:
            self.sync()
        stretch = segment.take_stretch() if segment is not None and segment is self._segment else None
        if stretch is not None and segment is not None:
            self._manifest.append(
                "second",
                segment=segment.number,
                offset=stretch.offset,
                length=stretch.length,
                sha256=stretch.sha256,
                from_ms=self.wall_ms(stretch.from_s),
                to_ms=self.wall_ms(stretch.to_s),
            )
        self.syncs += 1
        _try(self._manifest.sync)

    def close_segment(self) -> None:
        """Hash and close the open segment, if there is one."""
        segment = self._segment
        self.hash_pending()
        if segment is not None and segment is self._segment:
            self._segment = None
            _try(segment.close)

    def close(self, *, now: float) -> None:
        """The part ends. What a full disk cost until now becomes a gap, in the manifest at least."""
        self._now_s = now
        loss = self._loss
        if loss is not None:
            self._retried_s = now - RETRY_S
            if not self._room_again(now):
                facts = json.dumps(self._gap(loss), sort_keys=True)
                self._note([Note(what="gap", facts=facts, arrival_s=loss.to_s)])
        self.close_segment()
        _try(self._reserve.release)


def _try(act: Callable[[], None]) -> None:
    """A disk that refuses is a state that the next write finds, not the process's end."""
    with suppress(OSError):
        act()
