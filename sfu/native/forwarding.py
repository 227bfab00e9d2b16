"""Room 4 in C: what goes out of a publication to everybody who needs no decision for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from struct import Struct
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import structlog

from bandwidth.sent_packets import SentPackets
from sfu.drops import Drops
from sfu.errors import SfuError
from sfu.native.incoming import NativeInbound, NativeSource
from sfu.native.library import Library, is_built
from sfu.native.numbers import NativeNumbers, NativePictures
from sfu.native.sending import NativeEgress, NativeLine
from sfu.outgoing_stream import ExtensionTemplate, OutgoingStream
from sfu.rtp.packet import Packet
from sfu.transport.ice import Address
from sfu.transport.links import Counters
from sfu.transport.srtp import InPlaceSrtp

if TYPE_CHECKING:
    from sfu.transport.transport import Transport

log = structlog.get_logger("sfu")
_PACKET = Struct("@qddIiiihhhhBBB8s")  # struct packet of fanout.h
_NO_CLOCK = bytes(8)


class NativeForward:
    """struct forward of one outgoing stream. `line` and the memory it points to live as long as this."""

    def __init__(self, library: Library, out: OutgoingStream, line: NativeLine, first_sequence: int) -> None:
        self._line = line
        forward = self.pointer = library.ffi.new("struct forward *")
        forward.line = line.pointer
        forward.ssrc = out.ssrc
        for head, template in ((forward.plain, out.template), (forward.with_clock, out.template_with_clock)):
            _copy_head(library, head, template)
        self.numbers = NativeNumbers(library, forward, first_sequence)
        self.pictures = NativePictures(library, forward)

    def set(self, *, payload_type: int, paced: bool, rewrites: bool, spatial: int, temporal: int) -> None:
        """What C needs to know of the subscription behind the stream; layers above the two are left out."""
        forward = self.pointer
        forward.payload_type, forward.paced, forward.rewrites = payload_type, paced, rewrites
        forward.spatial, forward.temporal = spatial, temporal


def _copy_head(library: Library, head: Any, template: ExtensionTemplate) -> None:
    assert len(template.bytes) <= len(head.bytes), "a header with every extension we write is shorter"
    library.ffi.memmove(head.bytes, template.bytes, len(template.bytes))
    head.size = len(template.bytes)
    head.transport_cc, head.abs_send_time = template.transport_cc, template.abs_send_time
    head.audio_level, head.capture_time = template.audio_level, template.capture_time


class FanOut:
    """Those who follow one incoming stream and need no decision for its packets."""

    def __init__(self, fast_path: FastPath, forwards: Sequence[NativeForward]) -> None:
        ffi = fast_path.library.ffi
        self._send: Any = fast_path.library.lib.fan_out
        self._clock = fast_path.clock
        self._waiting = fast_path.waiting
        self._forwards = list(forwards)  # kept alive: C holds pointers into them
        self.members = ffi.new("struct forward *[]", [each.pointer for each in forwards])
        self.count = len(self._forwards)
        self.deferred = ffi.new("int32_t[]", max(1, self.count))
        self._memory = bytearray(ffi.sizeof("struct packet"))
        self._packet = ffi.cast("struct packet *", ffi.from_buffer(self._memory))

    def send(self, packet: Packet) -> list[int]:
        """Send the packet on; the positions of those whom Python must serve (an old number, another path)."""
        facts = packet.frame
        clock = packet.capture_time
        level = -1 if packet.audio_level is None else packet.audio_level
        picture = tl0 = temporal = -1
        spatial, frame_end = 0, False
        if facts is not None:
            spatial, frame_end = facts.spatial_id, facts.frame_end
            if facts.temporal_id is not None:
                temporal = facts.temporal_id
            if facts.picture_id_bits == 15 and facts.picture_id is not None:
                picture = facts.picture_id
                if facts.tl0_picture_index is not None:
                    tl0 = facts.tl0_picture_index
        _PACKET.pack_into(
            self._memory,
            0,
            packet.sequence,
            packet.arrival_s,
            self._clock(),
            packet.timestamp,
            packet.payload_offset,
            packet.payload_size,
            picture,
            tl0,
            temporal,
            spatial,
            level,
            packet.marker,
            frame_end,
            clock is not None,
            clock or _NO_CLOCK,
        )
        count = self._send(self.members, self.count, packet.data, self._packet, self._waiting, self.deferred)
        return self.deferred[0:count] if count else []


class FastPath:
    """The library, the clock, and the lists of those with something to send. One for the server."""

    def __init__(self, library: Library, clock: Callable[[], float]) -> None:
        self.library = library
        self.clock = clock
        self.waiting: Any = library.ffi.new("struct egress_list *")
        self.transports: dict[int, Transport] = {}
        self._lines: WeakValueDictionary[int, NativeLine] = WeakValueDictionary()
        self._handles = count(1)

    def open_inbound(self, transport: Transport) -> NativeInbound:
        """The C half of what comes from a peer."""
        handle = next(self._handles)
        self.transports[handle] = transport
        return NativeInbound(self.library, handle)

    def close_inbound(self, transport: Transport) -> None:
        """Nothing more comes from it."""
        if transport.inbound is not None:
            self.transports.pop(transport.inbound.handle, None)

    def source(self, *, ssrc: int, clock_rate_hz: int, video: bool, capacity: int) -> NativeSource:
        """The C half of an incoming stream."""
        return NativeSource(self.library, ssrc=ssrc, clock_rate_hz=clock_rate_hz, video=video, capacity=capacity)

    def flush(self) -> None:
        """Send every batch."""
        self.library.lib.egress_flush_all(self.waiting)

    @property
    def holding(self) -> bool:
        """Whether video waits for its pace."""
        return bool(self.waiting.holding)

    def send_held(self, *, now: float) -> None:
        """Everybody's video that may leave by now, into the batches."""
        self.library.lib.lines_send_held(self.waiting, now)

    def take_drops(self) -> None:
        """Tell those whose waiting video was dropped."""
        while handle := self.library.lib.lines_next_dropped(self.waiting):
            line = self._lines.get(handle)
            if line is not None:
                line.on_dropped()

    def fan_out(self, forwards: Sequence[NativeForward]) -> FanOut:
        """Those who follow a stream together."""
        return FanOut(self, forwards)

    def line(self, sent: SentPackets, rate_bps: int, *, now: float) -> NativeLine:
        """Pacing and numbering of a peer."""
        handle = next(self._handles)
        line = NativeLine(self.library, self.waiting, self.clock, sent, rate_bps, handle=handle, now=now)
        self._lines[handle] = line
        return line

    def forward(self, out: OutgoingStream, line: NativeLine, first_sequence: int) -> NativeForward:
        """The C half of an outgoing stream."""
        return NativeForward(self.library, out, line, first_sequence)

    def egress(
        self, sock: Any, address: Address, srtp: InPlaceSrtp, drops: Drops, counters: Counters, *, offload: bool
    ) -> NativeEgress:
        """A path's egress."""
        return NativeEgress(self.library, self.waiting, sock, address, srtp, drops, counters, offload=offload)


def open_fast_path(wish: str, clock: Callable[[], float]) -> FastPath | None:
    """By the setting media.fan_out: "auto", "c" or "python". None: everything is sent by Python.

    Raises SfuError for "c" where the library is missing.
    """
    if wish == "python":
        return None
    try:
        if not is_built():
            raise OSError("it has not been built, or is older than its source")
        return FastPath(Library(), clock)
    except OSError as error:
        if wish == "c":
            raise SfuError(
                f'media.fan_out is "c", but the library cannot be used: {error}. '
                'Build it with python -m sfu.native.build, or set media.fan_out to "auto".'
            ) from error
        log.warning("packets are sent by Python, at about twice the CPU", cause=str(error))
        return None
