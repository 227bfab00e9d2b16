"""Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01), both ways."""

from collections.abc import Iterator, Sequence
from struct import Struct

from sfu.errors import MalformedPacket
from sfu.rtp.rtcp import FMT_TRANSPORT_CC, RTPFB, TransportFeedback, rtcp_packet
from sfu.rtp.sequence import SequenceUnwrapper

_HEAD = Struct("!LLHHL")
DELTA_S = 0.00025
REFERENCE_S = 0.064
REFERENCE_DELTAS = 256  # REFERENCE_S / DELTA_S
MAX_STATUSES = 2000  # a feedback for more is hostile or useless; 50 ms of 5 Mb/s are about 30 packets
WINDOW = 1000  # arrivals older than this behind the newest are forgotten


def parse_transport_feedback_untrusted(body: bytes) -> TransportFeedback:
    """The RTCP body after its 4-byte header, padding removed. Raises MalformedPacket."""
    if len(body) < 16:
        raise MalformedPacket("transport-wide feedback cut short")
    base = int.from_bytes(body[8:10], "big")
    count = int.from_bytes(body[10:12], "big")
    reference = int.from_bytes(body[12:15], "big", signed=True)
    statuses, position = _statuses(body, count)
    deltas = _deltas(body, statuses, position)
    return TransportFeedback(
        sender_ssrc=int.from_bytes(body[0:4], "big"),
        media_ssrc=int.from_bytes(body[4:8], "big"),
        base_sequence=base,
        reference_time=reference,
        feedback_count=body[15],
        deltas=tuple(deltas),
    )


def _deltas(body: bytes, statuses: list[int], position: int) -> list[int | None]:
    deltas: list[int | None] = []
    end = len(body)
    for status in statuses:
        if status == 0:
            deltas.append(None)
        elif status == 1 and position < end:
            deltas.append(body[position])
            position += 1
        elif status == 2 and position + 2 <= end:
            delta = body[position] << 8 | body[position + 1]
            deltas.append(delta - 0x10000 if delta & 0x8000 else delta)
            position += 2
        else:
            raise MalformedPacket("transport-wide feedback deltas cut short")
    return deltas


def _statuses(body: bytes, count: int) -> tuple[list[int], int]:
    if count > MAX_STATUSES:
        raise MalformedPacket("transport-wide feedback for too many packets")
    statuses: list[int] = []
    position = 16
    while len(statuses) < count:
        if position + 2 > len(body):
            raise MalformedPacket("transport-wide feedback chunks cut short")
        chunk = int.from_bytes(body[position : position + 2], "big")
        position += 2
        if not chunk & 0x8000:
            statuses += [chunk >> 13 & 3] * min(chunk & 0x1FFF, count - len(statuses))
            if not chunk & 0x1FFF:
                raise MalformedPacket("transport-wide feedback run of no packets")
        elif chunk & 0x4000:
            statuses += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            statuses += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    return statuses[:count], position


def arrivals(feedback: TransportFeedback) -> Iterator[tuple[int, float | None]]:
    """(16-bit sequence number, arrival in seconds of the receiver's clock or None) of each packet reported."""
    ticks = feedback.reference_time * REFERENCE_DELTAS
    sequence = feedback.base_sequence
    for delta in feedback.deltas:
        if delta is None:
            yield sequence, None
        else:
            ticks += delta
            yield sequence, ticks * DELTA_S
        sequence = (sequence + 1) & 0xFFFF


class ArrivalRecorder:
    """Remembers when each transport-wide sequence number arrived and builds the feedback for the sender.

    What comes is only noted; it is put in order when feedback is built. expected, received: packets since the first,
    before any repair.
    """

    def __init__(self) -> None:
        self._unwrapper = SequenceUnwrapper()
        self._noted: list[tuple[int, float]] = []
        self._arrivals: dict[int, float] = {}
        self._next = -1
        self._count = 0
        self._first = -1
        self.received = 0

    def on_packet(self, sequence_number: int, *, arrival_s: float) -> None:
        """A packet came. Duplicates keep their first time; what was reported lost and comes late is reported again."""
        self._noted.append((sequence_number, arrival_s))
        if len(self._noted) >= WINDOW:
            self._put_in_order()

    @property
    def expected(self) -> int:
        """See above."""
        return 0 if self._first < 0 else self._unwrapper.highest + 1 - self._first

    def on_packets(self, arrivals: Sequence[tuple[int, float]]) -> None:
        """The same for several, (number, arrival) of each."""
        self._noted += arrivals

    def _put_in_order(self) -> None:
        noted, self._noted = self._noted, []
        unwrapper, arrivals, following = self._unwrapper, self._arrivals, self._next
        for number, arrival_s in noted:
            sequence = unwrapper.unwrap(number)
            if sequence in arrivals or sequence <= unwrapper.highest - WINDOW:
                continue
            arrivals[sequence] = arrival_s
            self.received += 1
            if self._first < 0:
                self._first = sequence
            if following < 0 or sequence < following:
                following = sequence
        oldest = unwrapper.highest - WINDOW
        if len(arrivals) > WINDOW:
            self._arrivals = {key: at for key, at in arrivals.items() if key > oldest}
            following = max(following, oldest + 1)
        self._next = following

    def build(self, *, sender_ssrc: int, media_ssrc: int) -> list[bytes]:
        """RTCP packets for everything since the last call; none if nothing came."""
        if self._noted:
            self._put_in_order()
        packets = []
        while self._arrivals:
            first = self._next
            deltas, reference, after = self._take(first)
            packets.append(self._packet(sender_ssrc, media_ssrc, first, reference, deltas))
            self._next = after
        return packets

    def _take(self, first: int) -> tuple[list[int | None], int, int]:
        """Statuses from `first` until the end, MAX_STATUSES, or a delta that 16 bits cannot say."""
        waiting = self._arrivals
        reference = int(waiting[min(waiting)] / REFERENCE_S)
        ticks = reference * REFERENCE_DELTAS
        deltas: list[int | None] = []
        sequence = first
        for sequence in range(first, min(max(waiting) + 1, first + MAX_STATUSES)):
            at = waiting.get(sequence)
            if at is None:
                deltas.append(None)
                continue
            delta = round(at / DELTA_S) - ticks
            if not -32768 <= delta <= 32767:
                return deltas, reference, sequence
            ticks += delta
            deltas.append(delta)
            del waiting[sequence]
        return deltas, reference, sequence + 1

    def _packet(self, sender_ssrc: int, media_ssrc: int, first: int, reference: int, deltas: list[int | None]) -> bytes:
        count, self._count = self._count, (self._count + 1) & 0xFF
        statuses = [0 if delta is None else 1 if 0 <= delta <= 255 else 2 for delta in deltas]
        body = _HEAD.pack(sender_ssrc, media_ssrc, first & 0xFFFF, len(deltas), (reference & 0xFFFFFF) << 8 | count)
        body += _chunks(statuses)
        if 2 in statuses:
            body += b"".join(
                delta.to_bytes(1, "big") if status == 1 else delta.to_bytes(2, "big", signed=True)
                for status, delta in zip(statuses, deltas, strict=True)
                if delta is not None
            )
        else:
            body += bytes([delta for delta in deltas if delta is not None])
        return rtcp_packet(FMT_TRANSPORT_CC, RTPFB, body + bytes(-len(body) % 4))


def _chunks(statuses: list[int]) -> bytes:
    """Run-length chunks for runs of 7 and more, two-bit vectors of 7 otherwise."""
    out = bytearray()
    position = 0
    while position < len(statuses):
        run = 1
        while position + run < len(statuses) and run < 0x1FFF and statuses[position + run] == statuses[position]:
            run += 1
        if run >= 7 or position + run == len(statuses):
            out += (statuses[position] << 13 | run).to_bytes(2, "big")
            position += run
            continue
        chunk = 0xC000
        for index, status in enumerate(statuses[position : position + 7]):
            chunk |= status << 12 - 2 * index
        out += chunk.to_bytes(2, "big")
        position += 7
    return bytes(out)
