"""Is the disk fast enough? Written as the recorder writes: piece by piece, each on the disk before the next."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

PIECE_BYTES = 1 << 20
MARGIN = 2.0  # so many times what the session needs, since others write too


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSpeed:
    """What was measured. `worst_sync_ms`: the longest time that the disk took to confirm one piece."""

    bytes: int
    bytes_per_s: int
    worst_sync_ms: float

    def verdict(self, needed_bytes_per_s: float) -> str:
        """good, tight (less than twice what is needed) or too_slow."""
        if self.bytes_per_s < needed_bytes_per_s:
            return "too_slow"
        return "good" if self.bytes_per_s >= MARGIN * needed_bytes_per_s else "tight"


def measure_write_speed(directory: Path, *, megabytes: int = 32, longest_s: float = 5.0) -> WriteSpeed:
    """Write and sync up to so much, for so long, into a file that is removed again. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f".speed-{os.getpid()}-{time.monotonic_ns()}"
    piece = os.urandom(PIECE_BYTES)  # a disk that compresses gains nothing
    written, worst_s = 0, 0.0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        begun = now = time.perf_counter()
        while written < megabytes * PIECE_BYTES and now - begun < longest_s:
            size = os.write(descriptor, piece)
            os.fdatasync(descriptor)
            before, now = now, time.perf_counter()
            worst_s = max(worst_s, now - before)
            written += size
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
    rate = written / max(now - begun, 1e-9)
    return WriteSpeed(bytes=written, bytes_per_s=round(rate), worst_sync_ms=round(1000 * worst_s, 2))
