"""The journal: the original of a recording. An append-only sequence of records in numbered segment files.

docs/recording-format.md has the bytes. A record is a 20-byte head (length, CRC-32, type, arrival) and a body; the CRC
covers everything behind it. The session's process builds records and the recorder's process appends them as they are.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO

from recorder.framing import CRC_FROM, HEAD, MAGIC, MAX_BODY

RTP_HEAD = Struct("<I")
SENDER_REPORT = Struct("<IIQI")


class RecordType(IntEnum):
    """What a record holds."""

    PART = 1  # JSON: session facts at the beginning of each part
    PUBLICATION = 2  # JSON: an endpoint begins to publish
    PUBLICATION_ENDED = 3  # JSON
    RTP = 4  # publication id, then the RTP packet as received
    SENDER_REPORT = 5  # publication id, ssrc, NTP, RTP timestamp
    EVENT = 6  # JSON
    GAP = 7  # JSON: packets that are missing, and why
    SUSPEND = 8  # JSON: the part ends, the session may go on
    END = 9  # JSON: the session ended
    SEGMENT = 10  # JSON: the first record of every segment
    ENCRYPTED = 11  # whole records, encrypted together


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read. `offset` in bytes within its segment file."""

    type: RecordType
    arrival_s: float
    body: bytes
    segment: int
    offset: int

    def json(self) -> dict[str, Any]:
        """The body of a JSON record."""
        value: dict[str, Any] = json.loads(self.body)
        return value


def build_record(kind: RecordType, body: bytes, *, arrival_s: float) -> bytes:
    """The bytes of a record."""
    head = HEAD.pack(len(body), 0, kind, arrival_s)[CRC_FROM:]
    crc = zlib.crc32(body, zlib.crc32(head))
    return len(body).to_bytes(4, "little") + crc.to_bytes(4, "little") + head + body


def build_json(kind: RecordType, facts: dict[str, Any], *, arrival_s: float) -> bytes:
    """A record with a JSON body."""
    body = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return build_record(kind, body, arrival_s=arrival_s)


def complete_records(data: bytearray) -> int:
    """How many bytes at the head of `data` are whole records (checked by length only)."""
    position = 0
    while len(data) - position >= HEAD.size:
        end = position + HEAD.size + int.from_bytes(data[position : position + 4], "little")
        if end > len(data):
            break
        position = end
    return position


class TornTail(Exception):
    """A segment ends in the middle of a record, or in bytes that are none. `offset`: where the good ones end."""

    def __init__(self, segment: int, offset: int) -> None:
        super().__init__(f"segment {segment} is torn or altered at byte {offset}")
        self.segment, self.offset = segment, offset


def segment_path(directory: Path, number: int) -> Path:
    """Path of a segment file."""
    return directory / "journal" / f"{number:06d}.journal"


def segment_numbers(directory: Path) -> list[int]:
    """The segments that there are, in order."""
    return sorted(int(path.stem) for path in (directory / "journal").glob("*.journal") if path.stem.isdigit())


def stored_records(file: BinaryIO, number: int) -> Iterator[Record]:
    """The records of one segment as they lie in the file, encrypted ones too. Raises TornTail after the last good one
    if the file does not end there."""
    if file.read(len(MAGIC)) != MAGIC:
        raise TornTail(number, 0)
    offset = len(MAGIC)
    while head := file.read(HEAD.size):
        if len(head) < HEAD.size:
            raise TornTail(number, offset)
        length, crc, kind, arrival = HEAD.unpack(head)
        body = file.read(length) if length <= MAX_BODY else b""
        if len(body) < length or zlib.crc32(body, zlib.crc32(head[CRC_FROM:])) != crc:
            raise TornTail(number, offset)
        if kind in RecordType._value2member_map_:
            yield Record(RecordType(kind), arrival, body, number, offset)
        offset += HEAD.size + length
