"""What a camera's encoder makes: simulcast layers with temporal layers, frame by frame, at the full rate of each layer.

Measured on VP8 as browsers and our synthetic endpoints send it: a key frame takes five times the bits of a frame, the
rate control takes them back within a second, sizes vary by 15 %. A key frame is made in all layers at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bandwidth.allocator import LayerOption, utility
from bandwidth.options import layer_option, rising
from config.profile import PicturePlan

PAYLOAD_BYTES = 1100  # of a packet at the most, as browsers cut frames
RTP_BYTES = 30  # RTP header, extensions, payload descriptor
NETWORK_BYTES = 28 + 16  # IPv4, UDP and the SRTP tag
ON_THE_WIRE = 1.08  # times an encoder's bit rate: all headers, small frames counted in
KEY_FRAME_FACTOR = 5.0
PAY_BACK = 0.16  # of each frame's size, until the key frame's excess is saved
VARIATION = 0.25  # sizes are evenly spread within ± this: a deviation of 15 %
SWITCH_ON_SHARE, STAY_ON_SHARE = 0.5, 0.3  # of a layer's rate must be there for it to be sent
LEAST_BPS = 20_000.0  # of the lowest layer: an encoder does not stop
# temporal layers → (layer of each frame in turn, cumulative share of the bits); VP8 as libwebrtc sets it
PATTERNS: dict[int, tuple[tuple[int, ...], tuple[float, ...]]] = {
    1: ((0,), (1.0,)),
    2: ((0, 1), (0.6, 1.0)),
    3: ((0, 2, 1, 2), (0.4, 0.6, 1.0)),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedFrame:
    """A frame of one layer: `packets`, all of `packet_bytes` on the wire."""

    layer: int
    temporal: int
    key: bool
    packets: int
    packet_bytes: int


def spread(plan: PicturePlan, budget_bps: float, active: Sequence[bool], wanted: Sequence[bool]) -> list[float]:
    """What each layer gets of `budget_bps`, the lowest first, as browsers do it; `active`: which were sent before."""
    rates = []
    for index, layer in enumerate(plan.layers):
        share = STAY_ON_SHARE if active[index] else SWITCH_ON_SHARE
        given = min(budget_bps, float(layer.max_bitrate_bps))
        if not index:
            given = max(given, LEAST_BPS)
        elif not wanted[index] or given < share * layer.max_bitrate_bps:
            given = 0.0
        rates.append(given)
        budget_bps -= given
    return rates


def picture_height(plan: PicturePlan, layer: int) -> int:
    """Of a layer, in pixels."""
    return int(plan.height / plan.layers[layer].scale_down_by)


def picture_options(
    plan: PicturePlan, rates_bps: Sequence[float], wanted_pixels: int, temporal_layers: int
) -> tuple[LayerOption, ...]:
    """Every way to send the picture. `rates_bps` of the layers that come; 0: it does not, but would as planned."""
    shares = PATTERNS[temporal_layers][1]
    top = temporal_layers - 1
    headers = 1 + RTP_BYTES / PAYLOAD_BYTES
    found = []
    for layer, rate in enumerate(rates_bps):
        pixels = int(plan.width * plan.height / plan.layers[layer].scale_down_by ** 2)
        full = headers * rate if rate else plan.layers[layer].max_bitrate_bps
        for temporal, share in enumerate(shares):
            value = utility(pixels, wanted_pixels, 0.5 ** (top - temporal))
            found.append(layer_option(layer, None if temporal == top else temporal, full * share, value))
    return rising(found)


class Camera:
    """`rates_bps`: of each layer's encoder, 0: off. `wanted`: what the server has asked for."""

    def __init__(self, plan: PicturePlan, temporal_layers: int, dice: Callable[[], float]) -> None:
        self.plan = plan
        self.wanted = [True] * len(plan.layers)
        self.rates_bps = [float(layer.max_bitrate_bps) for layer in plan.layers]
        self._dice = dice
        self._order, cumulative = PATTERNS[temporal_layers]
        shares = [after - before for before, after in zip((0.0, *cumulative), cumulative, strict=False)]
        frames = [self._order.count(temporal) for temporal in range(temporal_layers)]
        self._factors = [share * len(self._order) / count for share, count in zip(shares, frames, strict=True)]
        self._key_due = [True] * len(plan.layers)
        self._numbers = [0] * len(plan.layers)
        self._excess = [0.0] * len(plan.layers)
        self._skipped = [1.0] * len(plan.layers)

    def set_budget(self, budget_bps: float) -> None:
        """What the endpoint's line leaves for pictures."""
        before = [rate > 0 for rate in self.rates_bps]
        self.rates_bps = spread(self.plan, budget_bps, before, self.wanted)
        for index, rate in enumerate(self.rates_bps):
            if rate and not before[index]:
                self._key_due[index] = True

    def want(self, layers: set[int]) -> None:
        """Send these layers from now on; one that comes back begins with a key frame."""
        for index in range(len(self.wanted)):
            if index in layers and not self.wanted[index]:
                self._key_due[index] = True
            self.wanted[index] = index in layers

    def want_key(self) -> None:
        """Go on with a key frame, in every layer."""
        self._key_due = [True] * len(self._key_due)

    def frames(self) -> list[EncodedFrame]:
        """Of the next moment: call it `plan.framerate` times a second."""
        made = []
        for index, layer in enumerate(self.plan.layers):
            rate = self.rates_bps[index] if self.wanted[index] else 0.0
            framerate = min(layer.max_framerate, self.plan.framerate)
            self._skipped[index] += framerate / self.plan.framerate
            if rate and self._skipped[index] > 1 - 1e-9:
                self._skipped[index] -= 1
                made.append(self._frame(index, rate / 8 / framerate))
        return made

    def _frame(self, layer: int, mean_bytes: float) -> EncodedFrame:
        key, self._key_due[layer] = self._key_due[layer], False
        if key:
            self._numbers[layer] = 0
            size = KEY_FRAME_FACTOR * mean_bytes
            self._excess[layer] += size - mean_bytes
        temporal = self._order[self._numbers[layer] % len(self._order)]
        self._numbers[layer] += 1
        if not key:
            size = mean_bytes * self._factors[temporal] * (1 + VARIATION * (2 * self._dice() - 1))
            saved = min(self._excess[layer], PAY_BACK * size)
            self._excess[layer] -= saved
            size -= saved
        packets, packet_bytes = cut_frame(int(size))
        return EncodedFrame(layer=layer, temporal=temporal, key=key, packets=packets, packet_bytes=packet_bytes)


def cut_frame(frame_bytes: int) -> tuple[int, int]:
    """(packets, bytes of each on the wire): equal pieces, as many as are needed."""
    count = max(1, -(-frame_bytes // PAYLOAD_BYTES))
    return count, -(-frame_bytes // count) + RTP_BYTES + NETWORK_BYTES
