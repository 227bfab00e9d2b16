"""The last packets of one stream: one ring serves retransmission, duplicates and late joiners."""

from collections.abc import Iterator

from sfu.rtp.packet import Packet

KEEP_S = 3.0  # nobody asks for what is older, and at a slow stream's rate the ring would hold half a minute


class History:
    """A ring by extended sequence number; `capacity` is a power of two. `oldest`: nothing before it is kept."""

    __slots__ = ("_mask", "_ring", "capacity", "oldest")

    def __init__(self, capacity: int) -> None:
        assert capacity & (capacity - 1) == 0
        self.capacity = capacity
        self._mask = capacity - 1
        self._ring: list[Packet | None] = [None] * capacity
        self.oldest = -1

    def put(self, packet: Packet) -> None:
        """Keep a packet whose `sequence` is set; those `capacity` before it, or KEEP_S older, are forgotten."""
        ring, mask, sequence = self._ring, self._mask, packet.sequence
        ring[sequence & mask] = packet
        oldest = max(self.oldest, sequence - mask) if self.oldest >= 0 else sequence
        limit = packet.arrival_s - KEEP_S
        while oldest < sequence:
            old = ring[oldest & mask]
            if old is not None and old.arrival_s >= limit:
                break
            ring[oldest & mask] = None
            oldest += 1
        self.oldest = oldest

    def get(self, sequence: int) -> Packet | None:
        """The packet of this extended number, None if it never came or is forgotten."""
        packet = self._ring[sequence & self._mask]
        return packet if packet is not None and packet.sequence == sequence else None

    def has(self, sequence: int) -> bool:
        """Whether `get` would find it."""
        return self.get(sequence) is not None

    def since(self, first: int, last: int) -> Iterator[Packet]:
        """What is there from `first` to `last`, in order."""
        for sequence in range(max(first, last - self.capacity + 1), last + 1):
            packet = self.get(sequence)
            if packet is not None:
                yield packet

    def clear(self) -> None:
        """Forget everything."""
        self._ring = [None] * self.capacity
        self.oldest = -1
