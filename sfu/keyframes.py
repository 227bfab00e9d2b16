"""Asking a publisher for key frames: throttled, and repeated until one comes."""

THROTTLE_S = 0.5
RETRY_S = 1.0


class KeyframeRequests:
    """One per incoming stream. `wanted_since` is None while nobody waits."""

    __slots__ = ("_last_sent_s", "wanted_since")

    def __init__(self) -> None:
        self.wanted_since: float | None = None
        self._last_sent_s = -10.0

    def want(self, *, now: float) -> None:
        """Somebody needs a key frame; `due` says when to send the request."""
        if self.wanted_since is None:
            self.wanted_since = now

    def due(self, *, now: float) -> bool:
        """Whether to send a PLI now; a true answer counts as sent."""
        if self.wanted_since is None:
            return False
        wait = THROTTLE_S if self.wanted_since > self._last_sent_s else RETRY_S
        if now - self._last_sent_s < wait:
            return False
        self._last_sent_s = now
        return True

    def on_keyframe(self) -> None:
        """One came."""
        self.wanted_since = None
