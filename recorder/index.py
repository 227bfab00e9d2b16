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

from recorder.search import Hit, Query, haystack, search, words_of
from recorder.summary import Summary

VERSION = 2  # of the rows; an index of another version is made anew
TAIL_BYTES = 64  # what must still stand before the place where reading goes on: a line's signature


_COLUMNS = (
    "id TEXT PRIMARY KEY, inode INTEGER, size INTEGER, mtime INTEGER, read INTEGER, tail BLOB, hay TEXT, facts TEXT"
)


@dataclass(slots=True)
class _Entry:
    """A summary and the state of the file it is of. `read`: bytes that are in it; `tail`: the last of them.

    `hay`: what of it can be searched; `facts`: the summary as JSON, which is read only where something was found.
    """

    inode: int
    size: int
    mtime_ns: int
    read: int
    tail: bytes
    hay: str
    facts: str
    parsed: Summary | None = None

    @property
    def summary(self) -> Summary:
        """Raises ValueError, TypeError, KeyError if the row was spoiled."""
        if self.parsed is None:
            self.parsed = Summary.from_json(json.loads(self.facts))
        return self.parsed


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
            try:
                found = self._search(query)
            except (ValueError, TypeError, KeyError):
                self._discard()
                self._entries = {}
                found = self._search(query)
            return [replace(hit, summary=self._with_size(hit.summary)) for hit in found]

    def _search(self, query: Query) -> list[Hit]:
        self._refresh()
        assert self._entries is not None
        words = words_of(query)
        candidates = [entry for entry in self._entries.values() if all(word in entry.hay for word in words)]
        return search([entry.summary for entry in candidates], query)

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
                for name, *columns in connection.execute("SELECT * FROM recordings").fetchall():
                    yield name, _Entry(*columns)
        except (sqlite3.Error, OSError, TypeError):
            self._discard()

    def _store(self, changed: list[str], gone: list[str]) -> None:
        """Where it cannot be written the index lives in memory alone."""
        assert self._entries is not None
        named = [(name, self._entries[name]) for name in changed]
        rows = [
            (name, each.inode, each.size, each.mtime_ns, each.read, each.tail, each.hay, each.facts)
            for name, each in named
        ]
        try:
            with closing(self._connect()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
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
                    connection.execute(f"CREATE TABLE recordings ({_COLUMNS})")
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
        facts.st_ino,
        facts.st_size,
        facts.st_mtime_ns,
        read + whole,
        (tail + data[:whole])[-TAIL_BYTES:],
        haystack(summary),
        json.dumps(summary.to_json(), ensure_ascii=False),
        summary,
    )
