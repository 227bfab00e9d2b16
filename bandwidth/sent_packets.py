"""Remembers what was sent under which transport-wide sequence number, and matches feedback to it."""

from collections.abc import Iterable

from bandwidth.feedback import PacketResult

CAPACITY = 4096  # a second of 30 Mb/s; a power of two that divides 65536
OLDEST_S = 5.0  # feedback on what was sent longer ago says nothing of the line now


class SentPackets:
    """A ring of the last CAPACITY packets. Duplicate, late and invented feedback matches nothing."""

    def __init__(self) -> None:
        self._ring: list[tuple[int, int, float, bool] | None] = [None] * CAPACITY
        self._next = 0

    def record(self, size_bytes: int, now: float, is_probe: bool = False) -> int:
        """The 16-bit number to stamp on a packet of this size sent now."""
        sequence = self._next
        self._next = (sequence + 1) & 0xFFFF
        self._ring[sequence % CAPACITY] = (sequence, size_bytes, now, is_probe)
        return sequence

    def match(self, arrivals: Iterable[tuple[int, float | None]], *, now: float) -> list[PacketResult]:
        """Results for the packets reported, each once as received; one reported lost may still be received later."""
        results = []
        for sequence, received_at in arrivals:
            index = sequence % CAPACITY
            entry = self._ring[index]
            if entry is None or entry[0] != sequence or now - entry[2] > OLDEST_S:
                continue
            results.append(PacketResult(sequence, entry[1], entry[2], received_at, entry[3]))
            if received_at is not None:
                self._ring[index] = None
        return results
