"""Reception statistics of one SSRC (RFC 3550 §6.4.1, appendices A.3 and A.8)."""

from sfu.rtp.rtcp import ReportBlock


class ReceiveStatistics:
    """Counts, loss and jitter, and the report block made of them."""

    __slots__ = (
        "_base",
        "_clock_rate_hz",
        "_expected_before",
        "_highest",
        "_jitter",
        "_received_before",
        "_transit",
        "bytes",
        "received",
    )

    def __init__(self, clock_rate_hz: int) -> None:
        self._clock_rate_hz = clock_rate_hz
        self._base = -1
        self._highest = -1
        self._jitter = 0.0
        self._transit: float | None = None
        self._expected_before = 0
        self._received_before = 0
        self.received = 0
        self.bytes = 0

    def on_packet(self, sequence: int, timestamp: int, size_bytes: int, arrival_s: float) -> None:
        """A packet that is not a duplicate."""
        self.received += 1
        self.bytes += size_bytes
        if self._base < 0:
            self._base = sequence
        if sequence > self._highest:
            self._highest = sequence
            transit = arrival_s * self._clock_rate_hz - timestamp
            if self._transit is not None:
                difference = abs(transit - self._transit)
                if difference < 10 * self._clock_rate_hz:  # a wrapped or restarted timestamp is no jitter
                    self._jitter += (difference - self._jitter) / 16
            self._transit = transit

    @property
    def jitter_s(self) -> float:
        """Interarrival jitter, in seconds."""
        return self._jitter / self._clock_rate_hz

    @property
    def lost(self) -> int:
        """Cumulative number lost; may be negative with duplicates."""
        return 0 if self._base < 0 else self._highest - self._base + 1 - self.received

    def report(self, ssrc: int, *, lsr: int, dlsr: int) -> ReportBlock:
        """The block since the last call."""
        expected = 0 if self._base < 0 else self._highest - self._base + 1
        expected_now = expected - self._expected_before
        received_now = self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        lost_now = max(0, expected_now - received_now)
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=min(255, 256 * lost_now // expected_now) if expected_now > 0 else 0,
            packets_lost=self.lost,
            highest_sequence=max(0, self._highest - 0x10000),
            jitter=int(self._jitter),
            lsr=lsr,
            dlsr=dlsr,
        )
