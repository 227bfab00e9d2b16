"""A file that somebody sends, written as it comes in, its hash taken on the way."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path


class TooLarge(ValueError):
    """More bytes than are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came. head: its first bytes."""

    head: bytes
    bytes: int
    sha256: str


async def receive(path: Path, chunks: AsyncIterator[bytes], *, limit_bytes: int, head_bytes: int) -> Received:
    """Write it, readable by its owner only; on the disk when this returns. Its directory is made at need.

    Raises TooLarge, OSError: nothing is left then. What it turns out to be is for the caller to judge.
    """
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
    digest, size, head = hashlib.sha256(), 0, b""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit_bytes:
                    raise TooLarge(f"more than {limit_bytes} bytes")
                head += chunk[: head_bytes - len(head)]
                digest.update(chunk)
                await asyncio.to_thread(file.write, chunk)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(bytes=size, sha256=digest.hexdigest(), head=head)
