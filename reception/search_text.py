"""Text as it is searched (pure): small letters without diacritics, so that "do luong" finds "Đô Lương"."""

from collections.abc import Iterable

from config.plain_text import fold


def search_text(parts: Iterable[str]) -> str:
    """The parts as one searchable line."""
    return " ".join(" ".join(fold(part).split()) for part in parts if part)
