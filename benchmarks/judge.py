"""Judges one received stream by RTP headers alone: loss, duplicates, order, jitter, freezes, audio gaps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from benchmarks.gaps import Gaps
from sfu.rtp.rtcp import ReportBlock

AUDIO_GAP_S = 0.100  # five packets of 20 ms: more than a jitter buffer of a quiet line bridges
RESTART_STEP = 3000  # a jump forward by more is another stream under the same SSRC, not loss
FRAME_WINDOW = 30  # intervals between frames that make up the usual one, as libwebrtc has it
MIN_INTERVALS = 5
FREEZE_FACTOR = 3.0
FREEZE_EXTRA_S = 0.150
HALF_TURN = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamCounts:
    """Totals of a stream at a moment; two of them make a window. `highest`: extended sequence number."""

    packets: int
    bytes: int
    duplicates: int
    disordered: int
    repaired: int
    backward_timestamps: int
    frames: int
    freezes: int
    frozen_s: float
    audio_gaps: int
    highest: int


class FrameClock:
    """Complete frames as they come, and freezes as libwebrtc defines them.

    A freeze: an interval longer than max(3 × the mean of the last 30, the mean + 150 ms). `pauses`: how often the page
    was told that there is no bandwidth for the picture, and said so in its place, which is no freeze while it lasts;
    `longest_pause_s`: of those that ended. The longest ones may be reset.
    """

    __slots__ = (
        *("_intervals", "_last_s", "_paused", "_sum_s"),
        *("frames", "freezes", "frozen_s", "longest_pause_s", "longest_s", "pauses"),
    )

    def __init__(self) -> None:
        self.frames = self.freezes = self.pauses = 0
        self.frozen_s = self.longest_s = self.longest_pause_s = 0.0
        self._paused = False
        self._last_s = 0.0
        self._sum_s = 0.0
        self._intervals: deque[float] = deque()

    def on_frame(self, now: float) -> None:
        """A frame became complete."""
        interval, intervals = now - self._last_s, self._intervals
        self.frames += 1
        if self._paused:
            return
        self._last_s = now
        if self.frames == 1:
            return
        self._judge(interval)
        count = len(intervals)
        intervals.append(interval)
        self._sum_s += interval
        if count == FRAME_WINDOW:
            self._sum_s -= intervals.popleft()

    def pause(self, now: float) -> None:
        """The page says from now on that there is no bandwidth for it."""
        if not self._paused and self.frames:
            self.pauses += 1
            self._paused = True
            self._judge(now - self._last_s)
            self._last_s = now

    def resume(self, now: float) -> None:
        """The page says that it is shown again."""
        if self._paused:
            self.longest_pause_s = max(self.longest_pause_s, now - self._last_s)
            self._paused, self._last_s = False, now

    def _judge(self, interval: float) -> None:
        count = len(self._intervals)
        if count >= MIN_INTERVALS and interval > self._limit_s(count):
            self.freezes += 1
            self.frozen_s += interval
            self.longest_s = max(self.longest_s, interval)

    def _limit_s(self, count: int) -> float:
        mean = self._sum_s / count
        return max(FREEZE_FACTOR * mean, mean + FREEZE_EXTRA_S)


class StreamJudge:
    """One SSRC. Times are the arrival times given; nothing here allocates per packet of a stream in order.

    `broken`: a picture was lost for good; frames do not count until a key frame mends it (`mend`).
    """

    def __init__(self, *, audio: bool, clock_rate_hz: int) -> None:
        self.audio = audio
        self.packets = self.bytes = self.duplicates = self.disordered = self.repaired = 0
        self.backward_timestamps = self.audio_gaps = self.restarts = 0
        self.jitter = 0.0  # RFC 3550 §6.4.1, in units of the clock
        self.highest = -1
        self.first_arrival_s = self.last_arrival_s = 0.0
        self.gaps = Gaps()
        self.frames = FrameClock()
        self.broken = False
        self.last_sr = 0  # middle 32 bits of the last sender report's NTP time, 0: none came
        self.last_sr_s = 0.0
        self._rate = float(clock_rate_hz)
        self._first = 0
        self._transit = 0.0
        self._timestamp = 0
        self._markers: list[int] = []  # ends of frames that wait for numbers before them
        self._reported = (0, 0)

    def on_packet(self, number: int, timestamp: int, marker: bool, size: int, arrival_s: float) -> bool:
        """A packet as its header says; False for a duplicate."""
        if (number - self.highest) & 0xFFFF == 1 and self.highest >= 0:
            self.highest += 1
            if timestamp != self._timestamp:
                if (timestamp - self._timestamp) & HALF_TURN:
                    self.backward_timestamps += 1
                self._timestamp = timestamp
            if marker and not self.audio:
                self._on_marker(self.highest, arrival_s)
        elif not self._out_of_step(number, timestamp, marker, arrival_s):
            self.duplicates += 1
            return False
        self.packets += 1
        self.bytes += size
        transit = arrival_s * self._rate - timestamp
        change = abs(transit - self._transit)
        self._transit = transit
        if change < HALF_TURN:  # not where the timestamp wrapped
            self.jitter += (change - self.jitter) * 0.0625
        if self.audio and arrival_s - self.last_arrival_s > AUDIO_GAP_S:
            self.audio_gaps += 1
        self.last_arrival_s = arrival_s
        return True

    def _out_of_step(self, number: int, timestamp: int, marker: bool, arrival_s: float) -> bool:
        """The first packet, one behind a gap, a late one, or (False) a duplicate."""
        if self.highest < 0:
            self._begin(number, timestamp, arrival_s)
        step = (number - self.highest) & 0xFFFF
        if step >= 0x8000:
            return self._late(self.highest + step - 0x10000, marker, arrival_s)
        if step == 0:
            return False
        if step > RESTART_STEP:
            self.restarts += 1
            self._markers.clear()
        elif step > 1:
            self.gaps.open(self.highest + 1, self.highest + step, now=arrival_s)
        self.highest += step
        if (timestamp - self._timestamp) & HALF_TURN:
            self.backward_timestamps += 1
        self._timestamp = timestamp
        if marker and not self.audio:
            self._on_marker(self.highest, arrival_s)
        return True

    def _begin(self, number: int, timestamp: int, arrival_s: float) -> None:
        self.highest = number + 0xFFFF
        self._first = self.highest + 1
        self._timestamp = timestamp
        self._transit = arrival_s * self._rate - timestamp
        self.first_arrival_s = self.last_arrival_s = arrival_s

    def _late(self, number: int, marker: bool, arrival_s: float) -> bool:
        if number < self._first:  # the stream's first packets came in another order
            self.gaps.open(number + 1, self._first, now=arrival_s)
            self._first = number
        elif not self.gaps.close(number):
            return False
        self.disordered += 1
        self._filled(number, marker, arrival_s)
        return True

    def on_repaired(self, number: int, marker: bool, arrival_s: float) -> bool:
        """A retransmission brought this 16-bit number; False if it was not missing."""
        extended = self.highest + ((number - self.highest + 0x8000) & 0xFFFF) - 0x8000
        if self.highest < 0 or not self.gaps.close(extended):
            return False
        self.repaired += 1
        self._filled(extended, marker, arrival_s)
        return True

    def misses(self, number: int) -> bool:
        """Whether this 16-bit number is waited for."""
        return self.highest + ((number - self.highest + 0x8000) & 0xFFFF) - 0x8000 in self.gaps.missing

    def _filled(self, number: int, marker: bool, arrival_s: float) -> None:
        if marker and not self.audio:
            self._markers.append(number)
        self._complete(arrival_s)

    def _on_marker(self, number: int, arrival_s: float) -> None:
        if self.gaps.missing or self._markers:
            self._markers.append(number)
            self._complete(arrival_s)
        elif not self.broken:
            self.frames.on_frame(arrival_s)

    def _complete(self, arrival_s: float) -> None:
        """Frames whose numbers are all there, or given up, and so the frames before them."""
        if not self._markers:
            return
        limit = min(self.gaps.missing, default=self.highest + 1)
        ready = sum(number < limit for number in self._markers)
        self._markers = [number for number in self._markers if number >= limit]
        if not self.broken:
            for _ in range(ready):
                self.frames.on_frame(arrival_s)

    def ask(self, *, now: float, rtt_s: float) -> tuple[list[int], bool]:
        """(16-bit numbers to ask for again, whether something was given up: the picture is broken then)."""
        asked, lost = self.gaps.due(now=now, rtt_s=rtt_s)
        if lost:
            self.broken = True
            self._complete(now)
        return [number & 0xFFFF for number in asked], bool(lost)

    def mend(self) -> None:
        """A key frame came: what follows can be shown."""
        self.broken = False

    def begin_anew(self) -> None:
        """The newest packet begins a key frame: as a browser does, go on with it and wait for nothing before it."""
        self.mend()
        self.gaps.abandon(self.highest)
        self._markers = [number for number in self._markers if number >= self.highest]

    def lost_between(self, before: int, after: int) -> int:
        """Numbers above `before` up to `after` (extended) that never came, neither by repair."""
        return self.gaps.count(before + 1, after + 1)

    @property
    def lost(self) -> int:
        """The same of the whole stream, so far."""
        return len(self.gaps.missing) + len(self.gaps.given_up)

    def counts(self) -> StreamCounts:
        """Totals now."""
        return StreamCounts(
            packets=self.packets,
            bytes=self.bytes,
            duplicates=self.duplicates,
            disordered=self.disordered,
            repaired=self.repaired,
            backward_timestamps=self.backward_timestamps,
            frames=self.frames.frames,
            freezes=self.frames.freezes,
            frozen_s=self.frames.frozen_s,
            audio_gaps=self.audio_gaps,
            highest=self.highest,
        )

    def report(self, ssrc: int, *, now: float) -> ReportBlock:
        """A receiver report block since the last (RFC 3550 §6.4.1). What a retransmission brought counts as lost."""
        expected = self.highest - self._first + 1 if self.highest >= 0 else 0
        before_expected, before_received = self._reported
        self._reported = (expected, self.packets)
        expected_now, received_now = expected - before_expected, self.packets - before_received
        lost = max(0, expected_now - received_now)
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=min(255, 256 * lost // expected_now) if expected_now > 0 else 0,
            packets_lost=expected - self.packets,
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=int(self.jitter),
            lsr=self.last_sr,
            dlsr=int((now - self.last_sr_s) * 65536) if self.last_sr else 0,
        )
