"""Text as it is searched (pure): small letters without diacritics, so that "do luong" finds "Đô Lương"."""

import unicodedata
from collections.abc import Iterable


def search_text(parts: Iterable[str]) -> str:
    """The parts as one searchable line."""
    return " ".join(_plain(part) for part in parts if part)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(each for each in decomposed if not unicodedata.combining(each)).split())
