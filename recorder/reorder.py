"""Packets of one SSRC back in their order (pure)."""

from __future__ import annotations

from sfu.rtp.packet import Packet
from sfu.rtp.sequence import SequenceUnwrapper

WINDOW_PACKETS = 600
WINDOW_S = 1.5  # retransmission is given up after one second
PAUSE_S = 5.0  # a layer that nobody followed so long may be anywhere in its numbers
BEGIN_S = 0.1  # the first packet to come need not be the first that was sent


class Reorderer:
    """Gives packets out in order; one that is missing is waited for as long as it may still come."""

    def __init__(self) -> None:
        self._waiting: dict[int, Packet] = {}
        self._last_s: float | None = None
        self._unwrapper = SequenceUnwrapper()
        self._next = 0
        self._begun_s = 0.0
        self._settled = False

    def push(self, packet: Packet) -> list[Packet]:
        """What can go on now. Duplicates and what comes too late are left out."""
        before: list[Packet] = []
        if self._last_s is None or packet.arrival_s - self._last_s > PAUSE_S:
            before = self.flush()
            self._begin(packet)
        self._last_s = packet.arrival_s
        return before + self._push(packet)

    def _begin(self, packet: Packet) -> None:
        """The numbers go on from here: forward, however far; the very next one if that is what came."""
        highest = self._unwrapper.highest
        if highest >= 0:
            self._unwrapper.highest = highest + ((packet.sequence_number - highest) & 0xFFFF)
        self._begun_s, self._settled = packet.arrival_s, False

    def _push(self, packet: Packet) -> list[Packet]:
        sequence = packet.sequence = self._unwrapper.unwrap(packet.sequence_number)
        if sequence < self._next or sequence in self._waiting:
            return []
        self._waiting[sequence] = packet
        if not self._settled:
            if packet.arrival_s - self._begun_s < BEGIN_S and len(self._waiting) < WINDOW_PACKETS:
                return []
            self._settled, self._next = True, min(self._waiting)
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
