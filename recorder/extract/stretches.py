"""Reading the journal of an extract: its stretches, and from the manifest what was said before them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recorder.cipher import DataKey
from recorder.framing import HEAD, MAGIC, record_end
from recorder.journal import Record, RecordType
from recorder.master_key import Keyring
from recorder.reader import decrypted
from recorder.survey import Published, Survey, read_record
from recorder.verify_extract import neighbourhood, read_reduced_chain, runs_of, stretches_within


class Stretches:
    """The directory must have been verified. `keys`: None for those beside it. Raises OSError, BrokenChain."""

    def __init__(self, directory: Path, statement: dict[str, Any], *, keys: Keyring | None = None) -> None:
        self._directory = directory
        self._keys = keys or Keyring.beside(directory)
        self._parts = {int(segment): int(part) for segment, part in statement["segments"]}
        self._encryption = {int(segment): facts for segment, facts in statement["encryption"]}
        self._lines = read_reduced_chain((directory / "manifest.jsonl").read_bytes()).lines
        span = statement["kept_from_ms"], statement["kept_to_ms"]
        around = neighbourhood(self._lines, *span)
        self._runs = runs_of(stretches_within(self._lines, around, *span)) if around else {}
        self._data_keys: dict[str, DataKey] = {}

    def survey(self) -> Survey:
        """As of a recording; its beginning is the recording's. Raises KeyUnavailable."""
        found = Survey()
        told = self._publications()
        records = self.records()
        following = next(records, None)
        for index, line in enumerate(line for line in self._lines if line["type"] == "part"):
            begun_s = line["wall_ms"] / 1000 - line["session"]["wall_offset_us"] / 1e6
            found.parts.append({**line["session"], "begun_s": begun_s})
            for facts in told.get(index, []):
                key = index, int(facts["publication"])
                found.published.setdefault(key, Published(key, facts, begun_s))
            while following is not None and following[0] == index:
                if following[1].type is not RecordType.PART:
                    read_record(found, following[1])
                following = next(records, None)
        return found

    def _publications(self) -> dict[int, list[dict[str, Any]]]:
        """By index of the part: what was published, as the manifest's notes tell."""
        found: dict[int, list[dict[str, Any]]] = {}
        part = -1
        for line in self._lines:
            part += line["type"] == "part"
            if line["type"] == "note" and line["what"] == "publication":
                found.setdefault(part, []).append(json.loads(line["facts"]))
        return found

    def records(self) -> Iterator[tuple[int, Record]]:
        """(index of the part, record), in the order of the journal. Raises KeyUnavailable, OSError."""
        for name, run in sorted(self._runs.items(), key=lambda each: (each[1][0]["segment"], each[1][0]["offset"])):
            segment, base = run[0]["segment"], run[0]["offset"]
            data = (self._directory / name).read_bytes()
            for record in _records(data, segment, base):
                if record.type is RecordType.ENCRYPTED:
                    yield from ((self._parts[segment], each) for each in decrypted(record, self._key(segment)))
                elif record.type is not RecordType.SEGMENT:
                    yield self._parts[segment], record

    def _key(self, segment: int) -> DataKey:
        facts = self._encryption[segment]
        wrapped = str(facts["wrapped_key"])
        if wrapped not in self._data_keys:
            self._data_keys[wrapped] = self._keys.unwrap(facts)
        return self._data_keys[wrapped]


def _records(data: bytes, segment: int, base: int) -> Iterator[Record]:
    """Whole records; `base`: where the data lie in the segment."""
    position = len(MAGIC) if base == 0 else 0
    while (end := record_end(data, position)) is not None:
        _, _, kind, arrival = HEAD.unpack_from(data, position)
        if kind in RecordType._value2member_map_:
            body = data[position + HEAD.size : end]
            yield Record(RecordType(kind), arrival, body, segment, base + position)
        position = end
