"""What the API says of recordings: in the catalogue in short, each alone with its timeline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from recorder.catalogue import CatalogueEntry, short_hash
from recorder.happenings import timeline_of
from recorder.search import Hit
from recorder.summary import Marker

if TYPE_CHECKING:
    from signalling.services import Services


class TrackView(BaseModel):
    """A file of a recording; offset and duration in seconds from the recording's beginning."""

    name: str
    endpoint_id: str
    endpoint_name: str
    source: str
    url: str
    start_offset_s: float
    duration_s: float
    bytes: int
    kind: str
    width: int
    height: int
    audio: bool


class MarkerView(BaseModel):
    """A moment that somebody named, in seconds from the recording's beginning. `category`: marker, or a script's."""

    at_s: float
    at: datetime
    text: str
    category: str
    endpoint_id: str
    endpoint_name: str
    by: str


class TurnView(BaseModel):
    """An endpoint has the floor; seconds from the recording's beginning."""

    endpoint_id: str
    endpoint_name: str
    start_s: float
    end_s: float


class GapView(BaseModel):
    """Something is missing. `endpoint_id` empty: of everybody; `count`: packets, where that is known."""

    cause: str
    endpoint_id: str
    endpoint_name: str
    start_s: float
    end_s: float
    count: int


class PauseView(BaseModel):
    """The session stood still. `kind`: pause or interrupt."""

    kind: str
    start_s: float
    end_s: float


class TimelineView(BaseModel):
    """What to jump to."""

    markers: list[MarkerView]
    turns: list[TurnView]
    gaps: list[GapView]
    pauses: list[PauseView]


class RecordingView(BaseModel):
    """A recording. `state`: done, finishing or recording. `found`: the markers that a search's text is in.

    In lists `tracks`, `events` and `gaps` are empty and `timeline` is null.
    """

    id: str
    title: str
    kind: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    duration_s: float
    bytes: int
    seal: str
    seal_short: str
    endpoints: list[str] = Field(description="names")
    places: list[str] = Field(default_factory=list)
    persons: list[str] = Field(default_factory=list)
    found: list[MarkerView] = Field(default_factory=list)
    tracks: list[TrackView] = Field(default_factory=list)
    events: list[dict[str, Any]] = Field(default_factory=list)
    gaps: list[dict[str, Any]] = Field(default_factory=list)
    timeline: TimelineView | None = None


class RecordingList(BaseModel):
    """Recordings, newest first. `total`: how many fit, shown or not."""

    recordings: list[RecordingView]
    total: int


async def live_sessions(services: Services) -> set[str]:
    """Ids of the sessions that go on, in whichever process."""
    return {record.id for record in await services.store.open_sessions()}


def hit_view(hit: Hit, live: Collection[str]) -> RecordingView:
    """A recording in a list."""
    each = hit.summary
    found = [
        _marker((marker.at_ms - each.start_ms) / 1000, marker, each.endpoints, each.start_ms) for marker in hit.markers
    ]
    return RecordingView(
        **_times(each.start_ms, each.end_ms),
        id=each.id,
        title=each.title or each.id,
        kind=each.kind,
        state=_state(each.state, each.id, live),
        bytes=each.bytes,
        seal=each.seal,
        seal_short=short_hash(each.seal),
        endpoints=list(each.endpoints.values()),
        places=each.places,
        persons=each.persons,
        found=found,
    )


def recording_view(directory: Path, entry: CatalogueEntry, live: Collection[str]) -> RecordingView:
    """A recording with everything that its page shows."""
    return RecordingView(
        **_times(entry.start_ms, entry.end_ms),
        id=entry.id,
        title=entry.title,
        kind=entry.kind,
        state=_state(entry.state, entry.id, live),
        bytes=entry.bytes,
        seal=entry.seal,
        seal_short=short_hash(entry.seal),
        endpoints=list(entry.endpoints.values()),
        tracks=[_track(directory, line, entry.endpoints) for line in entry.tracks],
        events=entry.events,
        gaps=entry.gaps,
        timeline=_timeline(entry),
    )


def _times(start_ms: int, end_ms: int) -> dict[str, Any]:
    return {
        "started_at": datetime.fromtimestamp(start_ms / 1000, UTC) if start_ms else None,
        "ended_at": datetime.fromtimestamp(end_ms / 1000, UTC) if end_ms else None,
        "duration_s": max(0, end_ms - start_ms) / 1000 if end_ms else 0.0,
    }


def _state(state: str, identifier: str, live: Collection[str]) -> str:
    return "done" if state == "done" else ("recording" if identifier in live else "finishing")


def _track(directory: Path, line: dict[str, Any], names: dict[str, str]) -> TrackView:
    path = directory / line["path"]
    return TrackView(
        name=path.name,
        endpoint_id=line["endpoint_id"],
        endpoint_name=names.get(line["endpoint_id"], line["endpoint_name"]),
        source=line["source"],
        url=f"/api/v1/recordings/{directory.name}/files/{line['path']}",
        start_offset_s=line["offset_ms"] / 1000,
        duration_s=line["duration_ms"] / 1000,
        bytes=path.stat().st_size if path.exists() else 0,
        kind="video" if line["video"] else "audio",
        width=line["width"],
        height=line["height"],
        audio=line["audio"],
    )


def _timeline(entry: CatalogueEntry) -> TimelineView:
    found = timeline_of(entry.events, entry.gaps, start_ms=entry.start_ms, end_ms=entry.end_ms)
    names = entry.endpoints

    def name(endpoint_id: str) -> str:
        return names.get(endpoint_id, endpoint_id)

    return TimelineView(
        markers=[_marker(at, marker, names, entry.start_ms) for at, marker in found.markers],
        turns=[
            TurnView(
                endpoint_id=turn.endpoint_id,
                endpoint_name=name(turn.endpoint_id),
                start_s=turn.start_s,
                end_s=turn.end_s,
            )
            for turn in found.turns
        ],
        gaps=[
            GapView(
                cause=gap.cause,
                endpoint_id=gap.endpoint_id,
                endpoint_name=name(gap.endpoint_id),
                start_s=gap.start_s,
                end_s=gap.end_s,
                count=gap.count,
            )
            for gap in found.gaps
        ],
        pauses=[PauseView(kind=pause.kind, start_s=pause.start_s, end_s=pause.end_s) for pause in found.pauses],
    )


def _marker(at_s: float, marker: Marker, names: dict[str, str], start_ms: int) -> MarkerView:
    return MarkerView(
        at_s=round(max(0.0, at_s), 3),
        at=datetime.fromtimestamp((marker.at_ms or start_ms) / 1000, UTC),
        text=marker.text,
        category=marker.category,
        endpoint_id=marker.endpoint_id,
        endpoint_name=names.get(marker.endpoint_id, marker.endpoint_id),
        by=marker.by,
    )
