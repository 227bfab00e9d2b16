"""What the catalogue shows and searches of a recording, gathered from its manifest line by line (pure).

Nothing here is verified: it is for finding a recording, not for proving anything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

SKIPPED = b'"type":"second"'  # most of a manifest, and nothing to be found by
Raw = bytes
_PEOPLE = ("person", "persons", "chair", "secretary", "officer", "attendance")
_TRACK = ("path", "endpoint_id", "endpoint_name", "source", "offset_ms", "duration_ms", "video", "audio", "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A moment that somebody named. `category`: marker, or what the script says of it; `by`: who set it."""

    at_ms: int
    text: str
    category: str = "marker"
    endpoint_id: str = ""
    by: str = ""


@dataclass(slots=True, kw_only=True)
class Summary:
    """A recording in short. Times in Unix milliseconds, `end_ms` 0 until it is sealed; `bytes`: what the seal covers.

    `places`: where; `persons`: everybody whom session facts or events name.
    """

    id: str
    title: str = ""
    kind: str = ""
    start_ms: int = 0
    end_ms: int = 0
    seal: str = ""
    bytes: int = 0
    gap_count: int = 0
    endpoints: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    tracks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """done (sealed) or open (live, or left by a crash)."""
        return "done" if self.seal else "open"

    def take(self, raw: Raw) -> None:
        """One line of the manifest; what is none is left out."""
        if SKIPPED in raw:
            return
        try:
            line = json.loads(raw)
            reader = _READERS.get(line["type"])
            if reader is not None:
                reader(self, line)
        except (ValueError, KeyError, TypeError, AttributeError):
            return

    def to_json(self) -> dict[str, Any]:
        """For the index; from_json reads it."""
        names = [name for name in self.__slots__ if name != "markers"]
        marks = [[each.at_ms, each.text, each.category, each.endpoint_id, each.by] for each in self.markers]
        return {**{name: getattr(self, name) for name in names}, "markers": marks}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Summary:
        """The inverse of to_json. Raises TypeError, KeyError, ValueError for anything else."""
        marks = [
            Marker(at_ms=at, text=text, category=category, endpoint_id=endpoint, by=by)
            for at, text, category, endpoint, by in value["markers"]
        ]
        return cls(**{**value, "markers": marks})


def names_in(value: Any) -> list[str]:
    """Names as facts hold them: a text (several parted by ; or a line's end), a list, {"name": …}, or by endpoint."""
    if isinstance(value, str):
        return [name.strip() for name in re.split(r"[;\n]", value) if name.strip()]
    if isinstance(value, list):
        return [name for each in value for name in names_in(each)]
    if isinstance(value, dict):
        return names_in(value["name"]) if "name" in value else names_in(list(value.values()))
    return []


def _add(names: list[str], more: list[str]) -> None:
    names.extend(name for name in dict.fromkeys(more) if name not in names)


def _part(found: Summary, line: dict[str, Any]) -> None:
    session = line["session"]
    found.title = found.title or str(session.get("title", ""))
    found.kind = found.kind or str(session.get("kind", ""))
    found.start_ms = found.start_ms or int(line.get("wall_ms", 0))
    found.endpoints.update(session.get("endpoints", {}))
    for key in ("place", "places"):
        _add(found.places, names_in(session.get(key)))
    for key in _PEOPLE:
        _add(found.persons, names_in(session.get(key)))


def _note(found: Summary, line: dict[str, Any]) -> None:
    if line["what"] == "gap":
        found.gap_count += 1
    if line["what"] != "event":
        return
    facts = json.loads(line["facts"])
    endpoint_id = str(facts.get("endpoint_id", ""))
    if endpoint_id and facts.get("endpoint_name"):
        found.endpoints[endpoint_id] = str(facts["endpoint_name"])
    for key in _PEOPLE:
        _add(found.persons, names_in(facts.get(key)))
    marker = marker_of(facts, int(line.get("at_ms", 0)))
    if marker is not None:
        found.markers.append(marker)


def marker_of(facts: dict[str, Any], at_ms: int) -> Marker | None:
    """The marker that an event is: every event with a text."""
    if not facts.get("text"):
        return None
    return Marker(
        at_ms=at_ms,
        text=str(facts["text"]),
        category=str(facts.get("category") or facts.get("kind", "marker")),
        endpoint_id=str(facts.get("endpoint_id", "")),
        by=str(facts.get("by", "")),
    )


def _track(found: Summary, line: dict[str, Any]) -> None:
    found.tracks.append({name: line[name] for name in _TRACK if name in line})
    if line.get("endpoint_name") and line["endpoint_name"] != line["endpoint_id"]:
        found.endpoints.setdefault(str(line["endpoint_id"]), str(line["endpoint_name"]))


def _seal(found: Summary, line: dict[str, Any]) -> None:
    found.seal, found.start_ms, found.end_ms = str(line["hash"]), int(line["start_ms"]), int(line["end_ms"])
    found.bytes = sum(int(each["bytes"]) for each in line["files"])


_READERS = {"part": _part, "note": _note, "track": _track, "seal": _seal}
