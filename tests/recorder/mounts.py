"""File systems made for a test: one that fills, one that stalls, one that dies (root)."""

from __future__ import annotations

import fcntl
import os
import struct
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


EXT4_IOC_SHUTDOWN = 0x8004587D  # linux: fs/ext4/ioctl.c, as of XFS_IOC_GOINGDOWN
WITHOUT_LOG = 2


def die(path: Path) -> None:
    """From now on every read, write and sync on the ext4 mounted at `path` fails with EIO."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_LOG))
    finally:
        os.close(descriptor)


def revive(path: Path) -> None:
    """Mount it again, as after a repair; what had not been synced is gone."""
    image, copy = path.with_suffix(".img"), path.with_suffix(".revived.img")
    _run("umount", "--lazy", str(path))
    _run("cp", "--sparse=always", str(image), str(copy))  # the kernel may still hold the dead one
    _run("mount", "-o", "loop", str(copy), str(path))
