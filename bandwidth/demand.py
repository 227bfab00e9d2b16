"""What the allocator is asked: pictures, the ways to send each, and what each way is worth."""

from collections.abc import Hashable
from dataclasses import dataclass

PAUSED = -1
PRESENCE = 1.0
Key = tuple[Hashable, Hashable]  # of a demand: subscriber, publication


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerOption:
    """One way to send a publication. `bitrate_bps` all in all (a layer with those it needs), `value` unweighted."""

    spatial: int
    temporal: int | None
    bitrate_bps: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One subscriber's wish for one publication. `options` in rising order of bit rate and value."""

    subscriber: Hashable
    publication: Hashable
    weight: float
    options: tuple[LayerOption, ...]

    @property
    def key(self) -> Key:
        """What the allocation is told by."""
        return self.subscriber, self.publication


Allocation = dict[Key, int]


def utility(pixels: int, wanted_pixels: int, framerate_share: float) -> float:
    """Value of a picture of `pixels` shown at `wanted_pixels`, with `framerate_share` (0 to 1) of its full motion.

    Square-rooted, since a picture of twice the bits does not look twice as good; more pixels than are shown are worth
    nothing more. To be seen at all is worth as much as all quality: nobody vanishes for another's sharpness.
    """
    if wanted_pixels <= 0:
        return 0.0
    shown = min(pixels / wanted_pixels, 1.0)
    return float(PRESENCE + shown**0.5 * (0.4 + 0.6 * framerate_share))
