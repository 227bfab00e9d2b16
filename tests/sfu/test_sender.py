"""Room 5: what waits, what goes first, what is dropped."""

from bandwidth.estimator import SendSideEstimator
from sfu.drops import DropReason, Drops
from sfu.outgoing import OutgoingPacket, Priority
from sfu.sender import Sender


class Sink:
    """Takes everything."""

    def __init__(self) -> None:
        self.sent: list[OutgoingPacket] = []

    @property
    def egress(self) -> "Sink":
        return self

    def add(self, packet: OutgoingPacket) -> bool:
        self.sent.append(packet)
        return True

    def flush(self) -> None: ...


def packet(ssrc: int, priority: Priority = Priority.VIDEO, size: int = 1000) -> OutgoingPacket:
    return OutgoingPacket(bytearray(b"\x80\x60" + bytes(6) + ssrc.to_bytes(4, "big")), bytes(size), priority)


def make() -> tuple[Sender, Sink, Drops]:
    sink, drops = Sink(), Drops()
    estimator = SendSideEstimator(start_bps=1_000_000, min_bps=50_000, max_bps=1_000_000)
    return Sender(sink, estimator, drops, now=0.0), sink, drops


def priorities(sink: Sink) -> list[Priority]:
    return [each.priority for each in sink.sent]


def test_voices_and_repairs_overtake_pictures() -> None:
    sender, sink, _ = make()
    for priority in (Priority.VIDEO, Priority.RETRANSMISSION, Priority.AUDIO):
        sender.enqueue(packet(1, priority, size=100))
    sender.flush(now=1.0)
    assert priorities(sink) == [Priority.AUDIO, Priority.RETRANSMISSION, Priority.VIDEO]


def test_pictures_leave_at_the_pace_and_voices_at_once() -> None:
    sender, sink, _ = make()
    for _ in range(30):
        sender.enqueue(packet(1))
    for step in range(100):
        sender.flush(now=1.0 + step * 0.001)
    at_pace = len(sink.sent)
    assert 13 <= at_pace <= 17  # 0.1 s of 1.25 Mb/s
    for _ in range(10):
        sender.enqueue(packet(2, Priority.AUDIO))
    sender.flush(now=1.1)
    assert priorities(sink).count(Priority.AUDIO) == 10


def test_who_has_most_waiting_is_dropped_alone() -> None:
    sender, _, drops = make()
    for number in range(200):
        sender.enqueue(packet(7 if number % 4 == 0 else 8))
        if sender.dropped_ssrcs:
            break
    assert sender.dropped_ssrcs == {8}
    assert 0 < sender.queued_bytes < 40_000
    assert drops[DropReason.PACER_OVERFLOW] > 60


def test_what_is_too_large_for_a_collapsed_line_is_dropped_whole() -> None:
    sender, sink, drops = make()
    for ssrc in (7, 8, 8):
        sender.enqueue(packet(ssrc))
    sender.drop_video()
    sender.flush(now=1.0)
    assert sender.idle
    assert not sink.sent
    assert sender.dropped_ssrcs == {7, 8}
    assert drops[DropReason.PACER_OVERFLOW] == 3
