"""A subscriber behind a bottleneck in virtual time: the estimator and the pacer of the server, with true feedback.

Voices go at once, pictures through the pacer; the receiver reports what came each FEEDBACK_S, as browsers do, and the
report takes the way back. `step` moves everything on by STEP_S.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bandwidth.bottleneck import Bottleneck
from bandwidth.estimator import SendSideEstimator
from bandwidth.pacer import PacingBudget
from bandwidth.sent_packets import SentPackets

STEP_S = 0.001
FEEDBACK_S = 0.055
FRAME_S = 0.040
VOICE_S = 0.020
PACKET_BYTES = 1200
PROBE_PACKET_BYTES = 320
ASK_FOR_PROBES_S = 0.4  # as often as the server shares out
MAX_WAITING_S = 0.6  # pictures that would wait longer are not sent


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPacket:
    """One packet: its transport-wide number, and whether it carries a voice."""

    number: int
    voice: bool


class VirtualSubscriber:
    """`share`: what of the estimate the allocation uses; `wanted_bps`: what all pictures at their best take."""

    def __init__(
        self,
        estimator: SendSideEstimator,
        line: Bottleneck[VirtualPacket],
        *,
        way_back_s: float,
        voices: int = 3,
        voice_bytes: int = 270,
        share: float = 1.0,
        wanted_bps: float = 30e6,
        deliver: Callable[[VirtualPacket, float, float], None] = lambda packet, at, queued_s: None,
    ) -> None:
        """deliver: called with each packet that came, when, and how long it was queued."""
        self.estimator, self.line = estimator, line
        self.now = 0.0
        self.voices_sent = self.padding_bytes = 0
        self._way_back_s, self._share, self._wanted_bps = way_back_s, share, wanted_bps
        self._voices, self._voice_bytes, self._deliver = voices, voice_bytes, deliver
        self._sent = SentPackets()
        self._pacing = PacingBudget(estimator.pacing_bps, now=0.0)
        self._waiting_bytes = 0.0
        self._arrived: dict[int, float] = {}
        self._reported = 0
        self._reports: deque[tuple[float, list[tuple[int, float | None]]]] = deque()
        self._coming: deque[tuple[float, VirtualPacket, float]] = deque()
        self._due = dict.fromkeys(("frame", "voice", "feedback", "probe"), 0.0)

    def step(self) -> None:
        """One STEP_S."""
        self.now += STEP_S
        now = self.now
        self._cross(now)
        if self._is_due("feedback", FEEDBACK_S):
            self._report(now)
        while self._reports and self._reports[0][0] <= now:
            self.estimator.on_feedback(self._sent.match(self._reports.popleft()[1], now=now), now=now)
        self._pacing.set_rate(self.estimator.pacing_bps, now=now)
        if self._is_due("voice", VOICE_S):
            for _ in range(self._voices):
                self._send(self._voice_bytes, now, voice=True)
        if self._is_due("frame", FRAME_S):
            self._paint()
        if self._is_due("probe", ASK_FOR_PROBES_S):
            self._probe(now)
        while self._waiting_bytes >= PACKET_BYTES and self._pacing.available_bytes(now=now) > 0:
            self._waiting_bytes -= PACKET_BYTES
            self._send(PACKET_BYTES, now)

    def _is_due(self, name: str, interval_s: float) -> bool:
        if self.now < self._due[name]:
            return False
        self._due[name] += interval_s
        return True

    def _paint(self) -> None:
        voices_bps = self._voices * 8 * self._voice_bytes / VOICE_S
        rate = max(0.0, self._share * self.estimator.target_bps - voices_bps)
        if 8 * self._waiting_bytes < MAX_WAITING_S * self.estimator.target_bps:
            self._waiting_bytes += min(rate, self._wanted_bps) * FRAME_S / 8

    def _send(self, size_bytes: int, now: float, *, voice: bool = False, probe: bool = False) -> None:
        number = self._sent.record(size_bytes, now, probe)
        self.voices_sent += voice
        if not probe:
            self._pacing.spend(size_bytes)
        self.line.offer(VirtualPacket(number=number, voice=voice), size_bytes, now=now)

    def _probe(self, now: float) -> None:
        probe = self.estimator.probe(wanted_bps=self._wanted_bps, room_bps=1e9, now=now)
        for _ in range(-(-probe.size_bytes // PROBE_PACKET_BYTES) if probe else 0):
            self._send(PROBE_PACKET_BYTES, now, probe=True)
            self.padding_bytes += PROBE_PACKET_BYTES

    def _cross(self, now: float) -> None:
        self._coming.extend((each.at, each.item, each.queued_s) for each in self.line.advance(now=now))
        while self._coming and self._coming[0][0] <= now:
            at, packet, queued_s = self._coming.popleft()
            self._arrived[packet.number] = at
            self._deliver(packet, at, queued_s)

    def _report(self, now: float) -> None:
        """All numbers since the last report up to the newest that came; those missing are lost."""
        if not self._arrived:
            return
        newest = max(self._arrived, key=lambda number: (number - self._reported) & 0xFFFF)
        count = ((newest - self._reported) & 0xFFFF) + 1
        numbers = [(self._reported + index) & 0xFFFF for index in range(count)]
        self._reports.append((now + self._way_back_s, [(each, self._arrived.get(each)) for each in numbers]))
        self._arrived.clear()
        self._reported = (newest + 1) & 0xFFFF
