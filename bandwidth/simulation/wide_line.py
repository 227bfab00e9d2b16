"""A line with room for all that is ever sent: packets take their time on it one after the other, and none is lost.

The cheap stand-in for Flow: no estimator watches it, nobody asks for anything again.
"""

from __future__ import annotations

from bandwidth.simulation.bottleneck import Bottleneck
from bandwidth.simulation.flow import Picture, Voice
from bandwidth.simulation.samples import FlowSamples


class WideLine:
    """See Flow. `line` gives rate and delay."""

    target_bps = float("inf")

    def __init__(self, line: Bottleneck, samples: FlowSamples) -> None:
        self.samples = samples
        self._line = line
        self._free_s = 0.0

    def send_voice(self, size_bytes: int, on_arrival: Voice, *, now: float) -> None:
        """See Flow."""
        on_arrival(self._cross(size_bytes, now))

    def send_picture(self, packets: int, packet_bytes: int, picture: Picture, *, now: float) -> None:
        """See Flow."""
        for _ in range(packets):
            picture.on_packet(self._cross(packet_bytes, now))

    def probe(self, *, wanted_bps: float, room_bps: float, now: float) -> bool:
        """There is nothing to look for."""
        return False

    def _cross(self, size_bytes: int, now: float) -> float:
        state = self._line.state(now)
        self._free_s = max(now, self._free_s) + 8 * size_bytes / state.rate_bps
        self.samples.on_sent(size_bytes, now)
        self.samples.on_arrival(size_bytes, self._free_s + state.delay_s, self._free_s - now)
        return self._free_s + state.delay_s
