"""A line with room for all that is ever sent: what goes in comes out after its time; nothing waits or is lost.

The cheap stand-in for Flow where packets need not be followed one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

from bandwidth.simulation.bottleneck import Bottleneck
from bandwidth.simulation.flow import Picture, Voice
from bandwidth.simulation.samples import FlowSamples


class WideLine:
    """See Flow. `line` gives rate and delay."""

    target_bps = float("inf")

    def __init__(self, line: Bottleneck, samples: FlowSamples) -> None:
        self.samples = samples
        self._line = line

    def send_voice(self, size_bytes: int, on_arrival: Voice, *, now: float) -> None:
        """See Flow."""
        on_arrival(self._cross(size_bytes, now))

    def send_picture(self, sizes: Sequence[int], picture: Picture, *, now: float) -> None:
        """See Flow."""
        picture.on_whole(self._cross(sum(sizes), now))

    def probe(self, *, wanted_bps: float, room_bps: float, now: float) -> bool:
        """There is nothing to look for."""
        return False

    def _cross(self, size_bytes: int, now: float) -> float:
        state = self._line.state(now)
        taken_s = 8 * size_bytes / state.rate_bps
        arrival = now + taken_s + state.delay_s
        self.samples.on_sent(size_bytes, now)
        self.samples.on_arrival(size_bytes, arrival, taken_s)
        return arrival
