"""A session's documents as files: DATA/documents/SESSION/ID.EXT, written whole, their hash taken on the way.

Where new recordings are encrypted, so are they: ID.EXT.enc (recorder/encrypted_file.py). Hashes: of what was handed in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reception.case_records import Document
from recorder.cipher import DataKey
from recorder.encrypted_file import sealed_name
from signalling.received_file import TooLarge, lying_at, receive

FOLDER = "documents"
HEAD_BYTES = 1024
EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


class Refused(Exception):
    """A file that is not taken. code: too_large, unsupported_media_type, empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """What was written."""

    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFile:
    """A document and where its file lies, for packages. name: for the package, safe in any file system."""

    document: Document
    path: Path
    name: str


def media_type_of(head: bytes) -> str:
    """What the file is by its first bytes, whatever its name says; "" for what is not taken."""
    if b"%PDF-" in head:
        return "application/pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


def document_path(data: Path, document: Document) -> Path:
    """Where the file lies; its suffix tells whether it is encrypted."""
    extension = EXTENSIONS.get(document.media_type, "bin")
    return lying_at(data / FOLDER / document.session_id / f"{document.id}.{extension}")


def document_files(data: Path, documents: Sequence[Document]) -> list[DocumentFile]:
    """A session's documents as files for a package, in their order: 001-ID.pdf. The hashes stand in the records."""
    return [
        DocumentFile(
            document=each,
            path=document_path(data, each),
            name=f"{number:03d}-{each.id}.{EXTENSIONS.get(each.media_type, 'bin')}",
        )
        for number, each in enumerate(documents, 1)
    ]


async def keep_file(
    data: Path,
    session_id: str,
    document_id: str,
    chunks: AsyncIterator[bytes],
    *,
    limit_bytes: int,
    key: DataKey | None = None,
) -> KeptFile:
    """Write the file, for its owner only, encrypted if there is a key. Raises Refused, OSError; nothing is left."""
    directory = data / FOLDER / session_id
    partial = directory / f"{document_id}.part"
    try:
        came = await receive(partial, chunks, limit_bytes=limit_bytes, head_bytes=HEAD_BYTES, key=key)
    except TooLarge:
        raise Refused("too_large") from None
    media_type = media_type_of(came.head)
    if not came.bytes or not media_type:
        partial.unlink()
        raise Refused("unsupported_media_type" if came.bytes else "empty")
    path = directory / f"{document_id}.{EXTENSIONS[media_type]}"
    partial.replace(path if key is None else sealed_name(path))
    return KeptFile(media_type=media_type, bytes=came.bytes, sha256=came.sha256)
