"""Who speaks (pure): the dominant speaker by RFC 6464 levels, with hysteresis.

Loudness of each endpoint is smoothed with a fast attack and a slow decay. A challenger takes over when it is clearly
louder than the one who speaks for CHALLENGE_S; who falls silent keeps the floor until somebody else speaks.
"""

from sfu.types import EndpointId

SPEAKING_LOUDNESS = 127 - 50  # −50 dBov: a voice in a room, not its air conditioning
CHALLENGE_MARGIN = 6.0
CHALLENGE_S = 0.6
ATTACK, DECAY = 0.35, 0.06


class SpeakerDetector:
    """`dominant` is who has the floor, `speaking` who is heard now."""

    def __init__(self) -> None:
        self.dominant: EndpointId | None = None
        self._loudness: dict[EndpointId, float] = {}
        self._heard_s: dict[EndpointId, float] = {}
        self._challenger: EndpointId | None = None
        self._challenge_since = 0.0

    def on_level(self, endpoint_id: EndpointId, level_dbov: int, *, now: float) -> None:
        """An audio packet's level: 0 loudest, 127 silence."""
        loudness = 127.0 - level_dbov
        before = self._loudness.get(endpoint_id, 0.0)
        self._loudness[endpoint_id] = before + (loudness - before) * (ATTACK if loudness > before else DECAY)
        self._heard_s[endpoint_id] = now

    def forget(self, endpoint_id: EndpointId) -> None:
        """The endpoint left or was muted."""
        self._loudness.pop(endpoint_id, None)
        self._heard_s.pop(endpoint_id, None)
        if self.dominant == endpoint_id:
            self.dominant = None

    def loudness(self, endpoint_id: EndpointId, *, now: float) -> float:
        """dB above silence, 0 to 127; 0 where nothing comes."""
        heard = now - self._heard_s.get(endpoint_id, -1000.0) < 0.5
        return self._loudness.get(endpoint_id, 0.0) if heard else 0.0

    def speaking(self, endpoint_id: EndpointId, *, now: float) -> bool:
        """Whether the endpoint is heard now."""
        return self.loudness(endpoint_id, now=now) > SPEAKING_LOUDNESS

    def update(self, *, now: float) -> bool:
        """Decide again, a few times a second; whether `dominant` changed."""
        audible = {each: self._loudness[each] for each in self._loudness if self.speaking(each, now=now)}
        if not audible:
            self._challenger = None
            return False
        loudest = max(audible, key=lambda each: audible[each])
        if loudest == self.dominant:
            self._challenger = None
            return False
        floor = audible.get(self.dominant, 0.0) if self.dominant is not None else 0.0
        if audible[loudest] < floor + CHALLENGE_MARGIN:
            self._challenger = None
            return False
        if self._challenger != loudest:
            self._challenger, self._challenge_since = loudest, now
        if self.dominant is not None and now - self._challenge_since < CHALLENGE_S:
            return False
        self.dominant, self._challenger = loudest, None
        return True
