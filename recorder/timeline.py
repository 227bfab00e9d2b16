"""When was it? From RTP timestamps to the wall clock, by the sender reports of the whole recording (pure).

RTP time → the sender's clock, piecewise between sender reports, so that a microphone's drift is followed. The sender's
clock → ours by the smallest (arrival − sent) around that moment, so that jitter does not move pictures against voices:
audio and video of one endpoint share that offset. Without any report the first arrival counts.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from sfu.rtp.sequence import timestamp_difference

WINDOW_S = 60.0  # a sender's clock that steps is followed within this
MAX_RATE_ERROR = 0.02  # a report that says the clock runs 2 % off is not believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A sender report. `ntp_s` in the sender's clock."""

    arrival_s: float
    ntp_s: float
    rtp_timestamp: int


class SenderClock:
    """The clock of one endpoint's stay: all its streams' reports together."""

    def __init__(self, marks: list[Mark]) -> None:
        ordered = sorted(marks, key=lambda mark: mark.arrival_s)
        self._arrivals = [mark.arrival_s for mark in ordered]
        self._offsets = [mark.arrival_s - mark.ntp_s for mark in ordered]

    def add(self, mark: Mark) -> None:
        """One more, later than the others: for who follows a session that goes on."""
        self._arrivals.append(mark.arrival_s)
        self._offsets.append(mark.arrival_s - mark.ntp_s)

    @property
    def known(self) -> bool:
        """Whether there was any report."""
        return bool(self._arrivals)

    def to_media_clock(self, ntp_s: float, *, near_s: float) -> float:
        """Our media clock at the sender's `ntp_s`; `near_s`: about when, by arrival."""
        low = bisect_right(self._arrivals, near_s - WINDOW_S)
        high = bisect_right(self._arrivals, near_s + WINDOW_S)
        if low == high:
            low = max(0, min(low, len(self._offsets) - 1))
            high = low + 1
        return ntp_s + min(self._offsets[low:high])


class StreamTimeline:
    """One SSRC's timestamps on our media clock (seconds)."""

    def __init__(self, marks: list[Mark], clock: SenderClock, *, clock_rate_hz: int) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.arrival_s)
        self._arrivals = [mark.arrival_s for mark in self._marks]
        self._clock = clock
        self._rate = clock_rate_hz
        self._first: tuple[int, float] | None = None

    def add(self, mark: Mark) -> None:
        """One more, later than the others."""
        self._marks.append(mark)
        self._arrivals.append(mark.arrival_s)

    def media_time_s(self, timestamp: int, *, arrival_s: float) -> float:
        """When this timestamp was captured, on our media clock."""
        if not self._marks:
            return self._by_arrival(timestamp, arrival_s)
        index = max(0, bisect_right(self._arrivals, arrival_s) - 1)
        mark = self._marks[index]
        elapsed = timestamp_difference(timestamp, mark.rtp_timestamp) / self._rate_after(index)
        return self._clock.to_media_clock(mark.ntp_s + elapsed, near_s=arrival_s)

    def _rate_after(self, index: int) -> float:
        """Measured units per second from this report to the next."""
        if index + 1 >= len(self._marks):
            index -= 1
        if index < 0:
            return float(self._rate)
        here, following = self._marks[index], self._marks[index + 1]
        seconds = following.ntp_s - here.ntp_s
        if seconds < 0.5:
            return float(self._rate)
        measured = timestamp_difference(following.rtp_timestamp, here.rtp_timestamp) / seconds
        return measured if abs(measured / self._rate - 1) < MAX_RATE_ERROR else float(self._rate)

    def _by_arrival(self, timestamp: int, arrival_s: float) -> float:
        if self._first is None:
            self._first = (timestamp, arrival_s)
        return self._first[1] + timestamp_difference(timestamp, self._first[0]) / self._rate
