"""Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01), both ways."""

from collections.abc import Iterator

from sfu.errors import MalformedPacket
from sfu.rtp.rtcp import FMT_TRANSPORT_CC, RTPFB, TransportFeedback, rtcp_packet
from sfu.rtp.sequence import SequenceUnwrapper

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
    deltas: list[int | None] = []
    for status in statuses:
        if status == 0:
            deltas.append(None)
            continue
        size = 1 if status == 1 else 2
        if status == 3 or position + size > len(body):
            raise MalformedPacket("transport-wide feedback deltas cut short")
        deltas.append(int.from_bytes(body[position : position + size], "big", signed=size == 2))
        position += size
    return TransportFeedback(
        sender_ssrc=int.from_bytes(body[0:4], "big"),
        media_ssrc=int.from_bytes(body[4:8], "big"),
        base_sequence=base,
        reference_time=reference,
        feedback_count=body[15],
        deltas=tuple(deltas),
    )


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
    """Remembers when each transport-wide sequence number arrived and builds the feedback for the sender."""

    def __init__(self) -> None:
        self._unwrapper = SequenceUnwrapper()
        self._arrivals: dict[int, float] = {}
        self._next = -1
        self._count = 0

    def on_packet(self, sequence_number: int, *, arrival_s: float) -> None:
        """A packet came. Duplicates keep their first time; what was reported lost and comes late is reported again."""
        sequence = self._unwrapper.unwrap(sequence_number)
        if sequence <= self._unwrapper.highest - WINDOW:
            return
        if sequence not in self._arrivals:
            self._arrivals[sequence] = arrival_s
            if self._next < 0 or sequence < self._next:
                self._next = sequence
        if len(self._arrivals) > WINDOW:
            oldest = self._unwrapper.highest - WINDOW
            self._arrivals = {key: at for key, at in self._arrivals.items() if key > oldest}
            self._next = max(self._next, oldest + 1)

    def build(self, *, sender_ssrc: int, media_ssrc: int) -> list[bytes]:
        """RTCP packets for everything since the last call; none if nothing came."""
        packets = []
        while self._arrivals:
            first = self._next
            deltas, reference, after = self._take(first)
            packets.append(self._packet(sender_ssrc, media_ssrc, first, reference, deltas))
            self._next = after
        return packets

    def _take(self, first: int) -> tuple[list[int | None], int, int]:
        """Statuses from `first` until the end, MAX_STATUSES, or a delta that 16 bits cannot say."""
        reference = int(self._arrivals[min(self._arrivals)] / REFERENCE_S)
        ticks = reference * REFERENCE_DELTAS
        deltas: list[int | None] = []
        last = max(self._arrivals)
        sequence = first
        while sequence <= last and len(deltas) < MAX_STATUSES:
            at = self._arrivals.get(sequence)
            if at is None:
                deltas.append(None)
            else:
                delta = round(at / DELTA_S) - ticks
                if not -32768 <= delta <= 32767:
                    break
                ticks += delta
                deltas.append(delta)
                del self._arrivals[sequence]
            sequence += 1
        return deltas, reference, sequence

    def _packet(self, sender_ssrc: int, media_ssrc: int, first: int, reference: int, deltas: list[int | None]) -> bytes:
        body = sender_ssrc.to_bytes(4, "big") + media_ssrc.to_bytes(4, "big")
        body += (first & 0xFFFF).to_bytes(2, "big") + len(deltas).to_bytes(2, "big")
        body += (reference & 0xFFFFFF).to_bytes(3, "big") + bytes((self._count,))
        self._count = (self._count + 1) & 0xFF
        statuses = [0 if delta is None else 1 if 0 <= delta <= 255 else 2 for delta in deltas]
        body += _chunks(statuses)
        for status, delta in zip(statuses, deltas, strict=True):
            if delta is not None:
                body += delta.to_bytes(1, "big") if status == 1 else delta.to_bytes(2, "big", signed=True)
        body += bytes(-len(body) % 4)
        return rtcp_packet(FMT_TRANSPORT_CC, RTPFB, body)


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
