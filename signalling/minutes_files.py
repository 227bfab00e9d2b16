"""Files of minutes: scans of the signed paper, and the DOCX that was made when they became final.

DATA/minutes/<session>/ holds scan-<hash>.pdf and bien-ban-<hash>.docx; nothing there is ever changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FOLDER = "minutes"
MAX_SCAN_BYTES = 64 << 20
PDF_MAGIC = b"%PDF-"


class NotAPdf(ValueError):
    """What was sent is no PDF."""


class TooLarge(ValueError):
    """More bytes than a scan may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that lies there."""

    path: Path
    bytes: int
    sha256: str


def minutes_folder(data: Path, session_id: str) -> Path:
    """Where a session's files lie."""
    return data / FOLDER / session_id


def scan_path(data: Path, session_id: str, sha256: str) -> Path:
    """The file of a scan."""
    return minutes_folder(data, session_id) / f"scan-{sha256[:32]}.pdf"


def document_path(data: Path, session_id: str, sha256: str) -> Path:
    """The file of the DOCX with this hash."""
    return minutes_folder(data, session_id) / f"bien-ban-{sha256[:32]}.docx"


def keep_document(data: Path, session_id: str, content: bytes) -> StoredFile:
    """Keep the DOCX; on disk when this returns. Raises OSError."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = document_path(data, session_id, sha256)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return StoredFile(path=path, bytes=len(content), sha256=sha256)


async def keep_scan(data: Path, session_id: str, chunks: AsyncIterator[bytes]) -> StoredFile:
    """Keep a scan as it comes in. Raises NotAPdf, TooLarge, OSError; nothing is kept then."""
    folder = minutes_folder(data, session_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = folder / f".{secrets.token_hex(8)}.partial"
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with partial.open("wb") as file:
            async for chunk in chunks:
                head = (head + chunk)[: len(PDF_MAGIC)] if size < len(PDF_MAGIC) else head
                size += len(chunk)
                if size > MAX_SCAN_BYTES:
                    raise TooLarge(f"more than {MAX_SCAN_BYTES >> 20} MiB")
                digest.update(chunk)
                await asyncio.to_thread(file.write, chunk)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        if head != PDF_MAGIC:
            raise NotAPdf("the file does not begin as a PDF does")
        path = scan_path(data, session_id, digest.hexdigest())
        partial.replace(path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return StoredFile(path=path, bytes=size, sha256=digest.hexdigest())
