"""House rules (nội quy) and regulation (quy chế) in versions (pure): which ones are in force, and what they are called.

What an endpoint acknowledges has one name for all that was shown there, "2026-1; NQ-3; QC-2": the notice's version, and
of each text that was written in the app the kind and its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RulesKind(StrEnum):
    """Which text."""

    HOUSE = "noi_quy"
    REGULATION = "quy_che"


SHORT = {RulesKind.HOUSE: "NQ", RulesKind.REGULATION: "QC"}
_NAMED = re.compile(r"\b(NQ|QC)-(\d{1,9})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesText:
    """A version; it never changes. number: from 1. en: "" where nobody translated it."""

    kind: RulesKind
    number: int
    vi: str
    en: str
    author: str
    at: datetime

    @property
    def id(self) -> str:
        """NQ-3, QC-2."""
        return f"{SHORT[self.kind]}-{self.number}"

    def text(self, language: str) -> str:
        """In this language; Vietnamese where there is no other."""
        return self.en if language == "en" and self.en else self.vi


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """The newest version of each; None: nobody wrote one."""

    house: RulesText | None = None
    regulation: RulesText | None = None

    def shown_as(self, notice_version: str) -> str:
        """The name of what is shown."""
        written = (each.id for each in (self.house, self.regulation) if each is not None)
        return "; ".join((notice_version, *written))


def named_in(versions: Iterable[str]) -> set[tuple[RulesKind, int]]:
    """The texts that these names of what was shown tell of."""
    kinds = {short: kind for kind, short in SHORT.items()}
    return {(kinds[short], int(number)) for each in versions for short, number in _NAMED.findall(each)}
