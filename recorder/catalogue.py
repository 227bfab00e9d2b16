"""The recordings that there are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recorder.live_index import live_tracks
from recorder.summary import SKIPPED


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
    lines = _lines(directory / "manifest.jsonl") if is_sealed(directory) else []
    return next((str(line["hash"]) for line in reversed(lines) if line["type"] == "seal"), "")


def short_hash(digest: str) -> str:
    """As the minutes show it: the first 16 digits in groups of four."""
    return " ".join(digest[at : at + 4] for at in range(0, min(16, len(digest)), 4))


def _last_types(directory: Path) -> set[str]:
    path = directory / "manifest.jsonl"
    data = path.read_bytes() if path.exists() else b""
    last = data.removesuffix(b"\n").rpartition(b"\n")[2] if data.endswith(b"\n") else b""
    try:
        return {str(json.loads(last)["type"])}
    except (ValueError, KeyError, TypeError):
        return set()


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
    lines = []
    for raw in path.read_bytes().split(b"\n"):
        if SKIPPED in raw:
            continue
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict) and "type" in line:
            lines.append(line)
    return lines
