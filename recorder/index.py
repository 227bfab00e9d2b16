"""The catalogue's index: a summary of every recording, kept fresh from the manifests.

It is a cache in DATA/index that may be deleted at any time: it is rebuilt then, and nothing is proved by it. What was
read of a growing manifest is not read again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

from recorder.search import Hit, Query, search
from recorder.summary import Summary

VERSION = 1  # of the rows; an index of another version is made anew
TAIL_BYTES = 64  # what must still stand before the place where reading goes on: a line's signature


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A summary and the state of the file it is of. `read`: bytes that are in it; `tail`: the last of them."""

    inode: int
    size: int
    mtime_ns: int
    read: int
    tail: bytes
    summary: Summary


class RecordingIndex:
    """Of all recordings under DATA/recordings. May be used by several threads, and the file by several processes."""

    def __init__(self, data: Path) -> None:
        self._root = data / "recordings"
        self._path = data / "index" / "recordings.sqlite3"
        self._entries: dict[str, _Entry] | None = None
        self._lock = threading.Lock()

    def search(self, query: Query) -> list[Hit]:
        """The recordings that fit, newest first, as the manifests are now. Raises OSError if they cannot be read."""
        with self._lock:
            self._refresh()
            assert self._entries is not None
            found = search([entry.summary for entry in self._entries.values()], query)
            return [replace(hit, summary=self._with_size(hit.summary)) for hit in found]

    def _with_size(self, summary: Summary) -> Summary:
        """What is not sealed grows: its size is asked for when it is shown."""
        if summary.seal:
            return summary
        size = 0
        for path in (self._root / summary.id).rglob("*"):
            with suppress(OSError):  # gone meanwhile
                size += path.stat().st_size if path.is_file() else 0
        return replace(summary, bytes=size)

    def _refresh(self) -> None:
        if self._entries is None:
            self._entries = dict(self._load())
        entries = self._entries
        there = dict(_manifests(self._root))
        changed = []
        for name, path in there.items():
            with suppress(FileNotFoundError):  # deleted meanwhile
                entry = _renewed(entries.get(name), name, path)
                if entry is not None:
                    entries[name] = entry
                    changed.append(name)
        gone = [name for name in entries if name not in there]
        for name in gone:
            del entries[name]
        if changed or gone:
            self._store(changed, gone)

    def _load(self) -> Iterator[tuple[str, _Entry]]:
        """What the file holds; nothing if it is missing, of another version or spoiled."""
        try:
            with closing(self._connect()) as connection:
                rows = connection.execute("SELECT id, inode, size, mtime, read, tail, summary FROM recordings")
                for name, inode, size, mtime, read, tail, text in rows.fetchall():
                    summary = Summary.from_json(json.loads(text))
                    yield (
                        name,
                        _Entry(inode=inode, size=size, mtime_ns=mtime, read=read, tail=tail, summary=summary),
                    )
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError):
            self._discard()

    def _store(self, changed: list[str], gone: list[str]) -> None:
        """Where it cannot be written the index lives in memory alone."""
        assert self._entries is not None
        rows = [
            (
                name,
                entry.inode,
                entry.size,
                entry.mtime_ns,
                entry.read,
                entry.tail,
                json.dumps(entry.summary.to_json(), ensure_ascii=False),
            )
            for name in changed
            for entry in [self._entries[name]]
        ]
        try:
            with closing(self._connect()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
                connection.executemany("DELETE FROM recordings WHERE id = ?", [(name,) for name in gone])
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError):
                self._discard()
        except OSError:
            return

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=2.0)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                with connection:
                    connection.execute("DROP TABLE IF EXISTS recordings")
                    connection.execute(
                        "CREATE TABLE recordings (id TEXT PRIMARY KEY, inode INTEGER, size INTEGER, mtime INTEGER, "
                        "read INTEGER, tail BLOB, summary TEXT)"
                    )
                    connection.execute(f"PRAGMA user_version = {VERSION}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _discard(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _manifests(root: Path) -> Iterator[tuple[str, Path]]:
    if root.exists():
        for directory in root.iterdir():
            path = directory / "manifest.jsonl"
            if path.exists():
                yield directory.name, path


def _renewed(known: _Entry | None, name: str, path: Path) -> _Entry | None:
    """The entry as the manifest is now; None if it is as known."""
    facts = path.stat()
    if known and (known.inode, known.size, known.mtime_ns) == (facts.st_ino, facts.st_size, facts.st_mtime_ns):
        return None
    with path.open("rb") as file:
        summary, read, tail = Summary(id=name), 0, b""
        if known and known.inode == facts.st_ino and known.size < facts.st_size:
            file.seek(known.read - len(known.tail))
            if file.read(len(known.tail)) == known.tail:
                summary, read, tail = deepcopy(known.summary), known.read, known.tail
        file.seek(read)
        data = file.read(facts.st_size - read)
    whole = data.rfind(b"\n") + 1  # half a line is read when it is whole
    for raw in data[:whole].splitlines():
        summary.take(raw)
    return _Entry(
        inode=facts.st_ino,
        size=facts.st_size,
        mtime_ns=facts.st_mtime_ns,
        read=read + whole,
        tail=(tail + data[:whole])[-TAIL_BYTES:],
        summary=summary,
    )
