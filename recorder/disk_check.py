"""Whether the recordings' disk will do for a session: space, need and speed."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from config.profile import Profile, RolePlan

BLOCK_BYTES = 1 << 20
BLOCKS = 64
JOURNAL_OVERHEAD = 1.08  # heads and checksums of records, repairs
COPIES = 2  # the journal, and the tracks made of it


def session_bytes(profile: Profile, roles: Iterable[str], hours: float) -> int:
    """What a session of so many hours may fill at most: each endpoint's largest picture and its voice."""
    bps = 0
    for role in roles:
        plan = {"central": profile.roles.central, "delegate": profile.roles.delegate}.get(role)
        if isinstance(plan, RolePlan):
            camera = max(layer.max_bitrate_bps for layer in plan.camera.layers)
            bps += min(camera, plan.up_limit_bps) + plan.voice_bps
    return int(bps / 8 * hours * 3600 * JOURNAL_OVERHEAD * COPIES)


def free_bytes(directory: Path) -> int:
    """What the disk of this directory has left. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(directory).free


def write_speed_mb_s(directory: Path) -> float:
    """MB/s at which 64 MiB that cannot be compressed reach the disk (fdatasync counts). Raises OSError; blocks."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f".write-test-{secrets.token_hex(4)}"
    block = secrets.token_bytes(BLOCK_BYTES)
    try:
        with path.open("wb", buffering=0) as file:
            begun_s = time.perf_counter()
            for _ in range(BLOCKS):
                file.write(block)
            os.fdatasync(file.fileno())
            elapsed_s = time.perf_counter() - begun_s
    finally:
        path.unlink(missing_ok=True)
    return round(BLOCKS * BLOCK_BYTES / 1e6 / max(elapsed_s, 1e-6), 1)
