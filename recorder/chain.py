"""The chain of a manifest: what a line is, and whether the lines follow from each other.

A part of the verifier that travels with recordings: standard library and `cryptography` only.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LINE_DOMAIN = b"diemcau manifest line 1\0"
LEAF_DOMAIN = b"diemcau merkle leaf 1\0"
NODE_DOMAIN = b"diemcau merkle node 1\0"
KEY_DOMAIN = b"diemcau key 1\0"
GENESIS = "0" * 64
KEYED = ("part", "completion", "timestamp")  # lines that name the key that signs from there on


def canonical(value: dict[str, Any]) -> bytes:
    """The one way to write an object."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def line_preimage(previous: str, body: dict[str, Any]) -> bytes:
    """What the hash of a line is over."""
    return LINE_DOMAIN + bytes.fromhex(previous) + canonical(body)


def line_hash(previous: str, body: dict[str, Any]) -> str:
    """The hash of a line."""
    return hashlib.sha256(line_preimage(previous, body)).hexdigest()


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


def signed_by(key_hex: str, signature_hex: str, message: bytes) -> bool:
    """Whether the signature is this key's, written as the recorder writes it."""
    try:
        signature = bytes.fromhex(signature_hex)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key_hex)).verify(signature, message)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return signature.hex() == signature_hex


class BrokenChain(Exception):
    """A line that does not follow from the one before it, or is not signed by the key.

    `kind` as of Fault; `line` counts from 1; `lines`: the good ones before.
    """

    def __init__(
        self, kind: str, line: int, first_byte: int, last_byte: int, reason: str, lines: list[dict[str, Any]]
    ) -> None:
        super().__init__(f"manifest line {line}: {reason}")
        self.kind, self.line, self.first_byte, self.last_byte = kind, line, first_byte, last_byte
        self.lines = lines


@dataclass(slots=True)
class Chain:
    """The lines in order, each with its `hash`; `torn`: half a line at the end."""

    lines: list[dict[str, Any]]
    torn: bytes

    @property
    def seal(self) -> dict[str, Any] | None:
        """The seal's line; what stamps its time may follow it."""
        return next((line for line in reversed(self.lines) if line["type"] == "seal"), None)


def torn_facts(raw: bytes) -> dict[str, Any]:
    """What the line that follows half a line says of it."""
    return {"length": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def read_chain(data: bytes) -> Chain:
    """Every line of a manifest. Raises BrokenChain (its `lines` are those before)."""
    return _Reader(data).read()


class _Reader:
    """Goes through a manifest line by line."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines: list[dict[str, Any]] = []
        self._place = (0, 0, 0)  # number of the line from 1, its first and its last byte
        self._key = ""
        self._sealed = False

    def read(self) -> Chain:
        *raws, tail = self._data.split(b"\n")
        offset, skipped = 0, None
        for index, raw in enumerate(raws):
            self._place = (index + 1, offset, offset + len(raw))
            if skipped is None and index + 1 < len(raws) and _declared_torn(raw, raws[index + 1]):
                skipped = raw
            else:
                line = self._authentic(raw)
                self._check_place(line, skipped)
                self._lines.append(line)
                skipped = None
            offset += len(raw) + 1
        return Chain(self._lines, tail)

    def _broken(self, kind: str, reason: str) -> BrokenChain:
        return BrokenChain(kind, *self._place, reason, self._lines)

    def _authentic(self, raw: bytes) -> dict[str, Any]:
        """The line, if it is as the recorder wrote it, wherever it stands."""
        try:
            line = json.loads(raw)
            if canonical(line) != raw:
                raise ValueError
            signature, stated, kind = line.pop("sig"), line.pop("hash"), line["type"]
            good = stated == line_hash(line["prev"], line)
            if kind in KEYED:
                self._key = line["key"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self._broken("altered", "is not a line that the recorder wrote") from None
        if not good:
            raise self._broken("altered", "its content does not fit its hash")
        if not self._key:
            raise self._broken("missing", "comes before any part")
        if not signed_by(self._key, signature, bytes.fromhex(stated)):
            raise self._broken("altered", "is not signed by the recorder's key")
        return {**line, "hash": stated}

    def _check_place(self, line: dict[str, Any], skipped: bytes | None) -> None:
        expected = len(self._lines)
        previous = self._lines[-1]["hash"] if self._lines else GENESIS
        if line["prev"] != previous or line["n"] != expected:
            later = self._data.find(b'"n":%d,' % expected, self._place[2]) >= 0
            kind = "reordered" if later or line["n"] < expected else "missing"
            raise self._broken(kind, f"is line {line['n']}, where line {expected} belongs")
        if "torn" in line and (skipped is None or torn_facts(skipped) != line["torn"]):
            raise self._broken("missing", "the half line before it is gone")
        if self._sealed and line["type"] != "timestamp":
            raise self._broken("added", "follows the seal")
        self._sealed = self._sealed or line["type"] == "seal"


def _declared_torn(raw: bytes, follower: bytes) -> bool:
    return b'"torn":' + canonical(torn_facts(raw)) in follower


def key_statement_hash(statement: dict[str, Any]) -> bytes:
    """What the key that retires signs."""
    body = {name: value for name, value in statement.items() if name != "sig"}
    return hashlib.sha256(KEY_DOMAIN + canonical(body)).digest()


def hands_over(statement: dict[str, Any]) -> bool:
    """Whether `previous` signed that `key` follows it."""
    return signed_by(statement["previous"], statement["sig"], key_statement_hash(statement))
