"""The kernel's arrival times (SO_TIMESTAMPNS) on the media clock (pure)."""

from struct import Struct

TIMESPEC = Struct("=qq")
MAX_AGE_S = 5.0  # a stamp older than this tells of a stepped wall clock, not of a late read


def arrival_s(stamp: bytes | bytearray, position: int, *, now: float, offset_s: float) -> float:
    """The struct timespec at `position` as monotonic seconds; `now` if it cannot be right.

    offset_s: monotonic minus wall clock.
    """
    seconds, nanoseconds = TIMESPEC.unpack_from(stamp, position)
    arrival: float = seconds + nanoseconds * 1e-9 + offset_s
    return arrival if 0.0 <= now - arrival <= MAX_AGE_S else now
