"""Who follows a session's events hears of new ones at once: a bell for each session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Feed:
    """Bells by session. The events themselves are in the store."""

    def __init__(self) -> None:
        self._listening: dict[str, set[asyncio.Event]] = {}

    def ring(self, session_id: str) -> None:
        """Something about this session was stored."""
        for bell in self._listening.get(session_id, ()):
            bell.set()

    @contextmanager
    def listening(self, session_id: str) -> Iterator[asyncio.Event]:
        """A bell that hears of everything from now on."""
        bell = asyncio.Event()
        mine = self._listening.setdefault(session_id, set())
        mine.add(bell)
        try:
            yield bell
        finally:
            mine.discard(bell)
            if not mine:
                self._listening.pop(session_id, None)
