"""Reading the journal, encrypted or not: the one way in for whoever wants records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from recorder.cipher import DataKey, Undecipherable, journal_place
from recorder.framing import HEAD
from recorder.journal import Record, RecordType, TornTail, segment_numbers, segment_path, stored_records
from recorder.master_key import Keyring, KeyUnavailable


def read_segment(directory: Path, number: int, *, keys: Keyring | None = None) -> Iterator[Record]:
    """The records of one segment, decrypted. `keys`: None for those of the recording's own data directory.

    Raises TornTail after the last good record if the file does not end there, OSError, KeyUnavailable.
    """
    key: DataKey | None = None
    with segment_path(directory, number).open("rb") as file:
        for record in stored_records(file, number):
            if record.type is RecordType.ENCRYPTED:
                if key is None:
                    raise TornTail(number, record.offset)  # its head was cut off, or is another's
                yield from decrypted(record, key)
                continue
            if record.type is RecordType.SEGMENT and (facts := record.json().get("encryption")):
                key = (keys or Keyring.beside(directory)).unwrap(facts)
            yield record


def decrypted(record: Record, key: DataKey) -> Iterator[Record]:
    """The records within one of type 11. Raises TornTail if it was altered. Their offset is that of the one."""
    try:
        plain = key.open(record.body, journal_place(record.segment, record.offset))
    except Undecipherable:
        raise TornTail(record.segment, record.offset) from None
    position = 0
    while position < len(plain):
        length, _, kind, arrival = HEAD.unpack_from(plain, position)
        position += HEAD.size + length
        if kind in RecordType._value2member_map_:
            yield Record(RecordType(kind), arrival, plain[position - length : position], record.segment, record.offset)


def read_journal(directory: Path, *, keys: Keyring | None = None) -> Iterator[Record]:
    """All records of all segments in order; a torn tail ends its segment, and the next goes on. A segment whose disk is
    away is left out. `keys` and exceptions as of read_segment."""
    keys = keys or Keyring.beside(directory)
    for number in segment_numbers(directory):
        if segment_path(directory, number).exists():
            with suppress(TornTail):
                yield from read_segment(directory, number, keys=keys)


def encryption_of(directory: Path, number: int) -> dict[str, Any] | None:
    """The `encryption` object of a segment; None if it is not encrypted or its head cannot be read."""
    try:
        with segment_path(directory, number).open("rb") as file:
            first = next(stored_records(file, number), None)
    except (OSError, TornTail):
        return None
    if first is None or first.type is not RecordType.SEGMENT:
        return None
    facts: dict[str, Any] | None = first.json().get("encryption")
    return facts


def recording_encryption(directory: Path) -> dict[str, Any] | None:
    """The newest `encryption` object of a recording, None if nothing of it is encrypted."""
    for number in reversed(segment_numbers(directory)):
        facts = encryption_of(directory, number)
        if facts is not None:
            return facts
    return None


def data_key_of(directory: Path, keys: Keyring) -> DataKey | None:
    """What the recording's files are encrypted with, None if they are not. Raises KeyUnavailable."""
    facts = recording_encryption(directory)
    return keys.unwrap(facts) if facts is not None else None


def writing_key(directory: Path, keys: Keyring, *, wanted: bool) -> DataKey | None:
    """What a part that begins is encrypted with: a session goes on as it began, `wanted` counts for a new one.

    When the key that it began with is lost it goes on with a new one; each segment names its own.
    Raises KeyUnavailable.
    """
    facts = recording_encryption(directory)
    if facts is not None:
        with suppress(KeyUnavailable):
            return keys.unwrap(facts)
    if facts is None and not wanted:
        return None
    return keys.load_or_make(replace_lost=facts is not None).new_data_key()
