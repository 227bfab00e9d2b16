"""How long the disk lasts (pure)."""

from __future__ import annotations

from collections import deque

WINDOW_S = 30.0
BACK_FACTOR = 1.1  # a level is left only when so much more is there: no flapping at the threshold


class SpaceWatch:
    """Levels, worst last: "", "low", "critical". Thresholds in hours of recording at the rate of the last 30 s."""

    def __init__(self, *, warn_hours: float, critical_hours: float) -> None:
        self._thresholds = (("critical", critical_hours), ("low", warn_hours))
        self._written: deque[tuple[float, int]] = deque()
        self.level = ""
        self.hours_left: float | None = None

    def update(self, *, written_bytes: int, free_bytes: int, now: float) -> bool:
        """Whether the level changed. `hours_left` is None until there is a rate."""
        self._written.append((now, written_bytes))
        while now - self._written[0][0] > WINDOW_S:
            self._written.popleft()
        begun_s, begun_bytes = self._written[0]
        if now - begun_s < 1.0 or written_bytes <= begun_bytes:
            return False
        rate = (written_bytes - begun_bytes) / (now - begun_s)
        self.hours_left = free_bytes / rate / 3600
        before, self.level = self.level, self._level_at(self.hours_left)
        return self.level != before

    def _level_at(self, hours: float) -> str:
        for level, threshold in self._thresholds:
            reached = self.level == level or (self.level == "critical" and level == "low")
            if hours < threshold * (BACK_FACTOR if reached else 1.0):
                return level
        return ""
