"""Video that waits for its pace in C and in Python: the same leaves at the same moments, the same is dropped."""

from __future__ import annotations

import gc
import random

from bandwidth.estimator import SendSideEstimator
from sfu.drops import DropReason, Drops
from sfu.native.forwarding import FastPath
from sfu.outgoing import OutgoingPacket, Priority
from sfu.sender import Sender
from tests.sfu.native.conftest import Clock
from tests.sfu.native.test_fan_out import Wire, wire
from tests.sfu.test_sender import Sink

__all__ = ["wire"]


class Twins:
    """The same packets for a sender in C and for one in Python."""

    def __init__(self, fast_path: FastPath, clock: Clock, wire: Wire, *, bps: int) -> None:
        self.fast_path, self.clock, self.wire = fast_path, clock, wire
        self.drops = (Drops(), Drops())
        self.egress = wire.egress
        self.sink = Sink()
        self.native = Sender(self, self._estimator(bps), self.drops[0], now=clock.now, fast_path=fast_path)
        self.native.use_egress(wire.egress)
        self.plain = Sender(self.sink, self._estimator(bps), self.drops[1], now=clock.now)
        self.sent: list[bytes] = []

    @staticmethod
    def _estimator(bps: int) -> SendSideEstimator:
        return SendSideEstimator(start_bps=bps, min_bps=bps, max_bps=bps)

    def enqueue(self, ssrc: int, number: int, size: int, priority: Priority = Priority.VIDEO) -> None:
        head = b"\x80\x60" + number.to_bytes(2, "big") + bytes(4) + ssrc.to_bytes(4, "big")
        for sender in (self.native, self.plain):
            sender.enqueue(OutgoingPacket(bytearray(head), bytes(size), priority))
        self.fast_path.take_drops()

    def flush(self) -> None:
        """A tick of the pace timer."""
        self.plain.flush(now=self.clock.now)
        if not self.native.idle:
            self.native.flush(now=self.clock.now)
        self.fast_path.send_held(now=self.clock.now)
        self.fast_path.flush()
        self.sent += [packet[2:12] for packet in self.wire.received()]

    def expected(self) -> list[bytes]:
        return [bytes(packet.prefix[2:12]) for packet in self.sink.sent]


def test_the_same_packets_leave_at_the_same_moments(fast_path: FastPath, clock: Clock, wire: Wire) -> None:
    dice = random.Random(5)
    twins = Twins(fast_path, clock, wire, bps=3_000_000)
    number = 0
    for _ in range(600):
        clock.now += 0.002
        for _ in range(dice.choice((0, 0, 1, 2, 9))):
            repair = dice.random() < 0.05
            priority = Priority.RETRANSMISSION if repair else Priority.VIDEO
            ssrc = 9 if repair else dice.choice((7, 8))
            twins.enqueue(ssrc, number := number + 1, dice.randrange(50, 1200), priority)
        twins.flush()
        assert twins.native.queued_bytes == twins.plain.queued_bytes
        # What has room leaves at once in C, and with the tick, behind the repairs, in Python.
        assert sorted(twins.sent) == sorted(twins.expected())
    assert len(twins.sent) > 700
    assert twins.native.sent_packets == len(twins.sent)
    assert twins.drops[0] == twins.drops[1]
    assert twins.drops[0][DropReason.PACER_OVERFLOW] > 100


def test_the_picture_that_has_most_waiting_is_dropped(fast_path: FastPath, clock: Clock, wire: Wire) -> None:
    twins = Twins(fast_path, clock, wire, bps=500_000)
    for number in range(300):
        twins.enqueue(8 if number % 4 else 7, number, 1000)
        if twins.native.dropped_ssrcs:
            break
    assert twins.native.dropped_ssrcs == {8}
    assert twins.drops[0][DropReason.PACER_OVERFLOW] > 30
    assert not twins.native.idle, "the peer must ask for a key frame"
    assert 0 < twins.native.queued_bytes < 40_000
    for _ in range(400):
        clock.now += 0.01
        twins.flush()
    numbers = [int.from_bytes(each[:2], "big") for each in twins.sent if each[9] == 7]
    assert numbers == [number for number in range(number + 1) if number % 4 == 0], "the other picture lost nothing"


def test_repairs_overtake_video_that_waits(fast_path: FastPath, clock: Clock, wire: Wire) -> None:
    twins = Twins(fast_path, clock, wire, bps=500_000)
    for number in range(20):
        twins.enqueue(7, number, 1000)
    twins.enqueue(9, 99, 500, Priority.RETRANSMISSION)
    for _ in range(50):
        clock.now += 0.01
        twins.flush()
    numbers = [int.from_bytes(each[:2], "big") for each in twins.sent]
    assert numbers.index(99) < 5
    assert [number for number in numbers if number != 99] == list(range(20))


def test_what_waits_for_a_path_that_is_gone_is_dropped(fast_path: FastPath, clock: Clock, wire: Wire) -> None:
    twins = Twins(fast_path, clock, wire, bps=500_000)
    for number in range(10):
        twins.enqueue(7, number, 1000)
    twins.native.use_egress(object())
    fast_path.take_drops()
    assert twins.native.queued_bytes == 0
    assert twins.native.dropped_ssrcs == {7}
    assert twins.drops[0][DropReason.PACER_OVERFLOW] > 5


def test_a_line_that_is_forgotten_leaves_the_lists(fast_path: FastPath, clock: Clock, wire: Wire) -> None:
    twins = Twins(fast_path, clock, wire, bps=500_000)
    other = Twins(fast_path, clock, wire, bps=500_000)
    for number in range(20):
        twins.enqueue(7, number, 1000)
        other.enqueue(8, number, 1000)
    other.native.drop_video()
    del other
    gc.collect()
    fast_path.take_drops()
    for _ in range(60):
        clock.now += 0.01
        twins.flush()
    assert [int.from_bytes(each[:2], "big") for each in twins.sent if each[9] == 7] == list(range(20))
    assert not fast_path.holding
