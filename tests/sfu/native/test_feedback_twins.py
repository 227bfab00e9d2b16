"""Transport-wide feedback read in C and in Python: the same results, and the same bytes refused."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandwidth.feedback import FeedbackSummary, summarise
from bandwidth.sent_packets import SentPackets
from sfu.errors import MalformedPacket
from sfu.native.forwarding import FastPath
from sfu.native.incoming import NativeInbound
from sfu.native.library import Library
from sfu.rtp.transport_feedback import ArrivalRecorder, arrivals, parse_transport_feedback_untrusted


class Twins:
    """The same packets sent on both."""

    def __init__(self, fast_path: FastPath) -> None:
        self.python = SentPackets()
        self._native_ring = SentPackets()
        self.line = fast_path.line(self._native_ring, 1_000_000, now=0.0)

    def send(self, size: int, now: float, *, probe: bool = False) -> int:
        number = self.python.record(size, now, probe)
        assert self.line.record(size, now, probe) == number
        return number

    def read(self, body: bytes, now: float) -> FeedbackSummary | None:
        """The summary of both, equal; None if both refuse."""
        try:
            python = summarise(self.python.match(arrivals(parse_transport_feedback_untrusted(body)), now=now))
        except MalformedPacket:
            with pytest.raises(MalformedPacket):
                self.line.feedback_untrusted(body, now=now)
            return None
        native = self.line.feedback_untrusted(body, now=now)
        assert native == python
        return python


@pytest.mark.parametrize("seed", range(6))
def test_a_line_with_loss_jitter_and_probes_reads_the_same(fast_path: FastPath, seed: int) -> None:
    source = random.Random(seed)
    twins, recorder = Twins(fast_path), ArrivalRecorder()
    now, reported = 0.0, 0
    for _ in range(400):
        for _ in range(source.randrange(60)):
            now += source.choice((0.0, 0.0001, 0.004, 0.02))
            number = twins.send(source.randrange(60, 1400), now, probe=source.random() < 0.05)
            if source.random() > 0.1:
                recorder.on_packet(number, arrival_s=7.0 + now + source.random() * 0.03)
        for packet in recorder.build(sender_ssrc=1, media_ssrc=2):
            summary = twins.read(packet[4:], now)
            assert summary is not None
            reported += summary.reported
            again = twins.read(packet[4:], now)
            assert again is not None
            assert again.arrived_bytes == 0, "what was reported once must not count twice"
    assert reported > 3000


def test_quiet_feedback_is_summed_up_and_nothing_of_it_is_lost(fast_path: FastPath) -> None:
    twins, recorder = Twins(fast_path), ArrivalRecorder()
    inbound, found = NativeInbound(fast_path.library, 1), fast_path.library.ffi.new("struct feedback *")
    inbound.set_line(twins.line)
    lib = fast_path.library.lib

    now = 100.0

    def report(delay_s: float, *, lose: bool = False) -> int:
        nonlocal now
        for index in range(4):
            number = twins.send(1000, now)
            if not (lose and index == 1):
                recorder.on_packet(number, arrival_s=5.0 + now + delay_s)
            now += 0.01
        (data,) = recorder.build(sender_ssrc=1, media_ssrc=2)
        return int(lib.inbound_feedback(inbound.pointer, data, len(data), now, found))

    assert report(0.001) == lib.FEEDBACK, "before anything is known of the line everything is looked at"
    twins.line.set_quiet_below(5.006)
    assert [report(0.001) for _ in range(3)] == [lib.DONE] * 3
    quiet = twins.line.take_quiet()
    assert quiet is not None
    summary, at = quiet
    assert at == now
    assert (summary.reported, summary.lost, summary.arrived_bytes, summary.probes) == (12, 0, 12_000, [])
    assert summary.newest_sent_s == pytest.approx(at - 0.01)
    assert summary.groups == [pytest.approx((at - 0.12, at - 0.01, 5.001 + at - 0.01), abs=0.001)]
    assert twins.line.take_quiet() is None
    assert report(0.020) == lib.FEEDBACK, "a queue"
    assert report(0.001, lose=True) == lib.FEEDBACK, "a loss"
    assert twins.line.summary(found).lost == 1
    assert twins.line.take_quiet() is None


@given(body=st.binary(max_size=80), seed=st.integers(0, 50))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused_alike(library: Library, body: bytes, seed: int) -> None:
    source = random.Random(seed)
    twins = Twins(FastPath(library, lambda: 0.0))
    for _ in range(source.randrange(300)):
        twins.send(1000, 1.0)
    twins.read(body, 1.0)
    head = b"\0\0\0\1\0\0\0\2" + source.randrange(300).to_bytes(2, "big") + source.randrange(400).to_bytes(2, "big")
    twins.read(head + b"\0\0\1\0" + body, 1.0)


def test_the_largest_feedback_fits(fast_path: FastPath) -> None:
    twins = Twins(fast_path)
    for step in range(2000):
        twins.send(100, step * 0.001)
    run = (0x2000 | 2000).to_bytes(2, "big")
    head = bytes(8) + (0).to_bytes(2, "big") + (2000).to_bytes(2, "big") + bytes(4)
    summary = twins.read(head + run + bytes([4]) * 2000, 2.0)
    assert summary is not None
    assert summary.reported == 2000
    too_many = bytes(8) + bytes(2) + (2001).to_bytes(2, "big") + bytes(4)
    assert twins.read(too_many + (0x2000 | 2001).to_bytes(2, "big") + bytes([4]) * 2001, 2.0) is None
