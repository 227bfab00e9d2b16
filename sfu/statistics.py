"""Numbers of one endpoint, as the operator and the metrics see them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointStats:
    """Rates in bits/s, loss as a share of packets (0 to 1), times in seconds; "up": from the endpoint."""

    state: str
    protocol: str
    remote_address: str
    flowing: bool
    up_bps: int
    down_bps: int
    estimate_bps: int
    loss_up: float
    loss_down: float
    rtt_s: float | None
    jitter_s: float
    queue_s: float
    layers_sent: tuple[str, ...]
    pictures_received: int
    pictures_paused: int
    packets_in: int
    packets_out: int


class RateMeter:
    """Bits per second from a growing byte counter."""

    __slots__ = ("_at", "_bytes", "bps")

    def __init__(self) -> None:
        self.bps = 0
        self._bytes = 0
        self._at = -1.0

    def update(self, total_bytes: int, *, now: float) -> None:
        """The counter now; smoothed over about two updates."""
        if self._at >= 0 and now > self._at:
            rate = 8 * (total_bytes - self._bytes) / (now - self._at)
            self.bps = int((self.bps + rate) / 2)
        self._bytes, self._at = total_bytes, now
