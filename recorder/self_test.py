"""Whether recordings can be written here and read back: a test file, synced, read and compared."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

TEST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """What came of it. write_bytes_per_s: with everything on the disk."""

    ok: bool
    write_bytes_per_s: float
    fault: str = ""


def self_test(root: Path) -> SelfTest:
    """Write, sync, read back and compare under the recordings' directory. Blocks for as long as the disk needs."""
    path = root / f".self-test-{os.getpid()}-{secrets.token_hex(4)}"
    data = secrets.token_bytes(TEST_BYTES)
    try:
        root.mkdir(parents=True, exist_ok=True)
        begun = time.perf_counter()
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if hasattr(os, "posix_fadvise"):  # so that the disk is read, not memory
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        rate = TEST_BYTES / (time.perf_counter() - begun)
        same = hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()
    except OSError as error:
        return SelfTest(ok=False, write_bytes_per_s=0.0, fault=error.strerror or str(error))
    finally:
        path.unlink(missing_ok=True)
    return SelfTest(ok=same, write_bytes_per_s=rate, fault="" if same else "what was read back differs")
