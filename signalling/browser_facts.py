"""What an endpoint's page says of itself, as facts for the judgement (pure): only while it is fresh."""

from __future__ import annotations

from bandwidth.attribution_facts import BrowserFacts
from signalling import messages as m

FRESH_S = 6.0  # pages report each 2 s


def browser_facts(said: m.ClientStats | None, *, age_s: float, planned_fps: float) -> BrowserFacts | None:
    """The facts, None if the page has said nothing lately. planned_fps: what its camera is to give, 0 if it is off."""
    if said is None or age_s > FRESH_S:
        return None
    return BrowserFacts(
        available_up_bps=said.available_up_bps,
        limited_cpu=said.limited_cpu,
        limited_bandwidth=said.limited_bandwidth,
        capture_fps=said.capture_fps,
        planned_fps=planned_fps,
        decode_dropped=said.decode_dropped,
        voice_gaps=said.voice_gaps,
        jitter_s=said.jitter_ms / 1000,
    )
