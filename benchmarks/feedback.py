"""Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01), built from a ring of arrival times."""

from __future__ import annotations

from struct import Struct

from sfu.rtp.rtcp import FMT_TRANSPORT_CC, RTPFB

RING = 4096  # numbers that are remembered; 50 ms of a saturated core are about 2,000
MAX_STATUSES = 1000
TICKS_PER_S = 4000.0  # a delta is a multiple of 250 µs
TICKS_PER_REFERENCE = 256  # the reference time is a multiple of 64 ms
MISSING, SMALL, LARGE = 0, 1, 2
MAX_RUN = 0x1FFF
VECTOR_SYMBOLS = 7
_HEADER = Struct("!BBHLLHH")


class FeedbackRing:
    """When each transport-wide number arrived. After a late one everything from it on is reported again."""

    def __init__(self) -> None:
        self._arrivals = [0.0] * RING
        self._base_s = 0.0
        self._highest = -1
        self._next = 0  # the first number to report
        self._count = 0

    def on_number(self, number: int, arrival_s: float) -> None:
        """A packet with this 16-bit number came at `arrival_s` (any clock). Of duplicates the first counts."""
        highest = self._highest
        if (number - highest) & 0xFFFF == 1 and highest >= 0:
            self._highest = highest = highest + 1
            self._arrivals[highest % RING] = arrival_s
        else:
            self._out_of_step(number, arrival_s)

    def _out_of_step(self, number: int, arrival_s: float) -> None:
        highest, arrivals = self._highest, self._arrivals
        step = (number - highest) & 0xFFFF
        if highest < 0:
            self._base_s = arrival_s - 1.0
            self._highest = self._next = number + 0x10000
            arrivals[self._highest % RING] = arrival_s
        elif 0 < step < 0x8000:
            for skipped in range(highest + max(1, step - RING + 1), highest + step):
                arrivals[skipped % RING] = 0.0
            self._highest = highest + step
            arrivals[self._highest % RING] = arrival_s
        elif step:
            late = highest + step - 0x10000
            if late > highest - RING and not arrivals[late % RING]:
                arrivals[late % RING] = arrival_s
                self._next = min(self._next, late)

    def build(self, *, sender_ssrc: int, media_ssrc: int) -> list[bytes]:
        """RTCP packets for what came since the last call; none if nothing came."""
        packets = []
        self._next = max(self._next, self._highest - RING + 1)
        while 0 <= self._next <= self._highest:
            packets.append(self._take(sender_ssrc, media_ssrc))
        return packets

    def _take(self, sender_ssrc: int, media_ssrc: int) -> bytes:
        """One packet: until the highest, MAX_STATUSES, or a delta that 16 bits cannot say."""
        first = self._next
        times = self._times(first, min(self._highest + 1, first + MAX_STATUSES))
        begin = next((at for at in times if at), self._base_s)
        reference = int((begin - self._base_s) * TICKS_PER_S) // TICKS_PER_REFERENCE
        ticks = self._base_s * TICKS_PER_S + reference * TICKS_PER_REFERENCE
        statuses, deltas = bytearray(), bytearray()
        for at in times:
            if not at:
                statuses.append(MISSING)
                continue
            delta = int(at * TICKS_PER_S - ticks + 0.5)
            if 0 <= delta < 256:
                statuses.append(SMALL)
                deltas.append(delta)
            elif -0x8000 <= delta < 0x8000:
                statuses.append(LARGE)
                deltas += (delta & 0xFFFF).to_bytes(2, "big")
            else:
                break
            ticks += delta
        self._next = first + len(statuses)
        body = _chunks(statuses) + deltas
        body += bytes(-len(body) % 4)
        self._count = (self._count + 1) & 0xFF
        return (
            _HEADER.pack(
                0x80 | FMT_TRANSPORT_CC,
                RTPFB,
                4 + len(body) // 4,
                sender_ssrc,
                media_ssrc,
                first & 0xFFFF,
                len(statuses),
            )
            + (reference & 0xFFFFFF).to_bytes(3, "big")
            + bytes((self._count,))
            + body
        )

    def _times(self, first: int, end: int) -> list[float]:
        start, count = first % RING, end - first
        times = self._arrivals[start : start + count]
        return times if len(times) == count else times + self._arrivals[: count - len(times)]


def _chunks(statuses: bytearray) -> bytearray:
    """Run-length chunks for runs of 7 and more and for the last run, two-bit vectors otherwise."""
    out = bytearray()
    position, size = 0, len(statuses)
    while position < size:
        status = statuses[position]
        rest = statuses[position : position + MAX_RUN]
        run = len(rest) - len(rest.lstrip(bytes((status,))))
        if run >= VECTOR_SYMBOLS or position + run == size:
            out += (status << 13 | run).to_bytes(2, "big")
            position += run
            continue
        chunk = 0xC000
        for index, symbol in enumerate(statuses[position : position + VECTOR_SYMBOLS]):
            chunk |= symbol << 12 - 2 * index
        out += chunk.to_bytes(2, "big")
        position += VECTOR_SYMBOLS
    return out
