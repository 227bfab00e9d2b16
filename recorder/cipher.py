"""Encryption at rest: a session's data key, and what it encrypts. docs/recording-format.md has the bytes."""

from __future__ import annotations

import os
from struct import Struct
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recorder.framing import FILE_DOMAIN, HEAD, MAX_BODY, NONCE_BYTES, TAG_BYTES
from recorder.journal import RecordType, build_record

ALGORITHM = "AES-256-GCM"
KEY_BYTES = 32
SEALED_EXTRA = NONCE_BYTES + TAG_BYTES
MAX_PLAIN = 64 << 10  # of journal encrypted together: what one damaged byte may cost
JOURNAL_DOMAIN = b"diemcau journal 2\0"
_PLACE = Struct("<IQ")
_CHUNK = Struct("<QB")


class Undecipherable(Exception):
    """These bytes were not encrypted with this key, at this place."""


class DataKey:
    """The key of one session. `facts`: the `encryption` object that segments and tracks carry, with the key wrapped."""

    def __init__(self, key: bytes, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.raw = key
        self._aead = AESGCM(key)

    def seal(self, plain: bytes | bytearray | memoryview, place: bytes) -> bytes:
        """Nonce, ciphertext and tag; `place` (additional data) must be told again to open it."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, bytes(plain), place)

    def open(self, sealed: bytes | memoryview, place: bytes) -> bytes:
        """What was sealed. Raises Undecipherable."""
        try:
            return self._aead.decrypt(bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), place)
        except (InvalidTag, ValueError):
            raise Undecipherable from None


def journal_place(segment: int, offset: int) -> bytes:
    """Additional data of a record of type 11 at this byte of this segment."""
    return JOURNAL_DOMAIN + _PLACE.pack(segment, offset)


def chunk_place(index: int, *, last: bool) -> bytes:
    """Additional data of a file's chunk."""
    return FILE_DOMAIN + _CHUNK.pack(index, last)


def encrypt_records(key: DataKey, data: bytes | bytearray, *, segment: int, offset: int) -> bytes:
    """Whole records as records of type 11, to be written at byte `offset` of the segment."""
    out = bytearray()
    position = 0
    while position < len(data):
        end = _whole_until(data, position)
        arrival_s = float(HEAD.unpack_from(data, position)[3])
        body = key.seal(memoryview(data)[position:end], journal_place(segment, offset + len(out)))
        out += build_record(RecordType.ENCRYPTED, body, arrival_s=arrival_s)
        position = end
    return bytes(out)


def _whole_until(data: bytes | bytearray, position: int) -> int:
    """The end of the records from `position` on that fit together; one at least."""
    start = end = position
    while end < len(data):
        following = end + HEAD.size + int.from_bytes(data[end : end + 4], "little")
        if following - start > MAX_PLAIN and end > start:
            break
        end = following
    assert end - start <= MAX_BODY - SEALED_EXTRA, "records are far smaller"
    return end
