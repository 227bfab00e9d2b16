"""A recording's timeline for who watches it: markers, turns, pauses, interruptions (pure).

Times in seconds from the recording's beginning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recorder.summary import Marker, marker_of

JOIN_GAPS_S = 2.0  # losses of one endpoint closer than this are shown as one
ENDS_A_TURN = {"pause", "interrupt", "end"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An endpoint has the floor."""

    endpoint_id: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """Something is missing. `endpoint_id` empty: of everybody; `count`: packets, 0 if that is not known."""

    cause: str
    endpoint_id: str
    start_s: float
    end_s: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The session stood still: nothing was to be recorded. `kind`: pause or interrupt."""

    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything in the order of time."""

    markers: list[tuple[float, Marker]]
    turns: list[Turn]
    gaps: list[Interruption]
    pauses: list[Pause]


def timeline_of(
    events: Iterable[dict[str, Any]], gaps: Iterable[dict[str, Any]], *, start_ms: int, end_ms: int
) -> Timeline:
    """events, gaps: as the catalogue reads them, each with `at_ms`; times outside are brought to its ends."""
    events = sorted(events, key=lambda event: int(event.get("at_ms", 0)))
    length = max(0, end_ms - start_ms) / 1000

    def at(ms: int) -> float:
        return round(min(max(0.0, (ms - start_ms) / 1000), length), 3)

    marks = [marker_of(event, int(event.get("at_ms", 0))) for event in events]
    return Timeline(
        markers=[(at(mark.at_ms), mark) for mark in marks if mark is not None],
        turns=_turns([(at(int(event.get("at_ms", 0))), event) for event in events], length),
        gaps=_gaps([(at(int(gap.get("from_ms", 0))), at(int(gap.get("to_ms", 0))), gap) for gap in gaps]),
        pauses=_pauses([(at(int(event.get("at_ms", 0))), event) for event in events], length),
    )


def _turns(events: list[tuple[float, dict[str, Any]]], length: float) -> list[Turn]:
    turns: list[Turn] = []
    speaker, since = "", 0.0

    def close(until: float) -> None:
        if speaker and until > since:
            turns.append(Turn(endpoint_id=speaker, start_s=since, end_s=until))

    for at, event in events:
        kind, endpoint = event.get("kind"), str(event.get("endpoint_id", ""))
        if kind == "speak" and endpoint != speaker:
            close(at)
            speaker, since = endpoint, at
        elif kind in ENDS_A_TURN or (kind in ("leave", "remove") and endpoint == speaker):
            close(at)
            speaker = ""
    close(length)
    return turns


def _pauses(events: list[tuple[float, dict[str, Any]]], length: float) -> list[Pause]:
    pauses, kind, since = [], "", 0.0
    for at, event in events:
        what = str(event.get("kind", ""))
        if what in ("pause", "interrupt") and not kind:
            kind, since = what, at
        elif what in ("resume", "start", "end") and kind:
            pauses.append(Pause(kind=kind, start_s=since, end_s=at))
            kind = ""
    return [*pauses, Pause(kind=kind, start_s=since, end_s=length)] if kind else pauses


def _gaps(gaps: list[tuple[float, float, dict[str, Any]]]) -> list[Interruption]:
    """Those of the same cause and endpoint that follow each other closely are one."""
    joined: dict[tuple[str, str], list[Interruption]] = {}
    for start, end, gap in sorted(gaps, key=lambda each: each[:2]):
        key = str(gap.get("cause", "")), str(gap.get("endpoint_id", ""))
        count = int(gap.get("count", 0))
        series = joined.setdefault(key, [])
        if series and start - series[-1].end_s <= JOIN_GAPS_S:
            before = series.pop()
            start, end, count = before.start_s, max(end, before.end_s), before.count + count
        series.append(Interruption(cause=key[0], endpoint_id=key[1], start_s=start, end_s=end, count=count))
    return sorted((each for series in joined.values() for each in series), key=lambda gap: (gap.start_s, gap.end_s))
