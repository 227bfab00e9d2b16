"""What is said to people, in the two languages of the product, and numbers as TOML writes them."""

import re
from typing import NamedTuple


class Words(NamedTuple):
    """The same in Vietnamese and in English."""

    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"


_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@|([?&]password=)[^&\s\"]*")  # in a URL

NOTHING = Words("", "")


def number(value: float) -> str:
    """As it may stand in a TOML file: 5_000_000, 0.8; no language's thousands and decimals are mixed up."""
    return f"{int(value):_}" if abs(value) >= 10_000 else f"{value:g}"


def hide_password(text: str) -> str:
    """The text with *** for the passwords in its URLs."""
    return _PASSWORD.sub(lambda found: f"{found[1]}:***@" if found[1] is not None else f"{found[2]}***", text)
