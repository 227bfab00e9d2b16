"""The numbers of a stream that did not come: when to ask for each again, and when to give it up."""

from __future__ import annotations

TOLERANCE_S = 0.010  # a packet that is merely out of order comes within this time
MIN_RETRY_S = 0.020
GROWTH = 1.25  # of the wait from one try to the next: ten tries take 0.67 s at the least
MAX_TRIES = 10


class _Gap:
    __slots__ = ("due_s", "tries")

    def __init__(self, due_s: float) -> None:
        self.due_s = due_s
        self.tries = 0


class Gaps:
    """Extended sequence numbers. `missing`: what is still waited for; `given_up`: what is not any more."""

    def __init__(self) -> None:
        self.missing: dict[int, _Gap] = {}
        self.given_up: set[int] = set()

    def open(self, first: int, end: int, *, now: float) -> None:
        """Numbers from `first` to before `end` were passed over at `now`."""
        due = now + TOLERANCE_S
        for number in range(first, end):
            self.missing[number] = _Gap(due)

    def close(self, number: int) -> bool:
        """The number came after all, by whatever way; False if it was not missing."""
        if self.missing.pop(number, None) is not None:
            return True
        if number in self.given_up:
            self.given_up.remove(number)
            return True
        return False

    def due(self, *, now: float, rtt_s: float) -> tuple[list[int], list[int]]:
        """(numbers to ask for now, numbers given up now). A number asked for counts as tried."""
        asked, lost = [], []
        for number, gap in self.missing.items():
            if gap.due_s > now:
                continue
            if gap.tries == MAX_TRIES:
                lost.append(number)
                continue
            gap.due_s = now + max(rtt_s, MIN_RETRY_S) * GROWTH**gap.tries
            gap.tries += 1
            asked.append(number)
        for number in lost:
            del self.missing[number]
        self.given_up.update(lost)
        return sorted(asked), sorted(lost)

    def abandon(self, end: int) -> None:
        """Numbers before `end` are of no use any more."""
        passed = [number for number in self.missing if number < end]
        for number in passed:
            del self.missing[number]
        self.given_up.update(passed)

    def count(self, first: int, end: int) -> int:
        """How many numbers from `first` to before `end` are not there."""
        return sum(first <= number < end for group in (self.missing, self.given_up) for number in group)
