"""What is counted while virtual time runs, in samples of SAMPLE_S."""

from __future__ import annotations

from array import array

SAMPLE_S = 0.5


def sample_count(seconds: float) -> int:
    """How many samples a run has."""
    return max(1, round(seconds / SAMPLE_S))


class FlowSamples:
    """Of one sender: bytes sent and come, packets sent and lost, how long each that came had waited."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.sent_bytes = [0] * count
        self.got_bytes = [0] * count
        self.packets = [0] * count
        self.lost = [0] * count
        self.waits_s = [array("f") for _ in range(count)]

    def on_sent(self, size_bytes: int, at: float) -> None:
        """A packet left."""
        index = int(at / SAMPLE_S)
        if index < self.count:
            self.sent_bytes[index] += size_bytes
            self.packets[index] += 1

    def on_lost(self, sent_s: float) -> None:
        """A packet sent then never arrives."""
        index = int(sent_s / SAMPLE_S)
        if index < self.count:
            self.lost[index] += 1

    def on_arrival(self, size_bytes: int, at: float, waited_s: float) -> None:
        """A packet arrives at `at` (which may lie ahead), later than on an empty line by `waited_s`."""
        index = int(at / SAMPLE_S)
        if index < self.count:
            self.got_bytes[index] += size_bytes
            self.waits_s[index].append(waited_s)


class VoiceSamples:
    """Of all voices sent to one endpoint: packets, and those missing from what is heard."""

    def __init__(self, count: int, *, red: bool) -> None:
        """`red`: each packet carries the one before (RFC 2198), so that only two lost in a row are missed."""
        self.packets = [0] * count
        self.missing = [0] * count
        self._red = red
        self._gaps: dict[str, bool] = {}

    def on_packet(self, publisher: str, sent_s: float, *, arrived: bool) -> None:
        """The next packet of a voice, in order, and whether it came all the way."""
        index = int(sent_s / SAMPLE_S)
        if index >= len(self.packets):
            return
        self.packets[index] += 1
        if not self._red:
            self.missing[index] += not arrived
            return
        gap = self._gaps.get(publisher, False)
        self.missing[index] += gap and not arrived
        self._gaps[publisher] = not arrived


class StateSamples:
    """What an endpoint shows and what is thought of its line, once a sample."""

    def __init__(self) -> None:
        self.estimate_bps: list[int] = []
        self.stage: list[tuple[int, float]] = []  # height in pixels, share of the full motion; (0, 0.0): nothing
        self.others: list[int] = []  # the lowest height among the small pictures that come, 0 if none comes
        self.pictures: list[int] = []
        self.paused: list[int] = []
        self.queue_s: list[float] = []
