"""The files of a recording against its chain: each second of the journal, the seal's list, what was added.

A part of the verifier that travels with recordings: standard library only.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO

from recorder.chain import Chain, merkle_root
from recorder.findings import Fault, VerifyReport, iso
from recorder.framing import HEAD, MAGIC, arrivals, first_bad, good_until, record_end

ALLOWED = {"manifest.jsonl", "README.txt", "verify.py", "journal", "tracks", "derived", "session"}
MAX_UNHASHED_S = 60.0  # a crash keeps about a second from being hashed, after a stalled disk some more
READ_BYTES = 1 << 20


class FilesCheck:
    """One verification of one directory; what it finds goes into the report."""

    def __init__(self, directory: Path, chain: Chain, report: VerifyReport) -> None:
        self._directory = directory
        self._report = report
        self._seal = chain.seal
        self._tracks = {line["path"]: line for line in chain.lines if line["type"] == "track"}
        self._stretches: dict[int, list[dict[str, Any]]] = {}
        for line in chain.lines:
            if line["type"] in ("second", "torn_tail"):
                self._stretches.setdefault(line["segment"], []).append(line)
        report.seconds = sum(1 for line in chain.lines if line["type"] == "second")
        self._digests: dict[str, str] = {}

    def check(self) -> None:
        """All of it."""
        for number in sorted(self._stretches):
            self._segment(number)
        self._unhashed_segments()
        if self._seal is not None:
            self._sealed_files(self._seal)
        self._strangers()

    def _add(self, kind: str, name: str, first: int, last: int, line: dict[str, Any], detail: str) -> None:
        at, until = iso(line.get("from_ms", 0)), iso(line.get("to_ms", 0))
        if not line.get("from_ms"):
            at = until = ""
        fault = Fault(kind=kind, file=name, first_byte=first, last_byte=last, at=at, until=until, detail=detail)
        self._report.faults.append(fault)

    # --- the journal ---

    def _segment(self, number: int) -> None:
        """Up to its first fault."""
        stretches = self._stretches[number]
        name = f"journal/{number:06d}.journal"
        path = self._directory / name
        whole = {**stretches[0], "to_ms": stretches[-1].get("to_ms", 0)}
        expected = stretches[-1]["offset"] + stretches[-1]["length"]
        if not path.exists():
            self._add("missing", name, 0, expected - 1, whole, "the file is missing")
            return
        with path.open("rb") as file:
            holder = self._named_inside(file)
            if holder is not None and holder != number:
                self._add("reordered", name, 0, expected - 1, whole, f"holds what belongs in segment {holder}")
                return
            size, reached = path.stat().st_size, 0
            digest = hashlib.sha256()
            for index, line in enumerate(stretches):
                if line["offset"] != reached:
                    self._add("chain", name, reached, line["offset"], line, "no line speaks of these bytes")
                    return
                reached += line["length"]
                data = _read(file, line["offset"], line["length"])
                digest.update(data)
                if len(data) < line["length"] or hashlib.sha256(data).hexdigest() != line["sha256"]:
                    self._diagnose(file, name, size, stretches, index)
                    return
            rest = _read(file, expected, size - expected)
        digest.update(rest)
        self._digests[name] = digest.hexdigest()
        self._tail(name, number, expected, rest, stretches[-1])

    def _named_inside(self, file: BinaryIO) -> int | None:
        """The number that the segment's first record says, if that record is good."""
        data = file.read(1 << 16)
        end = record_end(data, len(MAGIC))
        if end is None:
            return None
        try:
            return int(json.loads(data[len(MAGIC) + HEAD.size : end])["segment"])
        except (ValueError, KeyError, TypeError):
            return None

    def _diagnose(self, file: BinaryIO, name: str, size: int, stretches: list[dict[str, Any]], index: int) -> None:
        """Why stretch `index` is not what was recorded, and from which byte on."""
        line, last = stretches[index], stretches[-1]
        shift = size - last["offset"] - last["length"]
        data = _read(file, line["offset"], line["length"])
        bad = first_bad(data)
        first, end = (line["offset"] + bad[0], line["offset"] + bad[1]) if bad else _span(line)
        if shift == 0:
            if any(other is not line and _fits(file, line["offset"], other) for other in stretches):
                self._add("reordered", name, *_span(line), line, "another second's bytes are here")
            else:
                self._add("altered", name, first, end, line, "not the bytes recorded")
        elif shift > 0:
            self._add("added", name, first, first + shift - 1, line, f"{shift} bytes too many")
        elif index == len(stretches) - 1 or not _fits(file, last["offset"] + shift, last):
            kept = line["offset"] + good_until(data, len(MAGIC) if line["offset"] == 0 else 0)
            clean = size - kept < HEAD.size or cut_in_record(data, kept - line["offset"])
            kind, at = ("truncated", size) if clean else ("missing", kept)
            self._add(
                kind,
                name,
                at,
                last["offset"] + last["length"] - 1,
                {**line, "to_ms": last.get("to_ms", 0)},
                f"{-shift} bytes are gone",
            )
        else:
            self._add("missing", name, first, first - shift - 1, line, f"{-shift} bytes were cut out")

    def _tail(self, name: str, number: int, expected: int, rest: bytes, line: dict[str, Any]) -> None:
        """Bytes behind the last hashed one: added, or (while there is no seal) not hashed yet."""
        if not rest:
            return
        times = arrivals(rest, 0)
        late = times is not None and times[1] - times[0] > MAX_UNHASHED_S
        if self._seal is not None or number != max(self._stretches):
            last = expected + len(rest) - 1
            self._add("added", name, expected, last, {**line, "from_ms": line.get("to_ms", 0)}, "bytes follow the last")
        elif late:
            self._manifest_cut()

    def _unhashed_segments(self) -> None:
        """A segment that no line speaks of: added, or the newest of a recording that is not sealed."""
        paths = (self._directory / "journal").glob("*.journal")
        numbers = sorted(int(path.stem) for path in paths if path.stem.isdigit())
        unknown = [number for number in numbers if number not in self._stretches]
        if self._seal is None and (len(unknown) > 1 or (unknown and unknown[0] < max(self._stretches, default=0))):
            self._manifest_cut()

    def _manifest_cut(self) -> None:
        detail = "the journal goes on where the manifest ends: its end is missing"
        self._report.faults.append(Fault(kind="truncated", file="manifest.jsonl", detail=detail))

    # --- the seal ---

    def _sealed_files(self, seal: dict[str, Any]) -> None:
        files = [(entry["path"], entry["sha256"]) for entry in seal["files"]]
        self._report.files = len(files)
        if merkle_root(files) != seal["merkle_root"]:
            self._report.faults.append(
                Fault(kind="chain", file="manifest.jsonl", detail="the seal's root does not fit its list")
            )
        faulty = {fault.file for fault in self._report.faults}
        for entry in seal["files"]:
            if entry["path"] not in faulty:
                self._sealed_file(entry)
        known = {name for name, _ in files}
        for folder in ("journal", "tracks"):
            for path in sorted((self._directory / folder).glob("*")):
                name = f"{folder}/{path.name}"
                if name not in known:
                    self._report.faults.append(Fault(kind="added", file=name, detail="not in the seal"))

    def _sealed_file(self, entry: dict[str, Any]) -> None:
        name = entry["path"]
        path = self._directory / name
        expected = entry.get("bytes") or (path.stat().st_size if path.exists() else 0)  # (version 1 tells no size)
        track = self._tracks.get(name, {})
        times: dict[str, Any] = {}
        if track and self._seal is not None:
            begun = self._seal["start_ms"] + track["offset_ms"]
            times = {"from_ms": begun, "to_ms": begun + track["duration_ms"]}
        if not path.is_file():
            self._add("missing", name, 0, expected - 1, times, "the file is missing")
            return
        if name in self._digests and self._digests[name] == entry["sha256"]:
            return
        digest, bad = hash_in_chunks(path, track.get("chunk", READ_BYTES), track.get("chunks", []))
        size = path.stat().st_size
        if digest == entry["sha256"]:
            return
        if size > expected:
            kind, first, last = "added", min(bad[0] if bad else expected, expected), size - 1
        elif size < expected:
            kind, first, last = "truncated", size, expected - 1
        else:
            kind, (first, last) = "altered", bad or (0, expected - 1)
        self._add(kind, name, first, min(last, max(size, expected) - 1), times, "other bytes than sealed")

    def _strangers(self) -> None:
        for path in sorted(self._directory.iterdir()):
            if path.name not in ALLOWED:
                self._report.faults.append(Fault(kind="added", file=path.name, detail="does not belong to a recording"))


def _span(line: dict[str, Any]) -> tuple[int, int]:
    return line["offset"], line["offset"] + line["length"] - 1


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _fits(file: BinaryIO, offset: int, line: dict[str, Any]) -> bool:
    """Whether the bytes of that stretch lie at `offset`."""
    return offset >= 0 and hashlib.sha256(_read(file, offset, line["length"])).hexdigest() == line["sha256"]


def cut_in_record(data: bytes, position: int) -> bool:
    """Whether what lies at `position` is the beginning of a record that the file's end cuts."""
    length = int(HEAD.unpack_from(data, position)[0]) if position + HEAD.size <= len(data) else 0
    return position + HEAD.size + length > len(data)


def hash_in_chunks(path: Path, chunk_bytes: int, chunks: list[str]) -> tuple[str, tuple[int, int] | None]:
    """(SHA-256 of the file, (first, last) byte of the first chunk that is not as in `chunks`)."""
    digest = hashlib.sha256()
    bad: tuple[int, int] | None = None
    with path.open("rb") as file:
        index = 0
        while data := file.read(chunk_bytes):
            digest.update(data)
            if bad is None and chunks and (index >= len(chunks) or hashlib.sha256(data).hexdigest() != chunks[index]):
                bad = index * chunk_bytes, index * chunk_bytes + len(data) - 1
            index += 1
    return digest.hexdigest(), bad
