"""One sender over its lines in virtual time: pacing, repairs and probes, and the estimator that hears how it went.

What the server does for each endpoint (sfu/sender.py), and a browser for its camera. Voices go at once, repairs and
pictures as the pacing allows. The receiver sends transport-wide feedback each 50 ms and asks for what is missing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence

from bandwidth.estimator import Probe, SendSideEstimator
from bandwidth.pacer import COLLAPSED, MIN_QUEUE_BYTES, QUEUE_S, RTX_SHARE, PacingBudget
from bandwidth.simulation.bottleneck import Bottleneck
from bandwidth.simulation.clock import VirtualClock
from bandwidth.simulation.samples import FlowSamples

FEEDBACK_S = 0.05
FEEDBACK_BYTES = 100
PACE_S = 0.002  # the server's timer while packets wait for their pace
NACK_S = 0.010  # from a gap to the question for what is missing
GIVE_UP_S = 1.0
PROBE_PACKET_BYTES = 255 + 20 + 44  # padding, RTP with extensions, and what is around it
REPAIR_EXTRA_BYTES = 2  # RFC 4588: the original number
TRAVELLING = float("inf")


class Picture:
    """A frame of `stream` under way. `on_packet(when)`: a packet arrives; `on_lost(now)`: one never does."""

    __slots__ = ("begun_s", "on_lost", "on_packet", "stream")

    def __init__(
        self, stream: object, now: float, on_packet: Callable[[float], None], on_lost: Callable[[float], None]
    ) -> None:
        self.stream, self.begun_s = stream, now
        self.on_packet, self.on_lost = on_packet, on_lost


Voice = Callable[[float | None], None]  # when it arrived, None: it never does
Waiting = tuple[int, Picture]


class Sent:
    """A packet sent: what feedback tells of it. received_s: None if it is lost, TRAVELLING while nobody knows."""

    __slots__ = ("is_probe", "number", "received_s", "sent_s", "size_bytes")

    def __init__(self, number: int, size_bytes: int, sent_s: float, is_probe: bool) -> None:
        self.number, self.size_bytes, self.sent_s, self.is_probe = number, size_bytes, sent_s, is_probe
        self.received_s: float | None = TRAVELLING

    def fate(self) -> tuple[int, int, float, float | None, bool]:
        """As the estimator eats it."""
        return self.number, self.size_bytes, self.sent_s, self.received_s, self.is_probe


class Flow:
    """`path`: the lines in the order in which they are crossed; `back`: the one that feedback takes.

    shared_end: the last line of the path is fed by several flows, so that packets are put on it in the order of time.
    pacing_bps: what may leave, by the estimator; the server's way if not given. on_feedback(before_bps): after each
    feedback. on_dropped: frames of these streams waited too long, or were too large for what is left of the line.
    """

    def __init__(
        self,
        clock: VirtualClock,
        path: Sequence[Bottleneck],
        back: Bottleneck,
        estimator: SendSideEstimator,
        samples: FlowSamples,
        *,
        phase_s: float,
        pacing_bps: Callable[[SendSideEstimator], int] = lambda estimator: estimator.pacing_bps,
        shared_end: bool = False,
        on_feedback: Callable[[int], None] = lambda before_bps: None,
        on_dropped: Callable[[set[object]], None] = lambda streams: None,
    ) -> None:
        self.estimator = estimator
        self.samples = samples
        self._clock, self._path, self._back = clock, path, back
        self._pacing_bps, self._shared_end = pacing_bps, shared_end
        self._on_feedback, self._on_dropped = on_feedback, on_dropped
        self._pacing = PacingBudget(pacing_bps(estimator), now=0.0)
        self._repair_budget = PacingBudget(int(RTX_SHARE * estimator.target_bps), now=0.0)
        self._repairs: deque[Waiting] = deque()
        self._pictures: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._timer_runs = False
        self._number = 0
        self._in_flight: deque[Sent] = deque()
        self._missing: list[Waiting] = []
        self._return_s = 0.0
        clock.every(FEEDBACK_S, self._report, first=phase_s % FEEDBACK_S)

    @property
    def target_bps(self) -> int:
        """What the estimator thinks that the way carries."""
        return self.estimator.target_bps

    def waiting_s(self, now: float) -> float:
        """How long a packet would wait before the last line of the path."""
        return self._path[-1].waiting_s(now)

    # --- what is to be sent ---

    def send_voice(self, size_bytes: int, on_arrival: Voice, *, now: float) -> None:
        """At once, before everything else."""
        self._pacing.spend(size_bytes)
        self._send(size_bytes, now, on_voice=on_arrival)

    def send_picture(self, packets: int, packet_bytes: int, picture: Picture, *, now: float) -> None:
        """So many packets of a frame, as the pacing allows."""
        self._pictures.extend([(packet_bytes, picture)] * packets)
        self._waiting_bytes += packets * packet_bytes
        if self._waiting_bytes > max(MIN_QUEUE_BYTES, self.estimator.target_bps * QUEUE_S / 8):
            waiting: Counter[object] = Counter()
            for size, queued in self._pictures:
                waiting[queued.stream] += size
            self._drop({waiting.most_common(1)[0][0]})
        if not self._timer_runs:
            self._flush(now)

    def probe(self, *, wanted_bps: float, room_bps: float, now: float) -> bool:
        """Send padding if the estimator wants to look for room; whether it did."""
        probe: Probe | None = self.estimator.probe(wanted_bps=wanted_bps, room_bps=room_bps, now=now)
        if probe is None:
            return False
        for _ in range(-(-probe.size_bytes // PROBE_PACKET_BYTES)):
            self._send(PROBE_PACKET_BYTES, now, is_probe=True)
        return True

    def _flush(self, now: float) -> None:
        self._timer_runs = False
        budget, spent = self._pacing.available_bytes(now=now), 0
        while self._repairs and spent < budget:
            size, picture = self._repairs.popleft()
            spent += size
            self._send(size, now, picture=picture)
        while self._pictures and spent < budget:
            size, picture = self._pictures.popleft()
            self._waiting_bytes -= size
            spent += size
            self._send(size, now, picture=picture)
        self._pacing.spend(spent)
        if self._repairs or self._pictures:
            self._timer_runs = True
            self._clock.at(now + PACE_S, self._flush)

    def _drop(self, streams: set[object]) -> None:
        """What waits of these streams: late, a picture is worth less than its next key frame."""
        self._pictures = deque(each for each in self._pictures if each[1].stream not in streams)
        self._waiting_bytes = sum(size for size, _ in self._pictures)
        self._on_dropped(streams)

    # --- over the lines ---

    def _send(
        self,
        size: int,
        now: float,
        *,
        picture: Picture | None = None,
        on_voice: Voice | None = None,
        is_probe: bool = False,
    ) -> None:
        sent = Sent(self._number, size, now, is_probe)
        self._number = (self._number + 1) & 0xFFFF
        self._in_flight.append(sent)
        self.samples.on_sent(size, now)
        at: float | None = now
        for line in self._path[:-1]:
            if at is not None:
                at = line.send(size, at=at)
        if at is None or not self._shared_end:
            end = None if at is None else self._path[-1].send(size, at=at)
            self._settle(sent, end, picture, on_voice)
        else:
            self._clock.at(at, lambda t: self._settle(sent, self._path[-1].send(size, at=t), picture, on_voice))

    def _settle(self, sent: Sent, end: float | None, picture: Picture | None, on_voice: Voice | None) -> None:
        """The packet's fate is known: it arrives at `end`, or never."""
        sent.received_s = end
        if on_voice is not None:
            on_voice(end)
        if end is None:
            self.samples.on_lost(sent.sent_s)
            if picture is not None:
                self._missing.append((sent.size_bytes, picture))
            return
        delay_s = 0.0
        for line in self._path:
            delay_s += line.delay_s
        self.samples.on_arrival(sent.size_bytes, end, end - sent.sent_s - delay_s)
        if picture is not None:
            picture.on_packet(end)
        if self._missing:
            missing, self._missing = self._missing, []
            self._clock.at(end + NACK_S + self._return_s, lambda t: self._repair(missing, t))

    def _repair(self, missing: list[Waiting], now: float) -> None:
        """The receiver asked: again what the budget for repairs allows, and later what not."""
        later: list[Waiting] = []
        for size, picture in missing:
            if now - picture.begun_s > GIVE_UP_S:
                picture.on_lost(now)
            elif self._repair_budget.available_bytes(now=now) > 0:
                self._repair_budget.spend(size)
                self._repairs.append((size + REPAIR_EXTRA_BYTES, picture))
            else:
                later.append((size, picture))
        if later:
            self._clock.at(now + max(self.estimator.rtt_s or 0.1, NACK_S), lambda t: self._repair(later, t))
        if self._repairs and not self._timer_runs:
            self._flush(now)

    # --- feedback ---

    def _report(self, now: float) -> None:
        """The receiver's: all up to the last packet that has come by now."""
        in_flight, reported = self._in_flight, 0
        for index, sent in enumerate(in_flight):
            if sent.received_s is None:
                continue
            if sent.received_s > now:
                break
            reported = index + 1
        if not reported:
            return
        fates = [in_flight.popleft().fate() for _ in range(reported)]
        at = self._back.send(FEEDBACK_BYTES, at=now)
        if at is not None:
            self._return_s = at - now
            self._clock.at(at, lambda t: self._hear(fates, t))

    def _hear(self, fates: list[tuple[int, int, float, float | None, bool]], now: float) -> None:
        before = self.estimator.target_bps
        self.estimator.on_feedback(fates, now=now)
        target = self.estimator.target_bps
        self._pacing.set_rate(self._pacing_bps(self.estimator), now=now)
        self._repair_budget.set_rate(int(RTX_SHARE * target), now=now)
        self._on_feedback(before)
        if target < COLLAPSED * before and self._pictures:
            self._drop({picture.stream for _, picture in self._pictures})
