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
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from config.models import RecordingSettings
from recorder.adoption import Interruption, adopt, boot_id, interruption
from recorder.batch import look_through
from recorder.completion import complete
from recorder.framing import HEAD
from recorder.journal import RecordType, build_json, complete_records
from recorder.keys import SigningKey, load_or_make_key
from recorder.live_index import live_bytes
from recorder.live_process import LiveProcess
from recorder.manifest import ManifestWriter
from recorder.master_key import Keyring, KeyUnavailable
from recorder.one_writer import one_writer
from recorder.reader import writing_key
from recorder.second_disk import home_of, reunite, usable
from recorder.segment import SegmentFacts
from recorder.writer import JournalWriter, WriterLimits

log = structlog.get_logger("recorder")

STATUS_INTERVAL_S = 0.5
READ_BYTES = 1 << 20
MIB = 1 << 20


def main() -> int:
    """Entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", type=int, metavar="FD")
    parser.add_argument("--complete", action="store_true")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--settings", type=RecordingSettings.model_validate_json, default=RecordingSettings())
    parser.add_argument("directory", type=Path)
    arguments = parser.parse_args()
    with one_writer(arguments.directory):
        key = load_or_make_key(arguments.data)
        keys = Keyring.of(arguments.data, arguments.settings.master_key)
        if arguments.complete:
            os.nice(10)
            return _complete(arguments.directory, key, arguments.settings, keys, "completed after an interruption")
        second = Path(arguments.settings.second_directory) if arguments.settings.second_directory else None
        directory = usable(arguments.directory, second)
        if second is not None and directory == arguments.directory:
            reunite(directory, second)
        return Recording(arguments.record, directory, key, arguments.settings, keys).run()


def _complete(directory: Path, key: SigningKey, settings: RecordingSettings, keys: Keyring, reason: str) -> int:
    """0, or 1 if it cannot be now; the next start, or `diemcau recording recover`, tries again."""
    try:
        complete(directory, key, settings, reason=reason, keys=keys)
    except (OSError, KeyUnavailable) as error:
        log.error("the recording cannot be completed now", directory=str(directory), reason=str(error))
        return 1
    return 0


def limits_of(settings: RecordingSettings) -> WriterLimits:
    """What of the settings concerns the writer."""
    return WriterLimits(
        sync_interval_s=settings.sync_interval_s,
        segment_seconds=settings.segment_seconds,
        segment_bytes=settings.segment_mib * MIB,
        reserve_bytes=settings.reserve_mib * MIB,
        second=Path(settings.second_directory) if settings.second_directory else None,
    )


class Recording:
    """One part: reads records from the socket, answers with status lines."""

    def __init__(
        self, descriptor: int, directory: Path, key: SigningKey, settings: RecordingSettings, keys: Keyring
    ) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._directory = directory
        self._key = key
        self._settings = settings
        self._keys = keys
        self._buffer = bytearray()
        self._taken = 0  # bytes of the stream that are in the journal, or counted as lost
        self._status_s = 0.0
        self._ending: RecordType | None = None
        self._interruption: Interruption | None = None

    def run(self) -> int:
        """Until the end, or until the server is gone."""
        first = self._read_first()
        if first is None:
            return 1
        second = self._settings.second_directory
        home = home_of(Path(second), self._directory) if second else None
        fallback = home if home is not None and home != self._directory else None
        manifest = ManifestWriter(self._directory, self._key, fallback=fallback)
        writer = self._begin(manifest, first)
        live = LiveProcess(self._directory, self._settings, part=int(first["part"]), segment=writer.next_number)
        goes_on = self._interruption is not None
        self._drain(writer, live)
        writer.hash_pending()
        if goes_on or not writer.full:  # what has begun goes on even on a full disk, nothing begins on one
            self._send({"writing": True})
        while self._ending is None and self._receive():
            self._drain(writer, live)
            now = time.monotonic()
            writer.tick(now=now)
            live.tick(now=now)
            self._status(writer, manifest, now)
        self._drain(writer, live)
        self._note_interruption(writer, time.monotonic())
        writer.close(now=time.monotonic())
        reason = "server lost" if self._ending is None else self._ending.name.lower()
        manifest.append("part_end", reason=reason, wall_ms=int(time.time() * 1000))
        manifest.close()
        live.end()
        if self._ending is RecordType.END:
            self._send({"completing": True})
            os.nice(10)
            if _complete(self._directory, self._key, self._settings, self._keys, "ended"):
                return 1
            self._send({"done": True})
        return 0

    def _begin(self, manifest: ManifestWriter, first: dict[str, Any]) -> JournalWriter:
        """The part's first line, and what the one before left undone."""
        boot = boot_id()
        self._interruption = interruption(self._directory, manifest.lines, boot=boot)
        part = int(first["part"])
        manifest.begin("part", part=part, session=first, boot=boot, wall_ms=int(time.time() * 1000))
        adopt(self._directory, manifest)
        with suppress(OSError):  # what a full disk does not take waits
            manifest.sync()
        facts = SegmentFacts(
            session_id=str(first["session_id"]),
            part=part,
            wall_offset_us=int(first["wall_offset_us"]),
            key=writing_key(self._directory, self._keys, wanted=self._settings.encrypt),
        )
        return JournalWriter(self._directory, manifest, limits_of(self._settings), facts, now=time.monotonic())

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

    def _drain(self, writer: JournalWriter, live: LiveProcess) -> None:
        """Append every whole record, and say how far."""
        size = complete_records(self._buffer)
        if not size:
            return
        batch = look_through(bytes(memoryview(self._buffer)[:size]))
        del self._buffer[:size]
        writer.append(batch, now=time.monotonic())
        if batch.first_packet_s is not None:
            self._note_interruption(writer, batch.first_packet_s)
            live.on_media(now=time.monotonic())
        self._taken += size
        self._ending = self._ending or batch.ending
        self._send({"written": self._taken})

    def _note_interruption(self, writer: JournalWriter, until_s: float) -> None:
        """The gap between the part before and the first packet of this one."""
        found, self._interruption = self._interruption, None
        if found is not None:
            gap = build_json(RecordType.GAP, found.gap(writer.wall_ms(until_s)), arrival_s=until_s)
            writer.append(look_through(gap), now=time.monotonic())

    def _status(self, writer: JournalWriter, manifest: ManifestWriter, now: float) -> None:
        if now - self._status_s < STATUS_INTERVAL_S:
            return
        self._status_s = now
        status = {
            "bytes": writer.bytes,
            "live_bytes": live_bytes(self._directory),
            "syncs": writer.syncs,
            "free_bytes": _free(self._directory),
            "full": writer.full,
            "cause": writer.cause,
            "failed": writer.failed,
            "on_second": writer.on_second,
            "head": manifest.head,
        }
        if self._settings.second_directory:
            status["second_free_bytes"] = _free(Path(self._settings.second_directory))
        self._send(status)

    def _send(self, status: dict[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(status).encode() + b"\n")
        except OSError:
            return  # the server is gone; what it sent is kept all the same


def _free(directory: Path) -> int:
    try:
        return shutil.disk_usage(directory).free
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
