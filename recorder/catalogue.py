"""The recordings that there are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A recording. `state`: done (sealed) or open (live, or left by a crash). Times in Unix milliseconds."""

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
    """Whether the manifest ends in a seal."""
    path = directory / "manifest.jsonl"
    if not path.exists():
        return False
    last = path.read_bytes().rstrip(b"\n").rpartition(b"\n")[2]
    try:
        return bool(json.loads(last)["type"] == "seal")
    except (ValueError, KeyError, TypeError):
        return False


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
    notes = [(line, json.loads(line["facts"])) for line in lines if line["type"] == "note"]
    offset_ms = session.get("wall_offset_us", 0) / 1000
    return CatalogueEntry(
        id=directory.name,
        title=str(session.get("title", directory.name)),
        kind=str(session.get("kind", "")),
        state="done" if seal else "open",
        start_ms=int(seal["start_ms"] if seal else (parts[0]["wall_ms"] if parts else 0)),
        end_ms=int(seal["end_ms"] if seal else 0),
        bytes=sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()),
        seal=str(seal["hash"]) if seal else "",
        tracks=[line for line in lines if line["type"] == "track"],
        events=[_note(line, facts, offset_ms) for line, facts in notes if line["what"] == "event"],
        gaps=[_note(line, facts, offset_ms) for line, facts in notes if line["what"] == "gap"],
        endpoints=endpoints,
    )


def _note(line: dict[str, Any], facts: dict[str, Any], offset_ms: float) -> dict[str, Any]:
    return {**facts, "at_ms": round(line["monotonic_us"] / 1000 + offset_ms)}


def _lines(path: Path) -> list[dict[str, Any]]:
    lines = []
    for raw in path.read_bytes().split(b"\n"):
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict) and "type" in line:
            lines.append(line)
    return lines
