"""What an outgoing stream remembers from packet to packet, and from one publication behind it to the next."""

from sfu.continuous_map import ContinuousMap


class OutgoingNumbers:
    """sequences: from the publication's numbers to ours. timestamp_offset: what is added to its timestamps.

    last_timestamp, last_arrival_s: of the newest packet given out, in our timestamps; None before the first.
    """

    __slots__ = (
        "last_arrival_s",
        "last_timestamp",
        "octet_count",
        "packet_count",
        "sequences",
        "timestamp_offset",
    )

    def __init__(self, first_sequence: int) -> None:
        self.sequences = ContinuousMap(first_sequence)
        self.timestamp_offset = 0
        self.last_timestamp: int | None = None
        self.last_arrival_s = 0.0
        self.packet_count = 0
        self.octet_count = 0

    def count(self, sequence: int, timestamp: int, arrival_s: float, payload_bytes: int) -> None:
        """A packet goes out under this number; `timestamp` is ours already."""
        if sequence == self.sequences.highest_out:
            self.last_timestamp, self.last_arrival_s = timestamp, arrival_s
        self.packet_count += 1
        self.octet_count += payload_bytes


class PictureNumbers:
    """The same for VP8 picture ids (extended over their 15-bit wrap) and TL0PICIDX; −1: none was given out yet."""

    __slots__ = ("highest_picture", "last_tl0", "pictures", "tl0_offset")

    def __init__(self) -> None:
        self.pictures = ContinuousMap(1)
        self.highest_picture = -1
        self.tl0_offset = 0
        self.last_tl0 = -1
