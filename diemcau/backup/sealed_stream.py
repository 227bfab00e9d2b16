"""A stream of bytes encrypted under a passphrase: scrypt (RFC 7914), AES-256-GCM in chunks (the STREAM construction).

Format: the magic, one line of JSON (the key's derivation), then chunks of CHUNK bytes and their 16-byte tags, the last
one shorter or as long. A chunk's nonce: 7 random bytes, its number (4 bytes), and 1 if it is the last, else 0: chunks
which are cut off, changed or out of order do not decrypt. The header is authenticated with each chunk.
"""

from __future__ import annotations

import hmac
import json
import os
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"DIEMCAU-SEALED-1\n"
CHUNK = 1 << 20
TAG = 16
COST = 1 << 16  # scrypt's N with r = 8: 64 MiB, some 200 ms for each guess
MAX_COST = 1 << 20
MAX_HEADER = 1000


class WrongPassphrase(Exception):
    """The passphrase is not the one."""


class Broken(Exception):
    """The stream is damaged."""


class SealingWriter:
    """Writes plain bytes, encrypted, into a binary file. Close it, else the last chunk is missing."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        self._target = target
        salt, self._prefix = os.urandom(16), os.urandom(7)
        key, check = _derived(passphrase, salt, COST)
        facts = {"kdf": "scrypt", "n": COST, "salt": salt.hex(), "check": check.hex(), "prefix": self._prefix.hex()}
        self._header = MAGIC + json.dumps(facts).encode() + b"\n"
        self._cipher = AESGCM(key)
        self._number = 0
        self._waiting = bytearray()
        target.write(self._header)

    def write(self, data: Any) -> int:
        """Take bytes."""
        self._waiting += data
        while len(self._waiting) > CHUNK:  # what may be the last chunk waits
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """What zipfile asks for; whole chunks are written as they are full."""

    def close(self) -> None:
        """Write the last chunk. The file stays open."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._number += 1


def is_sealed(source: IO[bytes]) -> bool:
    """Whether the file begins as an encrypted one; its place is not moved."""
    place = source.tell()
    found = source.read(len(MAGIC))
    source.seek(place)
    return found == MAGIC


def unseal(source: IO[bytes], target: IO[bytes], passphrase: str) -> None:
    """Decrypt the whole stream. Raises WrongPassphrase, Broken."""
    header, facts = _header(source)
    try:
        salt, check, prefix = (bytes.fromhex(facts[name]) for name in ("salt", "check", "prefix"))
        cost = int(facts["n"])
    except (KeyError, ValueError, TypeError) as error:
        raise Broken(f"the header lacks {error}") from None
    if not 2 <= cost <= MAX_COST or cost & (cost - 1):
        raise Broken(f"the header has a cost of {cost}")
    key, expected = _derived(passphrase, salt, cost)
    if not hmac.compare_digest(check, expected):
        raise WrongPassphrase
    cipher, number = AESGCM(key), 0
    chunk = source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            target.write(cipher.decrypt(_nonce(prefix, number, last=not following), chunk, header))
        except (InvalidTag, ValueError):
            raise Broken(f"damaged or cut off in chunk {number + 1}") from None
        if not following:
            return
        chunk, number = following, number + 1


def _header(source: IO[bytes]) -> tuple[bytes, dict[str, Any]]:
    magic = source.read(len(MAGIC))
    line = source.readline(MAX_HEADER)
    try:
        facts = json.loads(line)
    except ValueError:
        facts = None
    if magic != MAGIC or not isinstance(facts, dict):
        raise Broken("the header is damaged")
    return magic + line, facts


def _derived(passphrase: str, salt: bytes, cost: int) -> tuple[bytes, bytes]:
    """The key, and what tells a wrong passphrase from a damaged file."""
    found = Scrypt(salt=salt, length=48, n=cost, r=8, p=1).derive(passphrase.encode())
    return found[:32], found[32:]


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
