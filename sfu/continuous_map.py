"""Numbers that stay continuous while some are left out: sequence numbers and picture ids on their way out."""

from collections import deque

SEGMENTS = 128  # places where something was left out; older numbers than the oldest place are not mapped any more


class ContinuousMap:
    """Maps extended input numbers to output numbers, closing the gaps of those left out on purpose.

    A number that never came keeps its gap, so that the receiver can ask for it. Late numbers map as those around them.
    """

    __slots__ = ("_first", "_offset", "_older", "highest_in", "highest_out")

    def __init__(self, first_out: int) -> None:
        self._older: deque[tuple[int, int]] = deque(maxlen=SEGMENTS)
        self.restart(first_out)

    def restart(self, first_out: int) -> None:
        """As if new."""
        self.highest_in = -1
        self.highest_out = first_out - 1
        self._first = 0
        self._offset = 0
        self._older.clear()

    def begin(self, first_in: int) -> None:
        """Another input: `first_in` becomes the number after the highest given out."""
        self._older.clear()
        self._first = first_in
        self._offset = self.highest_out + 1 - first_in
        self.highest_in = first_in - 1

    def forward(self, number: int) -> int | None:
        """The output number; None if it is older than what is remembered, or than the input's beginning."""
        if number >= self._first:
            out = number + self._offset
            if number > self.highest_in:
                self.highest_in = number
                self.highest_out = out
            return out
        for first, offset in reversed(self._older):
            if number >= first:
                return number + offset
        return None

    def leave_out(self, number: int) -> bool:
        """Do not give `number` an output. False if later ones have already been given theirs: the gap stays."""
        if number <= self.highest_in:
            return False
        if number != self._first:
            self._older.append((self._first, self._offset))
        self._first = number + 1
        self._offset -= 1
        self.highest_in = number
        self.highest_out = number + self._offset
        return True

    def source(self, out: int) -> int | None:
        """The input number that went out as `out`; None if none did since `begin`, or it is forgotten."""
        if out > self.highest_out:
            return None
        number = out - self._offset
        if number >= self._first:
            return number
        for first, offset in reversed(self._older):
            number = out - offset
            if number >= first:
                return number
        return None
