"""Is an extract what it says: a stretch of a recording, whole, and of that recording? (docs/recording-format.md)

Its manifest is the recording's, line by line; of lines that others than this stretch are about, only number, hash and
signature are left. A part of the verifier that travels with recordings: standard library and `cryptography` only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recorder.chain import GENESIS, KEYED, BrokenChain, Chain, canonical, hands_over, line_hash, signed_by
from recorder.findings import Fault, VerifyReport, iso
from recorder.framing import MAGIC, first_bad, good_until
from recorder.verify_files import cut_in_record, hash_in_chunks

STATEMENT = "extract.json"
EXTRACT_FORMAT = "DIEMCAU-EXTRACT-1"
EXTRACT_DOMAIN = b"diemcau extract 1\0"
EXTRACT_HOLDS = {STATEMENT, "manifest.jsonl", "README.txt", "verify.py", "journal", "tracks"}
REDUCED = "reduced"  # the type that such lines have when they are read
_REDUCED_FIELDS = {"n", "hash", "sig"}


def statement_hash(statement: dict[str, Any]) -> bytes:
    """What the recorder's key signs of an extract."""
    body = {name: value for name, value in statement.items() if name != "sig"}
    return hashlib.sha256(EXTRACT_DOMAIN + canonical(body)).digest()


def read_reduced_chain(data: bytes) -> Chain:
    """Every line of an extract's manifest, reduced ones with type REDUCED. Raises BrokenChain."""
    lines: list[dict[str, Any]] = []
    key, offset = "", 0
    *raws, tail = data.split(b"\n")
    for raw in raws:
        place = len(lines) + 1, offset, offset + len(raw)
        try:
            line = json.loads(raw)
            if canonical(line) != raw:
                raise ValueError
            signature, stated = line.pop("sig"), line.pop("hash")
            if set(line) == {"n"}:
                line["type"] = REDUCED
            elif stated != line_hash(line["prev"], line):
                raise ValueError
            key = line["key"] if line["type"] in KEYED else key
            number, previous = line["n"], line.get("prev")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BrokenChain("altered", *place, "is not a line that the recorder wrote", lines) from None
        if not signed_by(key, signature, bytes.fromhex(stated)):
            raise BrokenChain("altered", *place, "is not signed by the recorder's key", lines)
        expected = lines[-1]["hash"] if lines else GENESIS
        if number != len(lines) or previous not in (None, expected):
            raise BrokenChain("missing", *place, f"is line {number}, where line {len(lines)} belongs", lines)
        lines.append({**line, "hash": stated})
        offset += len(raw) + 1
    return Chain(lines, tail)


def reduced(line: dict[str, Any]) -> dict[str, Any]:
    """What an extract keeps of a line that is not its own."""
    return {name: line[name] for name in sorted(_REDUCED_FIELDS)}


def run_name(segment: int, offset: int) -> str:
    """The file of stretches that follow each other in one segment."""
    return f"journal/{segment:06d}-{offset:010d}.stretch"


def runs_of(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """By file: the lines (`second`, `torn_tail`) whose bytes it holds, in order."""
    runs: dict[str, list[dict[str, Any]]] = {}
    name, reached = "", (0, 0)
    for line in sorted(lines, key=lambda each: (each["segment"], each["offset"])):
        if not name or (line["segment"], line["offset"]) != reached:
            name = run_name(line["segment"], line["offset"])
        runs.setdefault(name, []).append(line)
        reached = line["segment"], line["offset"] + line["length"]
    return runs


def in_range(line: dict[str, Any], from_ms: int, to_ms: int) -> bool:
    """Whether a line tells of a second of the journal that touches the range."""
    return bool(line["type"] == "second" and line["to_ms"] > from_ms and line["from_ms"] < to_ms)


def neighbourhood(lines: list[dict[str, Any]], from_ms: int, to_ms: int) -> tuple[int, int] | None:
    """(first, last) index of the lines that show that nothing of the range is left out: all seconds that touch it, and
    the one before and the one behind; None if none touches it."""
    touching = [index for index, line in enumerate(lines) if in_range(line, from_ms, to_ms)]
    if not touching:
        return None
    first, last = touching[0] - 1, touching[-1] + 1
    while first > 0 and lines[first]["type"] not in ("second", REDUCED):
        first -= 1
    while last < len(lines) - 1 and lines[last]["type"] not in ("second", "seal", REDUCED):
        last += 1
    return max(0, first), min(last, len(lines) - 1)


def stretches_within(
    lines: list[dict[str, Any]], around: tuple[int, int], from_ms: int, to_ms: int
) -> list[dict[str, Any]]:
    """The lines whose bytes an extract has: those of the neighbourhood but for the second before and the one behind."""
    inner = lines[around[0] : around[1] + 1]
    if inner[0]["type"] == "second" and not in_range(inner[0], from_ms, to_ms):
        inner = inner[1:]
    if inner[-1]["type"] == "second" and not in_range(inner[-1], from_ms, to_ms):
        inner = inner[:-1]
    return [line for line in inner if line["type"] in ("second", "torn_tail")]


class ExtractCheck:
    """One verification of one directory; what it finds goes into the report."""

    def __init__(self, directory: Path, chain: Chain, report: VerifyReport) -> None:
        self._directory, self._chain, self._report = directory, chain, report

    def check(self) -> None:
        """All of it."""
        statement = self._statement()
        if statement is None:
            return
        self._report.extract = {
            name: statement[name] for name in ("recording", "seal", "from_ms", "to_ms", "made_ms", "purpose")
        } | {"from": iso(statement["from_ms"]), "to": iso(statement["to_ms"])}
        lines = self._lines_of_range(statement)
        self._report.seconds = sum(1 for line in lines if line["type"] == "second")
        runs = runs_of(lines)
        for name, run in runs.items():
            self._run(name, run)
        for track in statement["tracks"]:
            self._track(track)
        self._report.files = len(runs) + len(statement["tracks"])
        self._strangers({*runs, *(track["path"] for track in statement["tracks"])})

    def _fault(self, kind: str, file: str, detail: str, **place: Any) -> None:
        self._report.faults.append(Fault(kind=kind, file=file, detail=detail, **place))

    def _statement(self) -> dict[str, Any] | None:
        """What the extract says of itself, if the recorder's key says so."""
        raw = (self._directory / STATEMENT).read_bytes()
        try:
            statement: dict[str, Any] = json.loads(raw)
            good = statement["format"] == EXTRACT_FORMAT and canonical(statement) + b"\n" == raw
            signed = signed_by(statement["key"], statement["sig"], statement_hash(statement))
            trusted = {line["key"] for line in self._chain.lines if line["type"] in KEYED}
            for each in statement["keys"]:
                if each["previous"] in trusted and hands_over(each):
                    trusted.add(each["key"])
            known = statement["key"] in trusted
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            good = signed = known = False
        if not (good and signed):
            self._fault("altered", STATEMENT, "is not what the recorder signed", first_byte=0, last_byte=len(raw) - 1)
            return None
        if not known:
            self._fault("key", STATEMENT, f"signed by a key that is not the recorder's: {statement['key']}")
            return None
        seal = self._chain.seal
        if seal is None or seal["hash"] != statement["seal"] or len(self._chain.lines) != statement["lines"]:
            self._fault("chain", "manifest.jsonl", "is not the manifest of the recording that this is an extract of")
            return None
        return statement

    def _lines_of_range(self, statement: dict[str, Any]) -> list[dict[str, Any]]:
        """The lines whose stretches must be there. What was left out of the manifest is a fault."""
        lines, from_ms, to_ms = self._chain.lines, statement["kept_from_ms"], statement["kept_to_ms"]
        found = neighbourhood(lines, from_ms, to_ms)
        if found is None or from_ms > statement["from_ms"] or to_ms < statement["to_ms"]:
            self._fault("missing", "manifest.jsonl", "no line speaks of the range")
            return []
        first, last = found
        begins = first == 0 or lines[first]["type"] == "second"
        ends = lines[last]["type"] in ("second", "seal")
        told = first == statement["first_line"] and last == statement["last_line"]
        if not told or not begins or not ends or any(line["type"] == REDUCED for line in lines[first : last + 1]):
            at = {"at": iso(statement["from_ms"]), "until": iso(statement["to_ms"])}
            self._fault("missing", "manifest.jsonl", "lines of the range were left out", **at)
        return stretches_within(lines, found, from_ms, to_ms)

    # --- files ---

    def _run(self, name: str, run: list[dict[str, Any]]) -> None:
        """Up to its first fault."""
        path = self._directory / name
        begin = run[0]["offset"]
        expected = run[-1]["offset"] + run[-1]["length"] - begin
        if not path.is_file():
            self._fault("missing", name, "the file is missing", **_times(run[0], run[-1]), **_bytes(0, expected))
            return
        data = path.read_bytes()
        for line in run:
            start = line["offset"] - begin
            piece = data[start : start + line["length"]]
            if hashlib.sha256(piece).hexdigest() != line["sha256"]:
                self._bad(name, start, piece, line, len(data) - expected)
                return
        if len(data) > expected:
            self._fault(
                "added", name, "bytes follow the last", **_bytes(expected, len(data)), **_times(run[-1], run[-1])
            )

    def _bad(self, name: str, start: int, piece: bytes, line: dict[str, Any], longer: int) -> None:
        bad = first_bad(piece)
        first, last = (start + bad[0], start + bad[1]) if bad else (start, start + max(0, len(piece) - 1))
        times = _times(line, line)
        if longer == 0:
            self._fault("altered", name, "not the bytes recorded", **_bytes(first, last + 1), **times)
        elif longer > 0:
            self._fault("added", name, f"{longer} bytes too many", **_bytes(first, first + longer), **times)
        else:
            good = good_until(piece, len(MAGIC) if line["offset"] == 0 else 0)
            at_end = len(piece) < line["length"] and cut_in_record(piece, good)
            kept, kind = (start + len(piece), "truncated") if at_end else (start + good, "missing")
            self._fault(kind, name, f"{-longer} bytes are gone", **_bytes(kept, kept - longer), **times)

    def _track(self, track: dict[str, Any]) -> None:
        name, path, expected = track["path"], self._directory / track["path"], track["bytes"]
        begin = self._chain.seal["start_ms"] + track["offset_ms"] if self._chain.seal else 0
        times = {"at": iso(begin), "until": iso(begin + track["duration_ms"])}
        if not path.is_file():
            self._fault("missing", name, "the file is missing", **_bytes(0, expected), **times)
            return
        digest, bad = hash_in_chunks(path, track["chunk"], track["chunks"])
        size = path.stat().st_size
        if digest == track["sha256"]:
            return
        if size < expected:
            self._fault("truncated", name, "other bytes than signed", **_bytes(size, expected), **times)
        elif size > expected:
            self._fault("added", name, "other bytes than signed", **_bytes(expected, size), **times)
        else:
            first, last = bad or (0, expected - 1)
            self._fault("altered", name, "other bytes than signed", **_bytes(first, last + 1), **times)

    def _strangers(self, known: set[str]) -> None:
        for name in _files(self._directory):
            if name.partition("/")[0] not in EXTRACT_HOLDS or ("/" in name and name not in known):
                self._fault("added", name, "does not belong to the extract")


def _files(directory: Path) -> Iterator[str]:
    for path in sorted(directory.rglob("*")):
        if path.is_file() or path.is_symlink():
            yield str(path.relative_to(directory))


def _bytes(first: int, end: int) -> dict[str, int]:
    return {"first_byte": first, "last_byte": max(first, end - 1)}


def _times(first: dict[str, Any], last: dict[str, Any]) -> dict[str, str]:
    if not first.get("from_ms") or not last.get("to_ms"):
        return {}
    return {"at": iso(first["from_ms"]), "until": iso(last["to_ms"])}
