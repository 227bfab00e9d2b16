"""A file that somebody sends, written as it comes in, its hash taken on the way."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from recorder.cipher import DataKey
from recorder.encrypted_file import EncryptingFile, sealed_name
from recorder.storage.targets import sync_path


class TooLarge(ValueError):
    """More bytes than are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came. head: its first bytes."""

    head: bytes
    bytes: int
    sha256: str


def open_private(path: Path, key: DataKey | None) -> BinaryIO | EncryptingFile:
    """A new file, readable by its owner only, encrypted if there is a key. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if key is None:
        return os.fdopen(descriptor, "wb")
    os.close(descriptor)
    return EncryptingFile(path, key)


def lying_at(path: Path) -> Path:
    """Where the file of this plain name lies: encrypted, if there is such a one."""
    sealed = sealed_name(path)
    return sealed if sealed.exists() else path


async def receive(
    path: Path, chunks: AsyncIterator[bytes], *, limit_bytes: int, head_bytes: int, key: DataKey | None = None
) -> Received:
    """Write it, readable by its owner only; on the disk when this returns. Its directory is made at need.

    key: what lies on the disk is encrypted with it; size and hash are of what came. Raises TooLarge, OSError: nothing
    is left then. What it turns out to be is for the caller to judge.
    """
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with open_private(path, key) as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit_bytes:
                    raise TooLarge(f"more than {limit_bytes} bytes")
                head += chunk[: head_bytes - len(head)]
                digest.update(chunk)
                await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(sync_path, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(bytes=size, sha256=digest.hexdigest(), head=head)
