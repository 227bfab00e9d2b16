"""Room 5: the pacing deques of one peer (the only queues between socket and socket), and what is known of its line.

Where C sends (sfu/native/pacing.c) video waits there, in the order and within the bounds that are written down here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any, Protocol

from bandwidth.estimator import SendSideEstimator
from bandwidth.feedback import FeedbackSummary
from bandwidth.pacer import MIN_QUEUE_BYTES, QUEUE_S, RTX_SHARE, PacingBudget
from bandwidth.sent_packets import SentPackets
from sfu.drops import DropReason, Drops
from sfu.outgoing import OutgoingPacket, Priority
from sfu.rtp.extensions import encode_abs_send_time
from sfu.rtp.transport_feedback import arrivals, parse_transport_feedback_untrusted

if TYPE_CHECKING:
    from sfu.native.forwarding import FastPath

AUDIO, VIDEO = Priority.AUDIO, Priority.VIDEO
_NUMBER = Struct("!H")
OVERHEAD_BYTES = 28 + 16  # IPv4, UDP and the SRTP tag
MAX_RETRANSMISSIONS = 256
HELD_UP_S = 0.1


class Egress(Protocol):
    """A batch of packets on one path."""

    def add(self, packet: OutgoingPacket) -> bool:
        """Into the batch; False if dropped."""

    def flush(self) -> None:
        """Send the batch."""


class PacketSink(Protocol):
    """Where packets leave: the transport, whose egress changes with the path."""

    @property
    def egress(self) -> Egress: ...


class Sender:
    """Queues, paces and stamps one peer's packets; feeds its estimator."""

    def __init__(
        self,
        sink: PacketSink,
        estimator: SendSideEstimator,
        drops: Drops,
        *,
        now: float,
        on_ready: Callable[[], None] = lambda: None,
        fast_path: FastPath | None = None,
    ) -> None:
        """`on_ready`: called when the first packet comes into the empty deques. `fast_path`: pace and number in C."""
        self.estimator = estimator
        self._sink = sink
        self._drops = drops
        self._on_ready = on_ready
        self._sent = SentPackets()
        rate = estimator.pacing_bps
        self.line = fast_path.line(self._sent, rate, now=now) if fast_path else None
        self._pacing = self.line or PacingBudget(rate, now=now)
        self._record = self.line.record if self.line else self._sent.record
        if self.line is not None:
            self.line.on_dropped = self._note_dropped
        self._rtx_budget = PacingBudget(int(RTX_SHARE * estimator.target_bps), now=now)
        self._audio: deque[OutgoingPacket] = deque()
        self._repairs: deque[OutgoingPacket] = deque()
        self._video: deque[OutgoingPacket] = deque()
        self._video_bytes = 0
        self._limit_bytes = 0.0
        self._paced_bps, self._paced_for_bps = rate, estimator.target_bps
        self._set_limit()
        self.idle = True
        self.dropped_ssrcs: set[int] = set()  # whose pictures need a key frame now
        self._sent_bytes = 0
        self._sent_packets = 0
        self._queue_peak_s = 0.0

    @property
    def sent_bytes(self) -> int:
        """IPv4, UDP and SRTP's tag included."""
        return self._sent_bytes + (self.line.sent_bytes if self.line else 0)

    @property
    def sent_packets(self) -> int:
        """Since the beginning."""
        return self._sent_packets + (self.line.sent_packets if self.line else 0)

    def take_queue_peak_s(self) -> float:
        """The highest standing queue on the line since the last call."""
        peak, self._queue_peak_s = self._queue_peak_s, self.estimator.queue_s
        return peak

    def use_egress(self, egress: object) -> None:
        """The path changed, or opened, or closed."""
        if self.line is not None:
            self.line.use(egress)

    @property
    def queued_bytes(self) -> int:
        """Video waiting."""
        return self._video_bytes + (self.line.held_bytes if self.line else 0)

    @property
    def held_up(self) -> bool:
        """Whether video waits so long for its turn that a picture which begins again is not seen yet."""
        return self.queued_bytes * 8 > HELD_UP_S * self.estimator.target_bps

    def enqueue(self, packet: OutgoingPacket) -> None:
        """Take a packet from room 4. Audio is never refused; video waits at most about QUEUE_S."""
        priority = packet.priority
        if priority is AUDIO:
            self._audio.append(packet)
        elif priority is VIDEO:
            if self.line is not None and self.line.holds:
                self.line.enqueue(packet)
                return
            self._video.append(packet)
            self._video_bytes += len(packet.prefix) + len(packet.payload)
            if self._video_bytes > self._limit_bytes:
                self._overflow()
        elif len(self._repairs) < MAX_RETRANSMISSIONS:
            self._repairs.append(packet)
            if self.line is not None:
                self.line.set_waiting(True)
        else:
            self._drops[DropReason.PACER_OVERFLOW] += 1
        if self.idle:
            self.idle = False
            self._on_ready()

    def _set_limit(self) -> None:
        self._limit_bytes = max(MIN_QUEUE_BYTES, self.estimator.target_bps * QUEUE_S / 8)
        if self.line is not None:
            self.line.set_limit(self._limit_bytes)

    def _overflow(self) -> None:
        """Drop the picture that has most waiting: late, it is worth less than its next key frame."""
        waiting: dict[int, int] = {}
        for packet in self._video:
            ssrc = _ssrc_of(packet)
            waiting[ssrc] = waiting.get(ssrc, 0) + len(packet.prefix) + len(packet.payload)
        self._drop({max(waiting, key=lambda ssrc: waiting[ssrc])})

    def drop_video(self) -> None:
        """Drop all that waits: it is of layers that the line cannot carry any more."""
        self._drop({_ssrc_of(packet) for packet in self._video})
        if self.line is not None:
            self.line.drop_held()

    def _note_dropped(self) -> None:
        """What C dropped of the video that waits there."""
        assert self.line is not None
        packets, ssrcs = self.line.take_dropped()
        self._drops[DropReason.PACER_OVERFLOW] += packets
        self.dropped_ssrcs |= ssrcs
        if ssrcs and self.idle:
            self.idle = False
            self._on_ready()

    def take_dropped(self) -> set[int]:
        """The SSRCs of which something was dropped since the last call: their pictures need a key frame."""
        if self.line is not None:
            self._note_dropped()
        dropped, self.dropped_ssrcs = self.dropped_ssrcs, set()
        return dropped

    def _drop(self, ssrcs: set[int]) -> None:
        """The peer asks for key frames of these."""
        kept = deque(packet for packet in self._video if _ssrc_of(packet) not in ssrcs)
        self._drops[DropReason.PACER_OVERFLOW] += len(self._video) - len(kept)
        self._video = kept
        self._video_bytes = sum(len(packet.prefix) + len(packet.payload) for packet in kept)
        self.dropped_ssrcs |= ssrcs

    def may_retransmit(self, size_bytes: int, *, now: float) -> bool:
        """Whether the repair budget has room; a true answer spends it."""
        if self._rtx_budget.available_bytes(now=now) <= 0:
            return False
        self._rtx_budget.spend(size_bytes)
        return True

    def flush(self, *, now: float) -> None:
        """Send what may leave now: all audio, then repairs and video as the pacing allows; `idle` if that is all."""
        audio, repairs, video = self._audio, self._repairs, self._video
        egress = self._sink.egress
        stamp = encode_abs_send_time(now)
        spent = 0
        while audio:
            spent += self._send(egress, audio.popleft(), stamp, now)
        if repairs or video:
            budget = self._pacing.available_bytes(now=now)
            while repairs and spent < budget:
                spent += self._send(egress, repairs.popleft(), stamp, now)
            while video and spent < budget:
                packet = video.popleft()
                self._video_bytes -= len(packet.prefix) + len(packet.payload)
                spent += self._send(egress, packet, stamp, now)
        self._pacing.spend(spent)
        self.idle = not (repairs or video)
        if self.line is not None:
            self.line.set_waiting(not self.idle)
        egress.flush()

    def send_probe(self, packets: list[OutgoingPacket], *, now: float) -> None:
        """Padding, at once and unpaced: the line itself spreads it."""
        stamp = encode_abs_send_time(now)
        egress = self._sink.egress
        for packet in packets:
            self._send(egress, packet, stamp, now, is_probe=True)
        egress.flush()

    def _send(self, egress: Egress, packet: OutgoingPacket, stamp: bytes, now: float, *, is_probe: bool = False) -> int:
        prefix = packet.prefix
        size = len(prefix) + len(packet.payload) + OVERHEAD_BYTES
        offset = packet.abs_send_time_offset
        if offset:
            prefix[offset : offset + 3] = stamp
        offset = packet.transport_cc_offset
        if offset:
            _NUMBER.pack_into(prefix, offset, self._record(size, now, is_probe))
        if egress.add(packet):
            self._sent_bytes += size
            self._sent_packets += 1
        return size

    def on_feedback_untrusted(self, body: bytes, *, now: float) -> None:
        """The body of the subscriber's transport-wide feedback. Raises MalformedPacket."""
        self.take_quiet_feedback()
        if self.line is not None:
            self._on_summary(self.line.feedback_untrusted(body, now=now), now)
        else:
            feedback = parse_transport_feedback_untrusted(body)
            self.estimator.on_feedback(self._sent.match(arrivals(feedback), now=now), now=now)
            self.update_rates(now=now)

    def on_matched_feedback(self, found: Any, *, now: float) -> None:
        """The same, matched by C: struct feedback."""
        self.take_quiet_feedback()
        if self.line is not None:
            self._on_summary(self.line.summary(found), now)

    def take_quiet_feedback(self) -> None:
        """The same, for what C has put aside because it told nothing new."""
        quiet = self.line.take_quiet() if self.line is not None else None
        if quiet is not None:
            self._on_summary(*quiet)

    def _on_summary(self, summary: FeedbackSummary, now: float) -> None:
        self.estimator.on_summary(summary, now=now)
        if self.line is not None:
            self.line.set_quiet_below(self.estimator.quiet_below_s)
        self.update_rates(now=now)

    def update_rates(self, *, now: float) -> None:
        """Pace by the estimate and the queue on the path as they are now."""
        self._queue_peak_s = max(self._queue_peak_s, self.estimator.queue_s)
        pacing, target = self.estimator.pacing_bps, self.estimator.target_bps
        if pacing != self._paced_bps:
            self._paced_bps = pacing
            self._pacing.set_rate(pacing, now=now)
        if target != self._paced_for_bps:
            self._paced_for_bps = target
            self._rtx_budget.set_rate(int(RTX_SHARE * target), now=now)
            self._set_limit()


def _ssrc_of(packet: OutgoingPacket) -> int:
    return int.from_bytes(packet.prefix[8:12], "big")
