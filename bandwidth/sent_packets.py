"""Remembers what was sent under which transport-wide sequence number, and matches feedback to it."""

from array import array
from collections.abc import Iterable

from bandwidth.feedback import PacketFate

CAPACITY = 4096  # a second of 30 Mb/s; a power of two that divides 65536
OLDEST_S = 5.0  # feedback on what was sent longer ago says nothing of the line now


class SentPackets:
    """A ring of the last CAPACITY packets. Duplicate, late and invented feedback matches nothing.

    Flat arrays, so that what sends in C can write them too: numbers (−1: reported, or never used), sizes in bytes,
    times in seconds, probes (1: padding sent to look for room).
    """

    def __init__(self) -> None:
        self.numbers = array("i", [-1]) * CAPACITY
        self.sizes = array("I", [0]) * CAPACITY
        self.times = array("d", [0.0]) * CAPACITY
        self.probes = array("B", [0]) * CAPACITY
        self._next = 0

    def record(self, size_bytes: int, now: float, is_probe: bool = False) -> int:
        """The 16-bit number to stamp on a packet of this size sent now."""
        sequence = self._next
        self._next = (sequence + 1) & 0xFFFF
        index = sequence % CAPACITY
        self.numbers[index] = sequence
        self.sizes[index] = size_bytes
        self.times[index] = now
        self.probes[index] = is_probe
        return sequence

    def match(self, arrivals: Iterable[tuple[int, float | None]], *, now: float) -> list[PacketFate]:
        """Results for the packets reported, each once as received; one reported lost may still be received later."""
        numbers, sizes, times, probes = self.numbers, self.sizes, self.times, self.probes
        results: list[PacketFate] = []
        for sequence, received_at in arrivals:
            index = sequence % CAPACITY
            if numbers[index] != sequence or now - times[index] > OLDEST_S:
                continue
            results.append((sequence, sizes[index], times[index], received_at, probes[index] != 0))
            if received_at is not None:
                numbers[index] = -1
        return results
