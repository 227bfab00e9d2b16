"""File systems made for a test: one that fills, one that stalls (root)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system: needs root")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def small_disk(path: Path, mebibytes: int) -> Iterator[Path]:
    """A disk in memory."""
    path.mkdir(parents=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(path))
    try:
        yield path
    finally:
        _run("umount", "--lazy", str(path))


@contextmanager
def disk_that_stalls(path: Path, mebibytes: int) -> Iterator[Path]:
    """An ext4 of its own, for `stalled`."""
    path.mkdir(parents=True)
    image = path.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(mebibytes << 20)
    _run("mkfs.ext4", "-q", "-F", str(image))
    _run("mount", "-o", "loop", str(image), str(path))
    try:
        yield path
    finally:
        _run("umount", "--lazy", str(path))


@contextmanager
def stalled(path: Path) -> Iterator[None]:
    """Meanwhile every write to the disk mounted at `path` waits in the kernel."""
    _run("fsfreeze", "--freeze", str(path))
    try:
        yield
    finally:
        _run("fsfreeze", "--unfreeze", str(path))
