"""Why a database cannot be used, said so that whoever runs the server can mend it."""

from __future__ import annotations

from config.words import Words


class StoreError(Exception):
    """Something about the store as a whole went wrong. `words`: what, and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


class StoreUnavailable(StoreError):
    """The database cannot be reached, or this program cannot work with it."""
