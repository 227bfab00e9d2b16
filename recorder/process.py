"""`python -m recorder.process`: the process that owns a session's journal. Nothing of it runs in the server's loop.

--record FD DIR: append what comes over the socket until END or SUSPEND; then complete the files.
--complete DIR: complete a recording that a crash left without its seal.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import socket
import sys
import time
from pathlib import Path
from typing import Any

from recorder.completion import complete
from recorder.journal import HEAD, RecordType, complete_records
from recorder.keys import load_or_make_key
from recorder.manifest import ManifestWriter
from recorder.one_writer import one_writer
from recorder.writer import JournalWriter, WriterLimits, part_facts

STATUS_INTERVAL_S = 0.5
READ_BYTES = 1 << 20


def main() -> int:
    """Entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", type=int, metavar="FD")
    parser.add_argument("--complete", action="store_true")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sync-interval", type=float, default=0.25)
    parser.add_argument("--segment-seconds", type=float, default=60.0)
    parser.add_argument("--segment-bytes", type=int, default=64 << 20)
    parser.add_argument("directory", type=Path)
    arguments = parser.parse_args()
    with one_writer(arguments.directory):
        return _work(arguments)


def _work(arguments: argparse.Namespace) -> int:
    if arguments.complete:
        os.nice(10)
        complete(arguments.directory, load_or_make_key(arguments.data), reason="completed after an interruption")
        return 0
    limits = WriterLimits(
        sync_interval_s=arguments.sync_interval,
        segment_seconds=arguments.segment_seconds,
        segment_bytes=arguments.segment_bytes,
    )
    return Recording(arguments.record, arguments.directory, arguments.data, limits).run()


class Recording:
    """One part: reads records from the socket, answers with status lines."""

    def __init__(self, descriptor: int, directory: Path, data: Path, limits: WriterLimits) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._directory = directory
        self._key = load_or_make_key(data)
        self._limits = limits
        self._buffer = bytearray()
        self._status_s = 0.0
        self._ending: RecordType | None = None

    def run(self) -> int:
        """Until the end, or until the server is gone."""
        first = self._read_first()
        if first is None:
            return 1
        manifest = ManifestWriter(self._directory, self._key)
        now = time.monotonic()
        writer = JournalWriter(self._directory, manifest, self._limits, now=now)
        manifest.append("part", **part_facts(first, manifest.key_hex, int(first.get("part", 1))))
        self._drain(writer)
        writer.sync()
        manifest.sync()
        self._send({"writing": True})
        while self._ending is None and self._receive():
            self._drain(writer)
            now = time.monotonic()
            writer.tick(now=now)
            self._status(writer, now)
        self._drain(writer)
        writer.close_segment()
        reason = "server lost" if self._ending is None else self._ending.name.lower()
        manifest.append("part_end", reason=reason, wall_ms=int(time.time() * 1000))
        manifest.close()
        if self._ending is RecordType.END:
            self._send({"completing": True})
            os.nice(10)
            complete(self._directory, self._key, reason="ended")
            self._send({"done": True})
        return 0

    def _read_first(self) -> dict[str, Any] | None:
        """The facts of the PART record that comes first; it stays in the buffer, to be journalled."""
        while complete_records(self._buffer) == 0:
            if not self._receive(timeout_s=10.0):
                return None
        length = int.from_bytes(self._buffer[:4], "little")
        facts: dict[str, Any] = json.loads(self._buffer[HEAD.size : HEAD.size + length])
        return facts

    def _receive(self, *, timeout_s: float = 0.1) -> bool:
        readable, _, _ = select.select([self._socket], [], [], timeout_s)
        if not readable:
            return timeout_s < 1.0
        try:
            data = self._socket.recv(READ_BYTES)
        except ConnectionResetError:
            data = b""  # the server was killed with status lines unread; this comes after the last that it sent
        self._buffer += data
        return bool(data)

    def _drain(self, writer: JournalWriter) -> None:
        """Append every whole record; remember if the last of them is the end."""
        size = complete_records(self._buffer)
        if not size:
            return
        records = self._buffer[:size]
        del self._buffer[:size]
        writer.append(records, now=time.monotonic())
        position = 0
        while position < size:
            length, _, kind, _ = HEAD.unpack_from(records, position)
            if kind in (RecordType.END, RecordType.SUSPEND):
                self._ending = RecordType(kind)
            position += HEAD.size + length

    def _status(self, writer: JournalWriter, now: float) -> None:
        if now - self._status_s >= STATUS_INTERVAL_S:
            self._status_s = now
            free = shutil.disk_usage(self._directory).free
            self._send({"bytes": writer.bytes, "free_bytes": free})

    def _send(self, status: dict[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(status).encode() + b"\n")
        except OSError:
            return  # the server is gone; what it sent is kept all the same


if __name__ == "__main__":
    sys.exit(main())
