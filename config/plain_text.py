"""Text as it is searched (pure): without accents and case, so that "do luong" finds "Đô Lương"."""

from __future__ import annotations

import re
import unicodedata

_STROKES = str.maketrans({"đ": "d", "Đ": "d"})
_MARKS = re.compile("[\u0300-\u036f]")  # combining diacritical marks


def fold(text: str) -> str:
    """Without accents and case; lines and spaces stay."""
    if text.isascii():
        return text.casefold()
    return _MARKS.sub("", unicodedata.normalize("NFD", text.translate(_STROKES))).casefold()
