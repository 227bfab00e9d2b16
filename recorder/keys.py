"""The recorder's signing keys: Ed25519, made at the first start, renewed at will.

DATA/keys/recorder.pem signs; recorder.pub.pem is for whoever will verify; recorder-keys.jsonl lists how each key handed
over to the next; keys/retired/ has those that sign no more (docs/recording-format.md).
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from recorder.chain import canonical, key_statement_hash

KEY_FILE, PUBLIC_FILE, HISTORY_FILE = "recorder.pem", "recorder.pub.pem", "recorder-keys.jsonl"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs, and the statements (oldest first) that lead to it from the first key."""

    private: Ed25519PrivateKey
    history: list[dict[str, Any]]

    @property
    def public_hex(self) -> str:
        """The public key's 32 bytes as hex."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    @property
    def public_pem(self) -> str:
        """The public key as PEM (SubjectPublicKeyInfo)."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def load_or_make_key(data: Path) -> SigningKey:
    """The key of this data directory, readable by its owner only; made if there is none. Raises OSError, ValueError."""
    directory = data / "keys"
    with key_directory_locked(directory):
        if not (directory / KEY_FILE).exists():
            _store(directory, Ed25519PrivateKey.generate())
        key = _load(directory)
        if not (directory / PUBLIC_FILE).exists():
            write_whole(directory / PUBLIC_FILE, key.public_pem.encode(), 0o644)
        return key


def rotate_key(data: Path) -> SigningKey:
    """A new key, introduced by the one that retires; parts that begin from now on are signed by it."""
    directory = data / "keys"
    old = load_or_make_key(data)
    with key_directory_locked(directory):
        new = Ed25519PrivateKey.generate()
        statement: dict[str, Any] = {
            "at_ms": int(time.time() * 1000),
            "key": SigningKey(new, []).public_hex,
            "previous": old.public_hex,
        }
        statement["sig"] = old.private.sign(key_statement_hash(statement)).hex()
        history = b"".join(canonical(each) + b"\n" for each in [*old.history, statement])
        retired = directory / "retired"
        retired.mkdir(exist_ok=True, mode=0o700)
        write_whole(retired / f"{old.public_hex[:16]}.pem", _private_pem(old.private), 0o600)
        write_whole(directory / HISTORY_FILE, history, 0o644)
        _store(directory, new)
        return _load(directory)


def _load(directory: Path) -> SigningKey:
    loaded = load_pem_private_key((directory / KEY_FILE).read_bytes(), password=None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise ValueError(f"{directory / KEY_FILE} is no Ed25519 key; put the recorder's key back or move it away")
    path = directory / HISTORY_FILE
    history = [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []
    return SigningKey(loaded, history)


def _store(directory: Path, key: Ed25519PrivateKey) -> None:
    write_whole(directory / PUBLIC_FILE, SigningKey(key, []).public_pem.encode(), 0o644)
    write_whole(directory / KEY_FILE, _private_pem(key), 0o600)


def _private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_whole(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, on disk when this returns."""
    partial = path.with_name(path.name + ".new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


@contextmanager
def key_directory_locked(directory: Path) -> Iterator[None]:
    """Two processes that start at once make one key."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
