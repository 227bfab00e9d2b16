"""Times that people write, as Unix milliseconds (pure)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
_SPAN = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)")
UNIX_MS_FROM = 10**11  # March 1973: below it a number is counted from the recording's beginning


def moment_ms(text: str, *, start_ms: int) -> int:
    """Seconds, M:S or H:M:S from the recording's beginning, or date and time (ISO 8601; UTC+7 if it names no zone).

    Raises ValueError, with what is understood.
    """
    span = _SPAN.fullmatch(text.strip())
    if span:
        hours, minutes, seconds = span.groups()
        return start_ms + round(1000 * (3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds)))
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"“{text}” is no time: write seconds (90.5), minutes or hours (1:30, 0:01:30) from the recording's "
            "beginning, or date and time (2026-11-30T08:30:00)"
        ) from None
    return round(1000 * (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).timestamp())


def absolute_ms(value: int, *, start_ms: int) -> int:
    """Milliseconds from the recording's beginning, or Unix ms already."""
    return value if value >= UNIX_MS_FROM else start_ms + value
