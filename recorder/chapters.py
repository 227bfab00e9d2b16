"""Chapters of a derivative: the session's course, its markers and its gaps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from recorder.happenings import timeline_of
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
    "key frame awaited": "Chờ hình đầu tiên",
    "recorder too slow": "Máy ghi không kịp",
    "disk full": "Ổ đĩa đầy",
    "recorder process died": "Tiến trình ghi dừng",
    "server killed": "Máy chủ dừng",
    "server stopped": "Máy chủ dừng",
    "power loss": "Mất điện",
}
BEGINNING_MS = 1000  # what comes before is at the beginning
SHOWN_GAP_S = 1.0  # shorter ones are in the ledger; as chapters they would bury the rest


def marks_of(sources: Sources) -> list[tuple[int, str]]:
    """(milliseconds from the beginning, title), in order of time."""
    entry = sources.entry
    timeline = timeline_of(entry.events, entry.gaps, start_ms=entry.start_ms, end_ms=entry.end_ms)
    marks = [(round(1000 * at), mark.text) for at, mark in timeline.markers]
    for event in entry.events:
        title = COURSE_VI.get(str(event.get("kind", "")))
        if title and not event.get("text"):
            marks.append((int(event.get("at_ms", 0)) - entry.start_ms, title))
    for gap in timeline.gaps:
        seconds = gap.end_s - gap.start_s
        if seconds >= SHOWN_GAP_S:
            cause = GAPS_VI.get(gap.cause, gap.cause)
            marks.append((round(1000 * gap.start_s), f"Gián đoạn bản ghi {seconds:.0f} giây: {cause}"))
    return sorted(marks)


def chapters_of(sources: Sources) -> list[dict[str, Any]]:
    """As PyAV's containers take them; one from the beginning on, none shorter than a millisecond."""
    length = max(1, round(sources.length_s * 1000))
    marks = [(min(max(0, at), length - 1), title) for at, title in marks_of(sources)]
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
