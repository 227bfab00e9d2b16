"""The last packets of one stream: one ring serves retransmission, duplicates and late joiners."""

from collections.abc import Iterator

from sfu.rtp.packet import Packet


class History:
    """A ring by extended sequence number; `capacity` is a power of two."""

    __slots__ = ("_mask", "_ring", "capacity")

    def __init__(self, capacity: int) -> None:
        assert capacity & (capacity - 1) == 0
        self.capacity = capacity
        self._mask = capacity - 1
        self._ring: list[Packet | None] = [None] * capacity

    def put(self, packet: Packet) -> None:
        """Keep a packet whose `sequence` is set; the one `capacity` before it is forgotten."""
        self._ring[packet.sequence & self._mask] = packet

    def get(self, sequence: int) -> Packet | None:
        """The packet of this extended number, None if it never came or is forgotten."""
        packet = self._ring[sequence & self._mask]
        return packet if packet is not None and packet.sequence == sequence else None

    def since(self, first: int, last: int) -> Iterator[Packet]:
        """What is there from `first` to `last`, in order."""
        for sequence in range(max(first, last - self.capacity + 1), last + 1):
            packet = self.get(sequence)
            if packet is not None:
                yield packet

    def clear(self) -> None:
        """Forget everything."""
        self._ring = [None] * self.capacity
