"""Makes an extract: stretches of the journal, the lines that prove them, tracks cut to the range, all signed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from recorder.bundle import verifier_source
from recorder.chain import KEYED, canonical, file_sha256, read_chain
from recorder.cipher import DataKey
from recorder.completion import stream_facts
from recorder.derived_file import derived_file, stored_path
from recorder.encrypted_file import open_media, plain_name
from recorder.extract.cut import CutTrack, cut_track, key_frame_before
from recorder.extract.readme import extract_readme
from recorder.journal import TornTail, segment_path, stored_records
from recorder.keys import SigningKey
from recorder.master_key import Keyring
from recorder.reader import encryption_of
from recorder.track_source import Sources, TrackSource, read_sources
from recorder.verify_extract import (
    EXTRACT_FORMAT,
    STATEMENT,
    neighbourhood,
    reduced,
    runs_of,
    statement_hash,
    stretches_within,
)

ARRIVES_WITHIN_MS = 1000  # after its capture a packet has arrived, retransmitted or not: sfu.nack gives up then
PUBLICATION_NOTES = ("publication", "publication_ended")
Line = dict[str, Any]


class CannotExtract(Exception):
    """The recording is not sealed, altered, or has nothing in the range; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractResult:
    """What was written. Times in Unix ms; kept_from_ms, kept_to_ms: of the stretches, which end at whole seconds."""

    path: str
    recording: str
    seal: str
    from_ms: int
    to_ms: int
    kept_from_ms: int
    kept_to_ms: int
    seconds: int
    tracks: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an extract is of (Unix ms), and for what."""

    from_ms: int
    to_ms: int
    purpose: str = ""
    requested_by: str = ""


def extract(
    directory: Path,
    output: Path,
    wanted: Wanted,
    *,
    key: SigningKey,
    keys: Keyring | None = None,
    encrypt: DataKey | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> ExtractResult:
    """Write `output`: a tar file if it is named so, else a directory that is not there yet.

    `key` signs it; `keys` open an encrypted recording; `encrypt`: the tar file is encrypted by it, and named so. Raises
    CannotExtract, NothingToDerive, BrokenChain, OSError, KeyUnavailable.
    """
    packed = output.suffix == ".tar"
    if output.exists() and not packed:
        raise CannotExtract(f"{output} is there already")
    work = output.with_name(output.name + ".work")
    shutil.rmtree(work, ignore_errors=True)
    try:
        statement = _Maker(directory, work, wanted, key, keys, encrypt, on_progress).make()
        if packed:
            _pack(work, output, encrypt, keys)
        else:
            work.replace(output)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    on_progress(1.0)
    stored = stored_path(output, encrypt)
    size = stored.stat().st_size if packed else sum(each.stat().st_size for each in output.rglob("*"))
    return ExtractResult(
        path=str(stored),
        **{name: statement[name] for name in ("recording", "seal", "from_ms", "to_ms", "kept_from_ms", "kept_to_ms")},
        seconds=statement["last_line"] - statement["first_line"],
        tracks=len(statement["tracks"]),
        bytes=size,
        sha256=file_sha256(stored) if packed else "",
    )


def _pack(work: Path, output: Path, encrypt: DataKey | None, keys: Keyring | None) -> None:
    """A tar of what lies in `work`; what is encrypted there is plain in it."""
    with derived_file(output, encrypt) as target:
        file = None if isinstance(target, str) else target
        with tarfile.open(target if file is None else None, "w", fileobj=file) as archive:
            for path in sorted(each for each in work.rglob("*") if each.is_file()):
                name = plain_name(str(path.relative_to(work)))
                facts = tarfile.TarInfo(f"{output.stem}/{name}")
                facts.mtime, facts.mode = int(time.time()), 0o444
                with open_media(path, keys or Keyring.beside(work)) as content:
                    facts.size = content.seek(0, os.SEEK_END)
                    content.seek(0)
                    archive.addfile(facts, content)


class _Maker:
    """One extract in the making, in `work`."""

    def __init__(
        self,
        directory: Path,
        work: Path,
        wanted: Wanted,
        key: SigningKey,
        keys: Keyring | None,
        encrypt: DataKey | None,
        on_progress: Callable[[float], None],
    ) -> None:
        self._directory, self._work, self._wanted, self._key = directory, work, wanted, key
        self._encrypt, self._tell = encrypt, on_progress
        self._segments: list[list[int]] = []
        self._lines = read_chain((directory / "manifest.jsonl").read_bytes()).lines
        self._raw = _raw_lines(directory / "manifest.jsonl", self._lines)
        seal = next((line for line in reversed(self._lines) if line["type"] == "seal"), None)
        if seal is None:
            raise CannotExtract(f"{directory} is not sealed; run `diemcau recording recover {directory}` first")
        self._seal = seal
        self._sources: Sources = read_sources(directory, keys=keys)

    def make(self) -> Line:
        """The statement, when all is written."""
        from_ms = max(self._wanted.from_ms, self._seal["start_ms"])
        to_ms = min(self._wanted.to_ms, self._seal["end_ms"])
        if from_ms >= to_ms:
            length = (self._seal["end_ms"] - self._seal["start_ms"]) / 1000
            raise CannotExtract(f"the range is empty or outside of the recording, which has {length:.1f} s")
        tracks = self._tracks(from_ms, to_ms)
        kept_from = min([from_ms, *(self._lead_ms(track, from_ms) for track in tracks)])
        kept_to = min(to_ms + ARRIVES_WITHIN_MS, self._seal["end_ms"])
        around = neighbourhood(self._lines, kept_from, kept_to)
        if around is None:
            raise CannotExtract("nothing was recorded in this range")
        (self._work / "journal").mkdir(parents=True)
        (self._work / "tracks").mkdir()
        self._copy_journal(around, kept_from, kept_to)
        cut = self._cut(tracks, from_ms, to_ms)
        self._copy_manifest(around, {each["original"] for each in cut})
        (self._work / "README.txt").write_text(extract_readme(), encoding="utf-8")
        (self._work / "verify.py").write_text(verifier_source(), encoding="utf-8")
        return self._sign(around, (from_ms, to_ms), (kept_from, kept_to), cut)

    def _tracks(self, from_ms: int, to_ms: int) -> list[TrackSource]:
        start = self._seal["start_ms"]
        return [
            track
            for track in self._sources.tracks
            if start + 1000 * track.offset_s < to_ms and start + 1000 * track.until_s > from_ms
        ]

    def _lead_ms(self, track: TrackSource, from_ms: int) -> int:
        """Since when packets are needed for the picture that is seen at the range's beginning."""
        begin = (from_ms - self._seal["start_ms"]) / 1000
        found = key_frame_before(track, begin) if track.video else None
        return from_ms if found is None else int(self._seal["start_ms"] + 1000 * found)

    def _copy_journal(self, around: tuple[int, int], from_ms: int, to_ms: int) -> None:
        """Raises CannotExtract where the original is not what was hashed."""
        lines = stretches_within(self._lines, around, from_ms, to_ms)
        runs = runs_of(lines)
        self._segments = [[number, self._part_of(number)] for number in sorted({line["segment"] for line in lines})]
        for index, (name, run) in enumerate(runs.items()):
            path = self._work / name
            with segment_path(self._directory, run[0]["segment"]).open("rb") as source, path.open("wb") as file:
                for line in run:
                    source.seek(line["offset"])
                    data = source.read(line["length"])
                    if hashlib.sha256(data).hexdigest() != line["sha256"]:
                        raise CannotExtract(
                            f"segment {line['segment']} is not what was recorded at byte {line['offset']}: "
                            f"run `diemcau recording verify {self._directory}`"
                        )
                    file.write(data)
            self._tell(0.5 * (index + 1) / len(runs))

    def _part_of(self, segment: int) -> int:
        """Which of the manifest's parts wrote it, from 0."""
        parts = [line.get("part") for line in self._lines if line["type"] == "part"]
        try:
            with segment_path(self._directory, segment).open("rb") as file:
                return parts.index(next(stored_records(file, segment)).json()["part"])
        except (TornTail, StopIteration, ValueError, KeyError):
            raise CannotExtract(f"segment {segment} does not say which part wrote it: an older format?") from None

    def _cut(self, tracks: list[TrackSource], from_ms: int, to_ms: int) -> list[Line]:
        start = self._seal["start_ms"]
        found = []
        for index, track in enumerate(tracks):
            path = self._work / "tracks" / plain_name(track.file.name)
            span = {"from_s": (from_ms - start) / 1000, "to_s": (to_ms - start) / 1000}
            cut = cut_track(track, path, **span, encrypt=self._encrypt)
            if cut is not None:
                with open_media(stored_path(path, self._encrypt), track.keys) as file:
                    found.append(_track_facts(track, cut, file))
            self._tell(0.5 + 0.4 * (index + 1) / len(tracks))
        return found

    def _copy_manifest(self, around: tuple[int, int], tracks: set[str]) -> None:
        first, last = around
        with (self._work / "manifest.jsonl").open("wb") as file:
            for index, (line, raw) in enumerate(zip(self._lines, self._raw, strict=True)):
                whole = first <= index <= last or _is_of_all(line) or line.get("path") in tracks
                file.write(canonical(raw if whole else reduced(raw)) + b"\n")

    def _sign(self, around: tuple[int, int], asked: tuple[int, int], kept: tuple[int, int], tracks: list[Line]) -> Line:
        statement: Line = {
            "format": EXTRACT_FORMAT,
            "recording": self._directory.name,
            "seal": self._seal["hash"],
            "lines": len(self._lines),
            "first_line": around[0],
            "last_line": around[1],
            "from_ms": asked[0],
            "to_ms": asked[1],
            "kept_from_ms": kept[0],
            "kept_to_ms": kept[1],
            "made_ms": int(time.time() * 1000),
            "purpose": self._wanted.purpose,
            "requested_by": self._wanted.requested_by,
            "tracks": tracks,
            "segments": self._segments,
            "encryption": [
                [number, facts]
                for number, _ in self._segments
                if (facts := encryption_of(self._directory, number)) is not None
            ],
            "key": self._key.public_hex,
            "keys": self._key.history,
        }
        statement["sig"] = self._key.private.sign(statement_hash(statement)).hex()
        (self._work / STATEMENT).write_bytes(canonical(statement) + b"\n")
        for path in self._work.rglob("*"):
            if path.is_file():
                os.chmod(path, 0o444)
        return statement


def _is_of_all(line: Line) -> bool:
    """Lines that every extract has: keys, the seal, its time, and what was published by whom."""
    return line["type"] in (*KEYED, "seal") or (line["type"] == "note" and line["what"] in PUBLICATION_NOTES)


def _raw_lines(path: Path, lines: list[Line]) -> list[Line]:
    """The lines with their signatures, without halves that a crash left."""
    by_hash: dict[str, Line] = {}
    for raw in path.read_bytes().split(b"\n"):
        try:
            line = json.loads(raw)
            by_hash[line["hash"]] = line
        except (ValueError, KeyError, TypeError):
            continue
    return [by_hash[line["hash"]] for line in lines]


def _track_facts(source: TrackSource, cut: CutTrack, file: BinaryIO) -> Line:
    return {
        "path": f"tracks/{cut.path.name}",
        "original": f"tracks/{source.file.name}",
        "endpoint_id": source.endpoint_id,
        "endpoint_name": source.name,
        "source": source.source,
        "offset_ms": round(1000 * cut.offset_s),
        "duration_ms": round(1000 * (cut.until_s - cut.offset_s)),
        "video": source.video if cut.video else "",
        "width": source.width,
        "height": source.height,
        "audio": 1 if cut.audio else 0,
        **stream_facts(file),
    }
