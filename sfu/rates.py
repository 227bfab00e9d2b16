"""Smoothed bit rates of the spatial and temporal layers inside one stream."""

from collections.abc import MutableSequence
from math import exp

LAYERS = 4
SMOOTHING_S = 1.5  # many frames of every temporal layer: one key frame more or less moves no picture
PEAK_HALF_LIFE_S = 10.0  # a screen that stands still keeps half its rate for so long: no flapping


class LayerRates:
    """Counts bytes by layer; `tick` turns them into rates."""

    __slots__ = ("_age_s", "_bytes", "_peak_bps", "_rates_bps", "_ticked_s", "highest_spatial", "highest_temporal")

    def __init__(self, counters: MutableSequence[int] | memoryview | None = None) -> None:
        """`counters`: LAYERS x LAYERS of them, where somebody else counts too."""
        self._bytes = counters if counters is not None else [0] * (LAYERS * LAYERS)
        self._rates_bps = [0.0] * (LAYERS * LAYERS)
        self._peak_bps = 0.0
        self._ticked_s = -1.0
        self._age_s = 0.0  # since the layers came, or came back
        self.highest_spatial = 0
        self.highest_temporal = 0

    def add(self, spatial_id: int, temporal_id: int, size_bytes: int) -> None:
        """Count a packet."""
        self._bytes[(spatial_id & 3) * LAYERS + (temporal_id & 3)] += size_bytes

    def tick(self, *, now: float) -> None:
        """Update the rates; call it a few times a second."""
        elapsed = now - self._ticked_s
        if self._ticked_s < 0 or elapsed > 5:
            self._ticked_s = now
            self._take()
            return
        if elapsed < 0.1:
            return
        self._ticked_s = now
        taken = self._take()
        self._age_s = self._age_s + elapsed if any(taken) else 0.0
        share = 1 - exp(-elapsed / SMOOTHING_S)
        if self._age_s:
            share = max(share, elapsed / self._age_s)  # the plain mean, until there is enough to smooth
        for layer, size in enumerate(taken):
            self._rates_bps[layer] += (8 * size / elapsed - self._rates_bps[layer]) * share
        self._peak_bps = max(self._peak_bps * 0.5 ** (elapsed / PEAK_HALF_LIFE_S), sum(self._rates_bps))

    def _take(self) -> list[int]:
        taken = list(self._bytes)
        for layer, size in enumerate(taken):
            if size:
                self._bytes[layer] = 0
                self.highest_spatial = max(self.highest_spatial, layer // LAYERS)
                self.highest_temporal = max(self.highest_temporal, layer % LAYERS)
        return taken

    def cumulative_bps(self, spatial_id: int, temporal_id: int) -> int:
        """Rate of all layers up to these."""
        return int(
            sum(
                self._rates_bps[spatial * LAYERS + temporal]
                for spatial in range(spatial_id + 1)
                for temporal in range(temporal_id + 1)
            )
        )

    @property
    def total_bps(self) -> int:
        """Rate of all."""
        return int(sum(self._rates_bps))

    @property
    def peak_bps(self) -> int:
        """Decaying maximum of the rate."""
        return int(self._peak_bps)
