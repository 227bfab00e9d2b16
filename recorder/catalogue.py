"""The recordings that there are."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recorder.live_index import live_tracks
from recorder.summary import SKIPPED

_TYPE = re.compile(rb'"type"\s*:\s*"(?!second")')
TAIL_BYTES = 32 * 1024  # read at once from a manifest's end; a seal that names many files takes several


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A recording. `state`: done (sealed) or open (live, or left by a crash). Times in Unix milliseconds.

    tracks: the sealed ones, or of an open recording those that can be played already (recorder.live_index).
    """

    id: str
    title: str
    kind: str
    state: str
    start_ms: int
    end_ms: int
    bytes: int
    seal: str
    tracks: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    endpoints: dict[str, str] = field(default_factory=dict)


def recording_directories(root: Path) -> list[Path]:
    """Every recording's directory."""
    if not root.exists():
        return []
    return sorted(path for path in root.iterdir() if (path / "manifest.jsonl").exists())


def is_sealed(directory: Path) -> bool:
    """Whether the manifest ends in a seal, stamped or not."""
    return bool(_last_types(directory) & {"seal", "timestamp"})


def is_stamped(directory: Path) -> bool:
    """Whether an authority stamped the seal's time."""
    return "timestamp" in _last_types(directory)


def seal_of(directory: Path) -> str:
    """The hash of the seal, "" if there is none."""
    found = _last_lines(directory / "manifest.jsonl", 2)  # the seal, or the seal and its stamp
    if not found or found[-1].get("type") not in ("seal", "timestamp"):
        return ""
    seal = next((line for line in reversed(found) if line.get("type") == "seal"), None)
    if seal is None:  # stamped more than once
        lines = _lines(directory / "manifest.jsonl")
        seal = next((line for line in reversed(lines) if line["type"] == "seal"), {"hash": ""})
    return str(seal["hash"])


def short_hash(digest: str) -> str:
    """As the minutes show it: the first 16 digits in groups of four."""
    return " ".join(digest[at : at + 4] for at in range(0, min(16, len(digest)), 4))


def _last_types(directory: Path) -> set[str]:
    return {str(line["type"]) for line in _last_lines(directory / "manifest.jsonl", 1) if "type" in line}


def _last_lines(path: Path, count: int) -> list[dict[str, Any]]:
    """The last lines, read from the end: a manifest of hours has thousands. None where the last is not whole, no object
    or not there.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            data, begin = b"", size
            while begin > 0 and data.count(b"\n") <= count:
                begin = max(0, begin - TAIL_BYTES)
                file.seek(begin)
                data = file.read(size - begin)
    except FileNotFoundError:
        return []
    if not data.endswith(b"\n"):
        return []
    try:
        found = [json.loads(raw) for raw in data.removesuffix(b"\n").split(b"\n")[-count:]]
    except ValueError:
        return []
    return found if all(isinstance(line, dict) for line in found) else []


def list_recordings(root: Path) -> list[CatalogueEntry]:
    """All recordings, newest first."""
    entries = [read_entry(directory) for directory in recording_directories(root)]
    return sorted(entries, key=lambda entry: entry.start_ms, reverse=True)


def read_entry(directory: Path) -> CatalogueEntry:
    """One recording from its manifest; nothing is verified here."""
    lines = _lines(directory / "manifest.jsonl")
    parts = [line for line in lines if line["type"] == "part"]
    seal = next((line for line in reversed(lines) if line["type"] == "seal"), None)
    session = parts[0]["session"] if parts else {}
    endpoints: dict[str, str] = {}
    for part in parts:
        endpoints.update(part["session"].get("endpoints", {}))
    notes = _with_endpoints([(line, json.loads(line["facts"])) for line in lines if line["type"] == "note"])
    endpoints.update({facts["endpoint_id"]: facts["endpoint_name"] for _, facts in notes if facts.get("endpoint_name")})
    return CatalogueEntry(
        id=directory.name,
        title=str(session.get("title", directory.name)),
        kind=str(session.get("kind", "")),
        state="done" if seal else "open",
        start_ms=int(seal["start_ms"] if seal else (parts[0]["wall_ms"] if parts else 0)),
        end_ms=int(seal["end_ms"] if seal else 0),
        bytes=sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()),
        seal=str(seal["hash"]) if seal else "",
        tracks=[line for line in lines if line["type"] == "track"] if seal else live_tracks(directory),
        events=[_note(line, facts) for line, facts in notes if line["what"] == "event"],
        gaps=[_note(line, facts) for line, facts in notes if line["what"] == "gap"],
        endpoints=endpoints,
    )


def _with_endpoints(notes: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Losses say which publication they are of; the notes before say whose it was then."""
    owners: dict[int, str] = {}
    for line, facts in notes:
        if line["what"] == "publication":
            owners[facts["publication"]] = facts["endpoint_id"]
        elif line["what"] == "gap" and facts.get("publication") in owners:
            facts["endpoint_id"] = owners[facts["publication"]]
    return notes


def _note(line: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "at_ms": line.get("at_ms", 0)}  # (version 1 does not tell)


def _lines(path: Path) -> list[dict[str, Any]]:
    """All but what tells of a second, of which a manifest of hours has thousands: they are not even cut apart."""
    data, lines, end = path.read_bytes(), [], 0
    for found in _TYPE.finditer(data):
        if found.start() < end:
            continue  # of an object inside the line that was taken
        begin = data.rfind(b"\n", 0, found.start()) + 1
        end = data.find(b"\n", found.start())
        end = end if end >= 0 else len(data)
        raw = data[begin:end]
        if SKIPPED in raw:
            continue
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict) and "type" in line:
            lines.append(line)
    return lines
