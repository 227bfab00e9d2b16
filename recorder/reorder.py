"""Packets of one SSRC back in their order (pure)."""

from __future__ import annotations

from sfu.rtp.packet import Packet
from sfu.rtp.sequence import SequenceUnwrapper

WINDOW_PACKETS = 600
WINDOW_S = 1.5  # retransmission is given up after one second


class Reorderer:
    """Gives packets out in order; one that is missing is waited for as long as it may still come."""

    def __init__(self) -> None:
        self._unwrapper = SequenceUnwrapper()
        self._waiting: dict[int, Packet] = {}
        self._next = -1

    def push(self, packet: Packet) -> list[Packet]:
        """What can go on now. Duplicates and what comes too late are left out."""
        sequence = packet.sequence = self._unwrapper.unwrap(packet.sequence_number)
        if self._next < 0:
            self._next = sequence
        if sequence < self._next or sequence in self._waiting:
            return []
        self._waiting[sequence] = packet
        out = self._ready()
        while self._waiting and self._overdue(packet.arrival_s):
            self._next = min(self._waiting)
            out += self._ready()
        return out

    def flush(self) -> list[Packet]:
        """Everything that still waits."""
        out = [self._waiting[sequence] for sequence in sorted(self._waiting)]
        self._waiting.clear()
        return out

    def _ready(self) -> list[Packet]:
        out = []
        while self._next in self._waiting:
            out.append(self._waiting.pop(self._next))
            self._next += 1
        return out

    def _overdue(self, now: float) -> bool:
        oldest = self._waiting[min(self._waiting)]
        return len(self._waiting) > WINDOW_PACKETS or now - oldest.arrival_s > WINDOW_S
