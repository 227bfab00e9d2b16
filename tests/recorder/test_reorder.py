"""Packets back in their order."""

from __future__ import annotations

from itertools import pairwise

import pytest

from recorder.reorder import Reorderer
from sfu.rtp.packet import Packet, parse_rtp_untrusted


def packet(number: int, at_s: float) -> Packet:
    head = bytes((0x80, 96)) + (number & 0xFFFF).to_bytes(2, "big") + bytes(4) + (11).to_bytes(4, "big")
    return parse_rtp_untrusted(head + b"x", arrival_s=at_s)


def order(numbers: list[int], *, step_s: float = 0.05) -> list[int]:
    reorderer = Reorderer()
    out = []
    for index, number in enumerate(numbers):
        out += reorderer.push(packet(number, 10 + index * step_s))
    out += reorderer.flush()
    return [each.sequence_number for each in out]


@pytest.mark.parametrize(
    ("came", "given"),
    [
        ([5, 6, 7, 8], [5, 6, 7, 8]),
        ([6, 5, 7, 8], [5, 6, 7, 8]),  # the second that was sent came first
        ([0, 65535, 1, 2], [65535, 0, 1, 2]),
        ([65534, 0, 65535, 1], [65534, 65535, 0, 1]),
        ([5, 6, 6, 5, 7, 8], [5, 6, 7, 8]),
        ([5, 6, 8, 7], [5, 6, 7, 8]),
        ([5], [5]),
    ],
)
def test_packets_come_out_in_order_and_once(came: list[int], given: list[int]) -> None:
    assert order(came) == given


def test_what_never_comes_is_waited_for_and_then_left_out() -> None:
    numbers = [1, 2, 3, *range(5, 60)]
    reorderer = Reorderer()
    out: list[int] = []
    for index, number in enumerate(numbers):
        out += [each.sequence_number for each in reorderer.push(packet(number, 10 + index * 0.05))]
        if number == 20:
            assert out == [1, 2, 3], "4 may still come"
    assert out == numbers
    assert reorderer.push(packet(4, 20.0)) == [], "too late"


@pytest.mark.parametrize("ahead", [1, 20_000, 32_768, 40_000, 65_535])
def test_a_layer_that_was_not_followed_for_minutes_goes_on_wherever_its_numbers_are(ahead: int) -> None:
    reorderer = Reorderer()
    out = []
    for index in range(10):
        out += reorderer.push(packet(100 + index, 10 + index * 0.05))
    for index in range(10):
        out += reorderer.push(packet(109 + ahead + index, 400 + index * 0.05))
    out += reorderer.flush()
    assert len(out) == 20
    assert [each.arrival_s for each in out] == sorted(each.arrival_s for each in out)


def test_after_a_pause_what_follows_directly_is_no_gap() -> None:
    """A screen that nobody scrolls sends nothing for minutes; its next picture builds on the last one."""
    reorderer = Reorderer()
    out = []
    for index, number in enumerate([65_534, 65_535, 0, 1]):
        out += reorderer.push(packet(number, 10 + index * 0.2))
    for index, number in enumerate([2, 3]):
        out += reorderer.push(packet(number, 300 + index * 0.2))
    assert [later.sequence - earlier.sequence for earlier, later in pairwise(out)] == [1] * 5
