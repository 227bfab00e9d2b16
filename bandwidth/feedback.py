"""What the estimator eats: the fate of each packet sent."""

from typing import NamedTuple


class PacketResult(NamedTuple):
    """One packet that the receiver reported on. `received_at` in the receiver's clock, None: it did not arrive."""

    sequence: int
    size_bytes: int
    sent_at: float
    received_at: float | None
    is_probe: bool = False


PacketFate = tuple[int, int, float, float | None, bool]  # a PacketResult, or as much without its name
