"""Sequence numbers and timestamps that wrap (RFC 3550 §A.1, RFC 1982 arithmetic)."""


def sequence_newer(a: int, b: int) -> bool:
    """Whether 16-bit sequence number `a` comes after `b`."""
    return a != b and (a - b) & 0xFFFF < 0x8000


def sequence_difference(a: int, b: int) -> int:
    """How far `a` is ahead of `b`, −32768 to 32767."""
    return ((a - b + 0x8000) & 0xFFFF) - 0x8000


def timestamp_difference(a: int, b: int) -> int:
    """How far 32-bit timestamp `a` is ahead of `b`, −2³¹ to 2³¹−1, in units of the clock."""
    return ((a - b + 0x80000000) & 0xFFFFFFFF) - 0x80000000


class SequenceUnwrapper:
    """Extends 16-bit numbers to integers that never wrap; the nearest to the highest seen is meant.

    The first number is taken as 65536 plus itself, so that what came just before it stays positive.
    """

    __slots__ = ("highest",)

    def __init__(self) -> None:
        self.highest = -1

    def unwrap(self, number: int) -> int:
        """The extended number; moves `highest` when it is newer."""
        highest = self.highest
        if highest < 0:
            self.highest = number + 0x10000
            return self.highest
        extended = highest + ((number - highest + 0x8000) & 0xFFFF) - 0x8000
        if extended > highest:
            self.highest = extended
        return extended


class TimestampUnwrapper:
    """The same for 32-bit timestamps."""

    __slots__ = ("highest",)

    def __init__(self) -> None:
        self.highest = -1

    def unwrap(self, timestamp: int) -> int:
        """The extended timestamp, in units of the clock."""
        highest = self.highest
        if highest < 0:
            self.highest = timestamp + 0x100000000
            return self.highest
        extended = highest + timestamp_difference(timestamp, highest & 0xFFFFFFFF)
        if extended > highest:
            self.highest = extended
        return extended
