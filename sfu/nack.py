"""What is missing of an incoming stream, and when to ask for it again (RFC 4585 §6.2.1)."""

REORDER_TOLERANCE_S = 0.010  # a packet that overtakes another by less is not a loss
RETRY_MIN_S = 0.020
MAX_TRIES = 10
GIVE_UP_S = 1.0
MAX_MISSING = 500  # beyond that a key frame is cheaper


class NackGenerator:
    """Feeds on extended sequence numbers; `due` says what to ask for and what to give up."""

    def __init__(self) -> None:
        self.highest = -1
        self._missing: dict[int, list[float]] = {}  # number → [due at, tries, since]
        self._given_up: list[int] = []

    @property
    def busy(self) -> bool:
        """Whether anything is missing or to be given up."""
        return bool(self._missing or self._given_up)

    def on_packet(self, sequence: int, *, now: float) -> None:
        """A packet came, new or recovered."""
        highest = self.highest
        if sequence == highest + 1 or highest < 0:
            self.highest = sequence
        elif sequence > highest:
            self._open_gap(highest + 1, sequence, now)
            self.highest = sequence
        else:
            self._missing.pop(sequence, None)

    def _open_gap(self, first: int, end: int, now: float) -> None:
        if end - first + len(self._missing) > MAX_MISSING:
            self._given_up += [*self._missing, *range(max(first, end - MAX_MISSING), end)]
            self._missing.clear()
            return
        due = now + REORDER_TOLERANCE_S
        for number in range(first, end):
            self._missing[number] = [due, 0, now]

    def due(self, *, now: float, rtt_s: float) -> tuple[list[int], list[int]]:
        """(numbers to ask for now, numbers given up), oldest first. Asked again after an RTT or more."""
        ask = []
        for number, entry in self._missing.items():
            if entry[1] >= MAX_TRIES or now - entry[2] > GIVE_UP_S:
                self._given_up.append(number)
            elif now >= entry[0]:
                entry[1] += 1
                entry[0] = now + max(rtt_s, RETRY_MIN_S) * (1 + 0.25 * entry[1])
                ask.append(number)
        given_up, self._given_up = sorted(self._given_up), []
        for number in given_up:
            self._missing.pop(number, None)
        return ask, given_up

    def forget(self) -> None:
        """Ask for nothing more (the stream restarts at a key frame)."""
        self._missing.clear()
