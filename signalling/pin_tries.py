"""How often a wrong PIN was given (pure)."""

from collections import deque

TRIES = 5
WITHIN_S = 60.0


class PinTries:
    """How often a wrong PIN was given lately."""

    def __init__(self) -> None:
        self._wrong: deque[float] = deque(maxlen=TRIES)

    def exhausted(self, *, now: float) -> bool:
        """Whether nobody may try now."""
        return len(self._wrong) == TRIES and now - self._wrong[0] < WITHIN_S

    def wrong(self, *, now: float) -> None:
        """One more."""
        self._wrong.append(now)
