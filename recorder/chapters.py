"""Chapters of a derivative: the session's course, its markers and its gaps."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from recorder.track_source import Sources

COURSE_VI = {
    "start": "Bắt đầu",
    "pause": "Tạm dừng",
    "resume": "Tiếp tục",
    "interrupt": "Gián đoạn",
    "end": "Kết thúc",
}
GAPS_VI = {
    "not received": "Mất gói tin",
    "recorder too slow": "Máy ghi không kịp",
    "disk full": "Ổ đĩa đầy",
    "recorder process died": "Tiến trình ghi dừng",
    "server killed": "Máy chủ dừng",
    "server stopped": "Máy chủ dừng",
    "power loss": "Mất điện",
}
BEGINNING_MS = 1000  # what comes before is at the beginning
SHOWN_GAP_MS = 1000  # shorter ones are in the ledger; as chapters they would bury the rest
TEXTS = ("title", "text", "label", "note")  # where a marker's words stand


def marks_of(events: Iterable[dict[str, Any]], gaps: Iterable[dict[str, Any]]) -> list[tuple[int, str]]:
    """(Unix ms, title), in order of time."""
    marks = [(int(event.get("at_ms", 0)), title) for event in events if (title := _title(event))]
    for gap in gaps:
        from_ms, to_ms = int(gap.get("from_ms", 0)), int(gap.get("to_ms", 0))
        if to_ms - from_ms >= SHOWN_GAP_MS:
            cause = str(gap.get("cause", ""))
            seconds = f"{(to_ms - from_ms) / 1000:.0f}"
            marks.append((from_ms, f"Gián đoạn bản ghi {seconds} giây: {GAPS_VI.get(cause, cause)}"))
    return sorted(marks)


def _title(event: dict[str, Any]) -> str:
    kind = str(event.get("kind", ""))
    if kind.startswith(("marker", "mark", "script")):
        words = [str(event[name]) for name in TEXTS if event.get(name)]
        return words[0] if words else "Mốc"
    return COURSE_VI.get(kind, "")


def chapters_of(sources: Sources) -> list[dict[str, Any]]:
    """As PyAV's containers take them; one from the beginning on, none shorter than a millisecond."""
    length = max(1, round(sources.length_s * 1000))
    start_ms = sources.entry.start_ms
    marks = [
        (min(max(0, at - start_ms), length - 1), title)
        for at, title in marks_of(sources.entry.events, sources.entry.gaps)
    ]
    by_start: dict[int, list[str]] = {}
    for at, title in marks:
        by_start.setdefault(0 if at < BEGINNING_MS else at, []).append(title)
    by_start.setdefault(0, [sources.entry.title])
    starts = sorted(by_start)
    return [
        {
            "id": number + 1,
            "start": start,
            "end": starts[number + 1] if number + 1 < len(starts) else length,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": " · ".join(dict.fromkeys(by_start[start]))},
        }
        for number, start in enumerate(starts)
    ]
