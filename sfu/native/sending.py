"""Room 5 in C: a peer's line (pacing and transport-wide numbers) and a path's egress."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any

from bandwidth.feedback import FeedbackSummary
from bandwidth.pacer import burst_bytes
from bandwidth.sent_packets import SentPackets
from sfu.drops import DropReason, Drops
from sfu.errors import MalformedPacket
from sfu.native.library import Library
from sfu.native.names import socket_address
from sfu.outgoing import OutgoingPacket
from sfu.transport.ice import Address
from sfu.transport.links import Counters
from sfu.transport.srtp import InPlaceSrtp

MAX_BATCH_BYTES = 65_000
LOOK_AT_ALL = -1e300  # no delay is below that
_GROUP = struct.Struct("=ddd")
_REASONS = (
    DropReason.SEND_WOULD_BLOCK,
    DropReason.SEND_FAILED,
    DropReason.EGRESS_TOO_LARGE,
    DropReason.SRTP_PROTECT,
)


class NativeLine:
    """Pacing and numbering of one peer in C's memory: what PacingBudget and SentPackets.record do."""

    def __init__(
        self,
        library: Library,
        lists: Any,
        clock: Callable[[], float],
        sent: SentPackets,
        rate_bps: int,
        *,
        handle: int,
        now: float,
    ) -> None:
        """`lists`: struct egress_list, where C finds the lines with something to do; it names them by `handle`."""
        self._lib = library.lib
        self._lists = lists
        self._clock = clock
        self.on_dropped: Callable[[], None] = lambda: None
        self._dropped_packets = 0
        ffi = library.ffi
        self.pointer: Any = ffi.new("struct line *")
        self._rings = [
            ffi.from_buffer("int32_t[]", sent.numbers),
            ffi.from_buffer("uint32_t[]", sent.sizes),
            ffi.from_buffer("double[]", sent.times),
            ffi.from_buffer("uint8_t[]", sent.probes),
        ]
        line = self.pointer
        line.sent_number, line.sent_size, line.sent_at, line.sent_probe = self._rings
        line.at = now
        line.handle = handle
        line.quiet_below = LOOK_AT_ALL
        self._null = ffi.NULL
        self._feedback: Any = ffi.new("struct feedback *")
        self._ffi = ffi
        self._egress: NativeEgress | None = None
        self.set_rate(rate_bps, now=now)
        line.available = line.burst

    def __del__(self) -> None:
        """C must not find the memory in its lists when it is given back."""
        self._lib.line_close(self.pointer, self._lists)

    def use(self, egress: object) -> None:
        """Where packets leave from now on; C sends only over an egress of its own, and drops what waits for none."""
        self._egress = egress if isinstance(egress, NativeEgress) else None
        if self._egress is None:
            self.drop_held()
        self.pointer.egress = self._egress.pointer if self._egress is not None else self._null

    def set_waiting(self, waiting: bool) -> None:
        """Whether repairs or video wait in Python's deques: no picture may overtake them."""
        self.pointer.waiting = waiting

    @property
    def holds(self) -> bool:
        """Whether video may wait here, and not in Python's deque: C can send it."""
        return self._egress is not None

    @property
    def held_bytes(self) -> int:
        """Video waiting here."""
        return int(self.pointer.held_bytes)

    def set_limit(self, limit_bytes: float) -> None:
        """More than that does not wait: the picture that has most waiting is dropped."""
        self.pointer.held_limit = limit_bytes

    def enqueue(self, packet: OutgoingPacket) -> None:
        """Send video, or let it wait behind what waits already. Only while `holds`."""
        prefix, payload = packet.prefix, packet.payload
        from_buffer = self._ffi.from_buffer
        self._lib.line_enqueue(
            self.pointer,
            self._lists,
            from_buffer("uint8_t[]", prefix),
            len(prefix),
            from_buffer("uint8_t[]", payload),
            len(payload),
            packet.transport_cc_offset,
            packet.abs_send_time_offset,
            self._clock(),
        )

    def drop_held(self) -> None:
        """All of it; FastPath.take_drops tells whom."""
        self._lib.line_drop_held(self.pointer, self._lists)

    def take_dropped(self) -> tuple[int, set[int]]:
        """How many packets were dropped since the last call, and of which SSRCs."""
        line = self.pointer
        packets = int(line.dropped_packets)
        ssrcs = {int(line.dropped_ssrcs[at]) for at in range(line.dropped_count)}
        line.dropped_count = 0
        packets, self._dropped_packets = packets - self._dropped_packets, packets
        return packets, ssrcs

    def set_rate(self, rate_bps: int, *, now: float) -> None:
        """See PacingBudget."""
        line = self.pointer
        self._lib.line_available(line, now)
        line.rate = rate_bps / 8
        line.burst = burst_bytes(rate_bps)

    def available_bytes(self, *, now: float) -> float:
        """See PacingBudget."""
        return float(self._lib.line_available(self.pointer, now))

    def spend(self, size_bytes: int) -> None:
        """See PacingBudget."""
        self.pointer.available -= size_bytes

    def record(self, size_bytes: int, now: float, is_probe: bool = False) -> int:
        """See SentPackets."""
        return int(self._lib.line_record(self.pointer, size_bytes, now, is_probe))

    def feedback_untrusted(self, body: bytes, *, now: float) -> FeedbackSummary:
        """The body of a transport-wide feedback, matched to what was sent. Raises MalformedPacket."""
        found = self._feedback
        if self._lib.line_feedback_untrusted(self.pointer, body, len(body), now, found):
            raise MalformedPacket("transport-wide feedback malformed")
        return self.summary(found)

    def summary(self, found: Any) -> FeedbackSummary:
        """What a struct feedback says."""
        size = _GROUP.size * int(found.groups)
        groups = list(_GROUP.iter_unpack(self._ffi.buffer(found.group, size))) if size else []
        probes = [(float(found.probe_received[at]), int(found.probe_size[at])) for at in range(found.probes)]
        latest = float(found.latest_received) if groups else None
        return FeedbackSummary(found.reported, found.lost, found.bytes, found.newest_sent, latest, groups, probes)

    def set_quiet_below(self, delay_s: float) -> None:
        """Receiving minus sending time (two clocks) under which feedback without loss may wait for `take_quiet`."""
        self.pointer.quiet_below = delay_s

    def take_quiet(self) -> tuple[FeedbackSummary, float] | None:
        """What quiet feedback said since the last call, and when the last of it came."""
        quiet = self.pointer.quiet
        if not quiet.reported:
            return None
        groups = [(float(quiet.first_sent), float(quiet.last_sent), float(quiet.last_received))]
        reported, size = int(quiet.reported), int(quiet.bytes)
        quiet.reported = 0
        newest, latest = float(quiet.newest_sent), float(quiet.last_received)
        return FeedbackSummary(reported, 0, size, newest, latest, groups, []), float(quiet.at)

    @property
    def sent_packets(self) -> int:
        """What C sent past Python's deques."""
        return int(self.pointer.sent_packets)

    @property
    def sent_bytes(self) -> int:
        """The same in bytes, as the pacing counts them."""
        return int(self.pointer.sent_bytes)


class NativeEgress:
    """GsoEgress, filled and sent by C. See Egress."""

    ready = True

    def __init__(
        self,
        library: Library,
        waiting: Any,
        sock: socket.socket,
        address: Address,
        srtp: InPlaceSrtp,
        drops: Drops,
        counters: Counters,
        *,
        offload: bool,
    ) -> None:
        """`waiting`: the list of egresses with something in their batch."""
        self._lib, self._ffi = library.lib, library.ffi
        self._waiting = waiting
        self._keys = srtp  # kept alive for as long as C holds the pointer into it
        self._drops, self._counters = drops, counters
        self._buffer = self._ffi.new("uint8_t[]", MAX_BATCH_BYTES)
        egress = self.pointer = self._ffi.new("struct egress *")
        egress.protect = library.protect
        egress.srtp = self._ffi.cast("void *", srtp.sending_context)
        egress.fd, egress.offload = sock.fileno(), offload
        egress.buffer, egress.limit = self._buffer, MAX_BATCH_BYTES
        name = socket_address(sock.family, address)
        self._ffi.memmove(egress.address, name, len(name))
        egress.address_size = len(name)
        self._packets = self._bytes = 0
        self._dropped = [0] * len(_REASONS)

    def __del__(self) -> None:
        """C must not find the memory in its list when it is given back."""
        self._lib.egress_unlist(self.pointer, self._waiting)

    def add(self, packet: OutgoingPacket) -> bool:
        """See Egress."""
        prefix, payload = packet.prefix, packet.payload
        from_buffer = self._ffi.from_buffer
        return bool(
            self._lib.egress_add(
                self.pointer,
                self._waiting,
                from_buffer("uint8_t[]", prefix),
                len(prefix),
                from_buffer("uint8_t[]", payload),
                len(payload),
            )
        )

    def flush(self) -> None:
        """See Egress. Also leaves the list of those that wait, so that it may be forgotten afterwards."""
        self._lib.egress_flush(self.pointer)
        self._lib.egress_unlist(self.pointer, self._waiting)
        self.collect()

    def collect(self) -> None:
        """See Egress."""
        egress, counters = self.pointer, self._counters
        packets, size = int(egress.sent_packets), int(egress.sent_bytes)
        counters.sent_packets += packets - self._packets
        counters.sent_bytes += size - self._bytes
        self._packets, self._bytes = packets, size
        for index, reason in enumerate(_REASONS):
            count = int(egress.drops[index])
            if count != self._dropped[index]:
                self._drops[reason] += count - self._dropped[index]
                self._dropped[index] = count
