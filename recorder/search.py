"""Finding recordings: by date, place, endpoint, person, kind and text, whatever the accents (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from config.plain_text import fold
from recorder.summary import Marker, Summary

HERE = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh; there is no summer time
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for; what is empty does not matter. Times in Unix ms: some of the recording lies between.

    Each text is taken as words, all of which must occur, in any order, also as parts of words. `place`: of the session
    or of an endpoint, or an endpoint's name; `endpoint`: name, or id; `kind`: as "dinh_ky" or as "định kỳ"; `text`: of
    markers, of script items, and of the title.
    """

    from_ms: int | None = None
    to_ms: int | None = None
    place: str = ""
    endpoint: str = ""
    person: str = ""
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A recording that was found, and the markers that the text was found in."""

    summary: Summary
    markers: tuple[Marker, ...] = ()


def parse_moment(text: str, *, end: bool = False) -> int:
    """Unix ms of a date ("2026-11-30" or "30/11/2026", in Vietnam; its last ms if `end`) or of a time (ISO 8601).

    A time without a zone is Vietnam's. Raises ValueError naming what is accepted.
    """
    text = text.strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text, form).replace(tzinfo=HERE)
        except ValueError:
            continue
        return round(day.timestamp() * 1000) + (DAY_MS - 1 if end else 0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a date (2026-11-30 or 30/11/2026) or a time (2026-11-30T08:00:00+07:00)"
        ) from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=HERE)).timestamp() * 1000)


def haystack(summary: Summary) -> str:
    """Everything of a recording that a query's words can be in, folded."""
    names = [*summary.endpoints.values(), *summary.endpoints, *summary.places, *summary.persons]
    texts = [summary.title, *(marker.text for marker in summary.markers), summary.kind.replace("_", " ")]
    return fold("\n".join([*names, *texts]))


def words_of(query: Query) -> list[str]:
    """All the words that a recording must have somewhere in its haystack."""
    asked = (query.place, query.endpoint, query.person, query.kind.replace("_", " "), query.text)
    return [word for text in asked for word in fold(text).split()]


def search(summaries: Iterable[Summary], query: Query) -> list[Hit]:
    """Those that fit, newest first."""
    hits = [hit for summary in summaries if (hit := _match(summary, query)) is not None]
    return sorted(hits, key=lambda hit: (hit.summary.start_ms, hit.summary.id), reverse=True)


def _match(summary: Summary, query: Query) -> Hit | None:
    if not _in_time(summary, query):
        return None
    names = list(summary.endpoints.values())
    asked = (
        (query.place, [*summary.places, *names]),
        (query.endpoint, [*names, *summary.endpoints]),
        (query.person, summary.persons),
        (query.kind.replace("_", " "), [summary.kind.replace("_", " ")]),
    )
    if not all(not words or _said(words, among) for words, among in asked):
        return None
    if not query.text:
        return Hit(summary=summary)
    words = fold(query.text).split()
    found = tuple(each for each in summary.markers if _has(words, each.text))
    return Hit(summary=summary, markers=found) if found or _has(words, summary.title) else None


def _in_time(summary: Summary, query: Query) -> bool:
    end_ms = summary.end_ms or summary.start_ms
    if query.from_ms is not None and end_ms < query.from_ms:
        return False
    return query.to_ms is None or summary.start_ms <= query.to_ms


def _said(asked: str, among: Iterable[str]) -> bool:
    words = fold(asked).split()
    return any(_has(words, each) for each in among)


def _has(words: list[str], text: str) -> bool:
    folded = fold(text)
    return all(word in folded for word in words)


def rfc3339(ms: int) -> str:
    """Unix ms in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()
