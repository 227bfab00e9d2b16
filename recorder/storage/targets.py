"""Where recordings are copied to: one interface for another disk and for an S3-compatible store.

Names are "<recording>/<path in it>", with "/" everywhere.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from recorder.storage.disks import Mount, mount_of

if TYPE_CHECKING:
    from config.storage import S3Settings
    from recorder.storage.s3 import S3Target

READ_BYTES = 1 << 20
S3 = "s3"
MOUNT_ROOTS = ("/media", "/run/media", "/mnt")


class TargetGone(OSError):
    """The target is away: the disk was pulled, the store does not answer. What was copied counts when it is back."""


class Target(Protocol):
    """A place for copies."""

    @property
    def name(self) -> str:
        """What the target is called wherever copies are listed."""

    def size(self, name: str) -> int | None:
        """Bytes of what lies there under this name; None if nothing does. Raises OSError."""

    def put(self, source: Path, name: str) -> None:
        """Store a file. Half a file never gets its name. Raises OSError."""

    def read(self, name: str) -> Iterator[bytes]:
        """What lies there, from the target itself and not out of memory. Raises OSError."""

    def names(self, recording: str) -> list[str]:
        """All names of a recording. Raises OSError."""

    def remove(self, name: str) -> None:
        """Delete it; nothing happens if it is not there. Raises OSError."""

    def settle(self) -> None:
        """Returns when all that was stored would survive a power cut. Raises OSError."""


def stored_sha256(target: Target, name: str) -> str:
    """The hash of what lies there, read back."""
    digest = hashlib.sha256()
    for data in target.read(name):
        digest.update(data)
    return digest.hexdigest()


def target_of(where: str, store: S3Settings) -> Target:
    """The target that is called "s3" (the configured store), else a directory. Raises TargetGone, ValueError."""
    if where == S3:
        return _s3(store)
    return DiskTarget(Path(where))


def _s3(store: S3Settings) -> S3Target:
    from recorder.storage.s3 import S3Target

    if not store.url:
        raise ValueError("chưa cấu hình kho S3 / no S3-compatible store is configured: set storage.s3.url and bucket")
    return S3Target(store)


class DiskTarget:
    """A directory on another disk. When the disk goes away the directory under its mount point is never written to."""

    def __init__(self, root: Path) -> None:
        root = root.absolute()
        if not root.exists():
            _make(root)
        self.root = root
        self.mount: Mount = mount_of(root)
        self._device = os.stat(root).st_dev

    @property
    def name(self) -> str:
        """See Target: its path."""
        return str(self.root)

    def check(self) -> None:
        """Raises TargetGone unless the same file system is still there."""
        with suppress(OSError):
            if os.stat(self.root).st_dev == self._device and mount_of(self.root) == self.mount:
                return
        raise TargetGone(5, "Ổ đĩa đã bị rút ra / the disk is gone", str(self.root))

    def size(self, name: str) -> int | None:
        """See Target."""
        self.check()
        try:
            return (self.root / name).stat().st_size
        except FileNotFoundError:
            return None

    def put(self, source: Path, name: str) -> None:
        """See Target: under a name of its own first, on the disk, then renamed."""
        self.check()
        place = self.root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = self.root / f".{name.partition('/')[0]}.partial"
        with source.open("rb") as reader, partial.open("wb") as writer:
            shutil.copyfileobj(reader, writer, READ_BYTES)
            writer.flush()
            os.fsync(writer.fileno())
            os.posix_fadvise(writer.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self.check()
        partial.replace(place)
        place.chmod(source.stat().st_mode & 0o777)
        sync_path(place.parent)

    def read(self, name: str) -> Iterator[bytes]:
        """See Target: what the system still holds of it is thrown away first."""
        self.check()
        with (self.root / name).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while data := file.read(READ_BYTES):
                yield data

    def names(self, recording: str) -> list[str]:
        """See Target."""
        self.check()
        paths = sorted((self.root / recording).rglob("*"))
        return [path.relative_to(self.root).as_posix() for path in paths if path.is_file()]

    def remove(self, name: str) -> None:
        """See Target; directories that are empty then go too."""
        self.check()
        path = self.root / name
        path.unlink(missing_ok=True)
        with suppress(OSError):
            for parent in path.parents:
                if parent == self.root:
                    break
                parent.rmdir()

    def settle(self) -> None:
        """See Target: the whole file system is synced."""
        self.check()
        for partial in self.root.glob(".*.partial"):
            partial.unlink(missing_ok=True)
        sync_file_system(self.root)
        self.check()


def _make(root: Path) -> None:
    """A new directory, but never the mount point of a disk that is not in."""
    above = {root.parent, root.parent.parent}
    if not root.parent.exists() or any(Path(each) in above for each in MOUNT_ROOTS):
        text = "Không có thư mục này; ổ đĩa đã cắm chưa? / no such directory: is the disk in?"
        raise TargetGone(2, text, str(root))
    root.mkdir()


def sync_file_system(path: Path) -> None:
    """Everything of this file system on the disk. Raises OSError (of what could not be written, too)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))
    finally:
        os.close(descriptor)


def sync_path(path: Path) -> None:
    """What a file or a directory holds is on the disk when this returns. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
