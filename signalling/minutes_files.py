"""Files of minutes: scans of the signed paper, and the DOCX that was made when they became final.

DATA/minutes/<session>/ holds scan-<hash>.pdf and bien-ban-<hash>.docx; nothing there is ever changed.
Where new recordings are encrypted, so are they (….enc); hashes are of what was plain.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from recorder.cipher import DataKey
from recorder.encrypted_file import sealed_name
from recorder.storage.targets import sync_path
from signalling.received_file import lying_at, open_private, receive

FOLDER = "minutes"
MAX_SCAN_BYTES = 64 << 20
PDF_MAGIC = b"%PDF-"


class NotAPdf(ValueError):
    """What was sent is no PDF."""


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
    """The file of a scan; its suffix tells whether it is encrypted."""
    return lying_at(minutes_folder(data, session_id) / f"scan-{sha256[:32]}.pdf")


def document_path(data: Path, session_id: str, sha256: str) -> Path:
    """The file of the DOCX with this hash; its suffix tells whether it is encrypted."""
    return lying_at(minutes_folder(data, session_id) / f"bien-ban-{sha256[:32]}.docx")


def keep_document(data: Path, session_id: str, content: bytes, *, key: DataKey | None = None) -> StoredFile:
    """Keep the DOCX, encrypted with the key if there is one; on disk when this returns. Raises OSError."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = minutes_folder(data, session_id) / f"bien-ban-{sha256[:32]}.docx"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    with open_private(partial, key) as file:
        file.write(content)
    sync_path(partial)
    path = path if key is None else sealed_name(path)
    partial.replace(path)
    return StoredFile(path=path, bytes=len(content), sha256=sha256)


async def keep_scan(
    data: Path, session_id: str, chunks: AsyncIterator[bytes], *, key: DataKey | None = None
) -> StoredFile:
    """Keep a scan as it comes in, encrypted if there is a key. Raises NotAPdf, TooLarge, OSError; nothing is kept."""
    partial = minutes_folder(data, session_id) / f".{secrets.token_hex(8)}.partial"
    came = await receive(partial, chunks, limit_bytes=MAX_SCAN_BYTES, head_bytes=len(PDF_MAGIC), key=key)
    if came.head != PDF_MAGIC:
        partial.unlink()
        raise NotAPdf("the file does not begin as a PDF does")
    path = minutes_folder(data, session_id) / f"scan-{came.sha256[:32]}.pdf"
    path = path if key is None else sealed_name(path)
    partial.replace(path)
    return StoredFile(path=path, bytes=came.bytes, sha256=came.sha256)
