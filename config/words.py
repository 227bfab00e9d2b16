"""What is said to people, in the two languages of the product, and numbers as TOML writes them."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same in Vietnamese and in English."""

    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"


NOTHING = Words("", "")


def number(value: float) -> str:
    """As it may stand in a TOML file: 5_000_000, 0.8; no language's thousands and decimals are mixed up."""
    return f"{int(value):_}" if abs(value) >= 10_000 else f"{value:g}"
