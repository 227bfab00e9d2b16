"""Following a journal while it is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from recorder.cipher import DataKey
from recorder.framing import HEAD, MAGIC, record_end
from recorder.journal import Record, RecordType, TornTail, segment_numbers, segment_path
from recorder.master_key import Keyring
from recorder.reader import decrypted

READ_BYTES = 1 << 20


class JournalTail:
    """Gives records as they are written, decrypted. `key`: the data key of the segment at hand, None if it is plain."""

    def __init__(self, directory: Path, number: int, keys: Keyring) -> None:
        self.key: DataKey | None = None
        self._directory, self._number, self._keys = directory, number, keys
        self._file: BinaryIO | None = None
        self._buffer = b""
        self._offset = 0  # of the buffer within its segment

    def read(self) -> Iterator[Record]:
        """What is new and whole; ends where the journal ends for now. Raises OSError, KeyUnavailable."""
        while True:
            later = self._later()
            yield from self._rest()
            if later is None:
                return
            self.close()  # nothing more comes into a segment that has a follower; half a record is a crash's
            self._number = later

    def _later(self) -> int | None:
        numbers = [number for number in segment_numbers(self._directory) if number > self._number]
        return min(numbers, default=None)

    def _rest(self) -> Iterator[Record]:
        path = segment_path(self._directory, self._number)
        if self._file is None:
            if not path.exists():
                return
            self._file, self._buffer, self._offset = path.open("rb"), b"", 0
        while data := self._file.read(READ_BYTES):
            self._buffer += data
            yield from self._whole_records()

    def _whole_records(self) -> Iterator[Record]:
        position = 0
        if self._offset == 0:
            if len(self._buffer) < len(MAGIC):
                return
            position = len(MAGIC)
        while (end := record_end(self._buffer, position)) is not None:
            _, _, kind, arrival = HEAD.unpack_from(self._buffer, position)
            if kind in RecordType._value2member_map_:
                body = self._buffer[position + HEAD.size : end]
                yield from self._open(Record(RecordType(kind), arrival, body, self._number, self._offset + position))
            position = end
        self._buffer = self._buffer[position:]
        self._offset += position

    def _open(self, record: Record) -> Iterator[Record]:
        if record.type is RecordType.SEGMENT:
            facts = record.json().get("encryption")
            self.key = self._keys.unwrap(facts) if facts else None
        if record.type is not RecordType.ENCRYPTED:
            yield record
        elif self.key is not None:
            try:
                yield from decrypted(record, self.key)
            except TornTail:
                return  # verification will name it

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
