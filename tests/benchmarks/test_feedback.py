"""The feedback builder against the server's parser."""

import random

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.feedback import MAX_STATUSES, RING, FeedbackRing
from sfu.rtp.rtcp import TransportFeedback
from sfu.rtp.rtcp_parse import parse_compound_untrusted
from sfu.rtp.transport_feedback import DELTA_S, arrivals

NOW_S = 1_795_000_000.0  # Unix time: what the ring is fed with


def built(ring: FeedbackRing) -> list[TransportFeedback]:
    packets = []
    for data in ring.build(sender_ssrc=5, media_ssrc=6):
        (packet,) = parse_compound_untrusted(data)
        assert isinstance(packet, TransportFeedback)
        packets.append(packet)
    return packets


def told(packets: list[TransportFeedback]) -> list[tuple[int, float | None]]:
    return [each for packet in packets for each in arrivals(packet)]


def fed(*numbers: int, interval_s: float = 0.001) -> FeedbackRing:
    ring = FeedbackRing()
    for place, number in enumerate(numbers):
        ring.on_number(number & 0xFFFF, NOW_S + interval_s * place)
    return ring


def test_arrivals_are_told_to_a_quarter_of_a_millisecond() -> None:
    found = told(built(fed(1, 2, 3, 4, interval_s=0.0137)))
    assert [number for number, _ in found] == [1, 2, 3, 4]
    times = [at for _, at in found if at is not None]
    for place, at in enumerate(times):
        assert abs(at - times[0] - 0.0137 * place) <= DELTA_S


def test_what_did_not_come_is_told_as_missing_over_the_wrap() -> None:
    found = told(built(fed(65_534, 65_535, 2, 3)))
    assert [number for number, _ in found] == [65_534, 65_535, 0, 1, 2, 3]
    assert [at is None for _, at in found] == [False, False, True, True, False, False]


def test_each_number_is_told_once() -> None:
    ring = fed(1, 2, 3)
    assert len(told(built(ring))) == 3
    assert built(ring) == []
    ring.on_number(4, NOW_S + 1)
    assert [number for number, _ in told(built(ring))] == [4]


def test_a_late_one_is_told_with_what_lies_behind_it() -> None:
    ring = fed(1, 2, 5, 6)
    built(ring)
    ring.on_number(4, NOW_S + 0.1)
    found = told(built(ring))
    assert [number for number, _ in found] == [4, 5, 6]
    assert all(at is not None for _, at in found)


def test_of_duplicates_the_first_arrival_counts() -> None:
    ring = fed(1, 2)
    ring.on_number(1, NOW_S + 5)
    found = told(built(ring))
    assert len(found) == 2
    assert found[1][1] > found[0][1]  # type: ignore[operator]


def test_a_pause_that_a_delta_cannot_say_begins_another_packet() -> None:
    ring = fed(1, 2)
    ring.on_number(3, NOW_S + 60)
    packets = built(ring)
    assert [len(packet.deltas) for packet in packets] == [2, 1]
    found = told(packets)
    assert abs(found[2][1] - found[0][1] - 60) < 0.001  # type: ignore[operator]


def test_feedback_packets_are_counted_in_order() -> None:
    ring = fed(*range(2 * MAX_STATUSES))
    packets = built(ring)
    assert [packet.feedback_count for packet in packets] == [1, 2]
    assert (packets[0].sender_ssrc, packets[0].media_ssrc) == (5, 6)


def test_a_jump_beyond_the_ring_forgets_what_was_before() -> None:
    ring = fed(1, 2, RING + 100)
    found = told(built(ring))
    assert len(found) == RING
    assert [number for number, at in found if at is not None] == [RING + 100]


@given(st.integers(0, 65_535), st.floats(0, 0.4), st.integers(0, 6), st.integers(0, 1 << 30))
def test_any_loss_and_disorder_is_told_as_it_was(first: int, loss: float, reach: int, seed: int) -> None:
    draw = random.Random(seed)
    came = [number for number in range(first, first + 300) if draw.random() >= loss] or [first]
    order = sorted(came, key=lambda number: number + draw.random() * reach)
    ring = FeedbackRing()
    arrival = {}
    for place, number in enumerate(order):
        arrival[number & 0xFFFF] = 0.0007 * place
        ring.on_number(number & 0xFFFF, NOW_S + 0.0007 * place)
    found = {number: at for number, at in told(built(ring)) if at is not None}
    assert found.keys() == arrival.keys()
    shift = {round(found[number] - arrival[number], 2) for number in found}
    assert max(shift) - min(shift) <= 0.01
