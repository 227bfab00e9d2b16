"""Writing the manifest: each line follows from the one before and is signed. chain.py reads it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from recorder.chain import GENESIS, BrokenChain, Chain, canonical, line_hash, read_chain, torn_facts
from recorder.keys import SigningKey
from recorder.second_disk import FULL, write_synced

VERSION = 2


class ManifestWriter:
    """Appends lines. What the disk does not take waits in memory, in order, for the next sync.

    fallback: a directory on another disk; when the first fails (not: is full) the whole manifest goes on there.
    """

    def __init__(self, directory: Path, key: SigningKey, *, fallback: Path | None = None) -> None:
        self._key = key
        self._fallback = fallback
        path = directory / "manifest.jsonl"
        chain = _existing(path)
        self.lines = chain.lines  # those that were there
        self._number = len(chain.lines)
        self._head: str = chain.lines[-1]["hash"] if chain.lines else GENESIS
        self._torn = chain.torn
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._waiting = bytearray(b"\n" if chain.torn else b"")
        self._whole = bytearray(path.read_bytes() if fallback is not None else b"") + self._waiting

    @property
    def head(self) -> str:
        """The newest hash: what to anchor elsewhere."""
        return self._head

    def append(self, kind: str, **facts: Any) -> str:
        """Add a line; its hash."""
        body = {"n": self._number, "prev": self._head, "type": kind, **facts}
        if self._torn:
            body["torn"], self._torn = torn_facts(self._torn), b""
        digest = line_hash(self._head, body)
        signature = self._key.private.sign(bytes.fromhex(digest)).hex()
        line = canonical({**body, "hash": digest, "sig": signature}) + b"\n"
        self._waiting += line
        if self._fallback is not None:
            self._whole += line
        self._number += 1
        self._head = digest
        return digest

    def begin(self, kind: str, **facts: Any) -> str:
        """A line of type part, completion or timestamp: it names the key that signs from here on."""
        return self.append(kind, version=VERSION, key=self._key.public_hex, keys=self._key.history, **facts)

    def sync(self) -> None:
        """To the disk. Raises OSError; what was not written waits."""
        try:
            while self._waiting:
                written = os.write(self._descriptor, self._waiting)
                del self._waiting[:written]
            os.fdatasync(self._descriptor)
        except OSError as error:
            if self._fallback is None or error.errno in FULL:
                raise
            self._move(self._fallback)

    def _move(self, fallback: Path) -> None:
        """To the other disk, with every line that there is: what the dead one has of it nobody can say."""
        path = fallback / "manifest.jsonl"
        write_synced(path, self._whole)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        with suppress(OSError):
            os.close(self._descriptor)
        self._descriptor, self._fallback = descriptor, None
        self._waiting.clear()
        self._whole.clear()

    def close(self) -> None:
        """Sync and close. Raises OSError."""
        try:
            self.sync()
        finally:
            os.close(self._descriptor)


def _existing(path: Path) -> Chain:
    """What is there. Behind a line that was altered the chain goes on all the same: verification names that line."""
    try:
        return read_chain(path.read_bytes())
    except FileNotFoundError:
        return Chain([], b"")
    except BrokenChain as broken:
        return Chain(broken.lines, b"")
