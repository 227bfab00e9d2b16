"""The manifest: a hash chain of JSON lines over the journal, the events and the files, signed with Ed25519.

Each line is canonical JSON of integers, strings, lists and objects. `hash` = SHA-256 over a domain label, the line
before's hash and the line without `hash` and `sig`; `sig` signs the hash. A chain that ends in a `seal` is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from recorder.keys import public_hex

LINE_DOMAIN = b"diemcau manifest line 1\0"
LEAF_DOMAIN = b"diemcau merkle leaf 1\0"
NODE_DOMAIN = b"diemcau merkle node 1\0"
GENESIS = "0" * 64


def canonical(value: dict[str, Any]) -> bytes:
    """The one way to write an object."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def line_hash(previous: str, body: dict[str, Any]) -> str:
    """The hash of a line."""
    return hashlib.sha256(LINE_DOMAIN + bytes.fromhex(previous) + canonical(body)).hexdigest()


def merkle_root(leaves: list[tuple[str, str]]) -> str:
    """Root over (path, sha256) pairs, sorted by path; an odd node rises alone."""
    level = [
        hashlib.sha256(LEAF_DOMAIN + path.encode() + b"\0" + bytes.fromhex(digest)).digest()
        for path, digest in sorted(leaves)
    ]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [
            hashlib.sha256(NODE_DOMAIN + pair[0] + pair[1]).digest() if len(pair) == 2 else pair[0] for pair in pairs
        ]
    return level[0].hex() if level else GENESIS


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class BrokenChain(Exception):
    """A line that does not follow from the one before it, or is not signed by the key. `line` from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"manifest line {line}: {reason}")
        self.line, self.reason = line, reason


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines in order. A torn one (a crash in the middle of writing) is left out if another part follows or it is
    the last. Raises BrokenChain."""
    lines: list[dict[str, Any]] = []
    previous = GENESIS
    for number, raw in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not raw:
            continue
        try:
            line = json.loads(raw)
            signature, stated = bytes.fromhex(line.pop("sig")), line.pop("hash")
        except (ValueError, KeyError, TypeError, AttributeError):
            lines.append({"type": "torn", "line": number})
            continue
        if line.get("prev") != previous or stated != line_hash(previous, line):
            raise BrokenChain(number, "does not follow from the line before it")
        if lines and lines[-1]["type"] == "torn" and line["type"] != "part":
            raise BrokenChain(lines[-1]["line"], "is not a manifest line")
        _check_signature(lines, line, stated, signature, number)
        previous = stated
        lines.append({**line, "hash": stated})
    return lines


def _check_signature(
    lines: list[dict[str, Any]], line: dict[str, Any], stated: str, signature: bytes, number: int
) -> None:
    parts = [each for each in [*lines, line] if each["type"] == "part"]
    if not parts:
        raise BrokenChain(number, "comes before any part")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(parts[-1]["key"])).verify(signature, bytes.fromhex(stated))
    except (InvalidSignature, ValueError):
        raise BrokenChain(number, "is not signed by the recorder's key") from None


class ManifestWriter:
    """Appends lines, each synced to disk."""

    def __init__(self, directory: Path, key: Ed25519PrivateKey) -> None:
        self._path = directory / "manifest.jsonl"
        self._key = key
        self.key_hex = public_hex(key)
        self._number = 0
        self._head = GENESIS
        torn = False
        if self._path.exists():
            lines = read_lines(self._path)
            good = [line for line in lines if line["type"] != "torn"]
            torn = bool(lines) and lines[-1]["type"] == "torn"
            self._number = len(good)
            self._head = good[-1]["hash"] if good else GENESIS
        self._file = self._path.open("ab")
        if torn:
            self._file.write(b"\n")

    @property
    def head(self) -> str:
        """The newest hash: what to anchor elsewhere."""
        return self._head

    def append(self, kind: str, **facts: Any) -> str:
        """Add a line; its hash."""
        body = {"n": self._number, "prev": self._head, "type": kind, **facts}
        digest = line_hash(self._head, body)
        signature = self._key.sign(bytes.fromhex(digest)).hex()
        self._file.write(canonical({**body, "hash": digest, "sig": signature}) + b"\n")
        self._number += 1
        self._head = digest
        return digest

    def sync(self) -> None:
        """To the disk."""
        self._file.flush()
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        self._file.close()
