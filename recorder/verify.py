"""Is a recording what was recorded? Needs the directory and nothing else.

Checks the chain and its signatures, each second of the journal, every sealed file, and that nothing was added. A
recording without a seal (a crash, or still live) is a state of its own, not a fault.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recorder.journal import segment_numbers, segment_path
from recorder.manifest import BrokenChain, file_sha256, merkle_root, read_lines

KNOWN = {"manifest.jsonl", "README.txt"}
FOLDERS = ("journal", "tracks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong and where. `kind`: altered, truncated, missing, added or chain. Bytes and time where known."""

    kind: str
    file: str
    first_byte: int | None = None
    last_byte: int | None = None
    at: str = ""
    detail: str = ""


@dataclass(slots=True, kw_only=True)
class VerifyReport:
    """`whole`: sealed and without fault. `key`: the public key (hex) that signed, to be compared with the one known."""

    directory: str
    sealed: bool = False
    seal: str = ""
    key: str = ""
    seconds: int = 0
    files: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Nothing altered, missing or added, and sealed."""
        return self.sealed and not self.faults

    @property
    def verdict(self) -> str:
        """whole, not_sealed (but without fault) or faulty."""
        if self.faults:
            return "faulty"
        return "whole" if self.sealed else "not_sealed"

    def to_json(self) -> dict[str, Any]:
        """For --json and the API."""
        return {**asdict(self), "whole": self.whole, "verdict": self.verdict}


def verify(directory: Path) -> VerifyReport:
    """The report. A directory without a manifest has the fault "missing"."""
    report = VerifyReport(directory=str(directory))
    manifest = directory / "manifest.jsonl"
    if not manifest.exists():
        report.faults.append(Fault(kind="missing", file="manifest.jsonl", detail="there is no manifest"))
        return report
    try:
        lines = read_lines(manifest)
    except BrokenChain as broken:
        report.faults.append(Fault(kind="chain", file="manifest.jsonl", detail=str(broken)))
        return report
    keys = {line["key"] for line in lines if line["type"] == "part"}
    report.key = ", ".join(sorted(keys))
    if lines and lines[-1]["type"] == "seal":
        report.sealed, report.seal = True, lines[-1]["hash"]
    elif any(line["type"] == "seal" for line in lines):
        report.faults.append(Fault(kind="chain", file="manifest.jsonl", detail="lines follow the seal"))
    _check_seconds(directory, lines, report)
    if report.sealed:
        _check_seal(directory, lines[-1], report)
    return report


def _check_seconds(directory: Path, lines: list[dict[str, Any]], report: VerifyReport) -> None:
    """Each hashed stretch of each segment, in order and without a hole between."""
    reached: dict[int, int] = {}
    for line in lines:
        if line["type"] != "second":
            continue
        report.seconds += 1
        number, offset, length = line["segment"], line["offset"], line["length"]
        name = f"journal/{number:06d}.journal"
        at = datetime.fromtimestamp(line["wall_ms"] / 1000, UTC).isoformat(timespec="milliseconds")
        if offset != reached.get(number, 0):
            report.faults.append(Fault(kind="chain", file=name, first_byte=offset, at=at, detail="a hole in the chain"))
        reached[number] = offset + length
        if any(fault.file == name for fault in report.faults):
            continue
        _check_stretch(segment_path(directory, number), name, line, at, report)
    for number in segment_numbers(directory):
        size = segment_path(directory, number).stat().st_size
        if report.sealed and size > reached.get(number, 0) and not _torn(lines, number):
            name = f"journal/{number:06d}.journal"
            report.faults.append(
                Fault(
                    kind="added", file=name, first_byte=reached.get(number, 0), last_byte=size - 1, detail="bytes added"
                )
            )


def _torn(lines: list[dict[str, Any]], number: int) -> bool:
    """A crash leaves bytes behind the last hashed second; the seal covers them."""
    return any(line["type"] == "torn_tail" and line["segment"] == number for line in lines) or any(
        line["type"] == "part" for line in lines[1:]
    )


def _check_stretch(path: Path, name: str, line: dict[str, Any], at: str, report: VerifyReport) -> None:
    first, last = line["offset"], line["offset"] + line["length"] - 1
    if not path.exists():
        report.faults.append(Fault(kind="missing", file=name, first_byte=first, at=at, detail="the file is missing"))
        return
    with path.open("rb") as file:
        file.seek(first)
        data = file.read(line["length"])
    if len(data) < line["length"]:
        cut = first + len(data)
        report.faults.append(Fault(kind="truncated", file=name, first_byte=cut, at=at, detail="the file ends early"))
    elif hashlib.sha256(data).hexdigest() != line["sha256"]:
        report.faults.append(
            Fault(kind="altered", file=name, first_byte=first, last_byte=last, at=at, detail="not the bytes recorded")
        )


def _check_seal(directory: Path, seal: dict[str, Any], report: VerifyReport) -> None:
    files = [(entry["path"], entry["sha256"]) for entry in seal["files"]]
    report.files = len(files)
    if merkle_root(files) != seal["merkle_root"]:
        report.faults.append(Fault(kind="chain", file="manifest.jsonl", detail="the seal's root does not fit"))
    faulty = {fault.file for fault in report.faults}
    for name, digest in files:
        path = directory / name
        if name in faulty:
            continue
        if not path.exists():
            report.faults.append(Fault(kind="missing", file=name, detail="the file is missing"))
        elif file_sha256(path) != digest:
            report.faults.append(Fault(kind="altered", file=name, detail="other bytes than sealed"))
    known = {name for name, _ in files} | KNOWN
    for folder in FOLDERS:
        for path in sorted((directory / folder).glob("*")):
            name = f"{folder}/{path.name}"
            if name not in known:
                report.faults.append(Fault(kind="added", file=name, detail="not in the seal"))
