"""What comes in where C counts too: a peer's datagrams and its streams, in memory that Python and C share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sfu.history import History
from sfu.native.library import Library
from sfu.receive_statistics import ReceiveStatistics
from sfu.rtp.packet import Packet
from sfu.rtp.sequence import SequenceUnwrapper
from sfu.transport.srtp import SrtpSession

if TYPE_CHECKING:
    from sfu.native.forwarding import FanOut
    from sfu.native.sending import NativeLine

NOT_NEGOTIATED = 255  # an extension id that no element has
MAX_SOURCES, MAX_REPORTERS = 32, 8
Rebuild = Callable[[bytes, int, float, int, bytes | None], Packet]


class NativeInbound:
    """struct inbound of one peer. Datagrams are served in C while there are keys and somebody has named its streams."""

    def __init__(self, library: Library, handle: int) -> None:
        ffi = library.ffi
        self._ffi = ffi
        self._null = ffi.NULL
        inbound = self.pointer = ffi.new("struct inbound *")
        inbound.handle = self.handle = handle
        inbound.unprotect, inbound.unprotect_rtcp = library.unprotect, library.unprotect_rtcp
        inbound.last_rtp_s = -1000.0
        self._sources: list[NativeSource] = []  # kept alive: C holds pointers
        self._keys: SrtpSession | None = None
        self._line: NativeLine | None = None
        self.set_extensions(transport_cc=-1, audio_level=-1, capture_time=-1)

    def set_keys(self, keys: SrtpSession | None) -> None:
        """Undo SRTP with these from now on; None, or keys that C cannot use: leave it to Python."""
        context = getattr(keys, "receiving_context", 0)
        self._keys = keys
        self.pointer.srtp = self._ffi.cast("void *", context) if context else self._null

    def set_line(self, line: NativeLine | None) -> None:
        """Whose packets the peer's transport-wide feedback speaks of."""
        self._line = line
        self.pointer.line = line.pointer if line is not None else self._null

    def set_extensions(self, *, transport_cc: int, audio_level: int, capture_time: int) -> None:
        """Ids of the header extensions, not positive: not negotiated."""
        inbound = self.pointer
        inbound.transport_cc = transport_cc if transport_cc > 0 else NOT_NEGOTIATED
        inbound.audio_level = audio_level if audio_level > 0 else NOT_NEGOTIATED
        inbound.capture_time = capture_time if capture_time > 0 else NOT_NEGOTIATED

    def add(self, source: NativeSource) -> None:
        """Serve this stream; one too many stays with Python."""
        if len(self._sources) < MAX_SOURCES:
            self._set([*self._sources, source])

    def remove(self, source: NativeSource) -> None:
        """It is over, or another took its place."""
        self._set([each for each in self._sources if each is not source])

    def _set(self, sources: list[NativeSource]) -> None:
        inbound = self.pointer
        for index, each in enumerate(sources):
            inbound.sources[index] = each.pointer
        inbound.source_count = len(sources)
        self._sources = sources

    def learn_reporter(self, ssrc: int) -> None:
        """RTCP of this SSRC has been decrypted before."""
        inbound = self.pointer
        count = int(inbound.reporter_count)
        if count < MAX_REPORTERS and ssrc not in inbound.reporters[0:count]:
            inbound.reporters[count] = ssrc
            inbound.reporter_count = count + 1

    @property
    def received_packets(self) -> int:
        """What C decrypted."""
        return int(self.pointer.received_packets)

    @property
    def received_bytes(self) -> int:
        """The same in bytes on the wire."""
        return int(self.pointer.received_bytes)

    @property
    def last_rtp_s(self) -> float:
        """When C served the last packet, −1000 before the first."""
        return float(self.pointer.last_rtp_s)

    def take_arrivals(self) -> list[tuple[int, float]]:
        """(transport-wide number, arrival in seconds) of what came since the last call."""
        inbound = self.pointer
        count = int(inbound.arrival_count)
        if not count:
            return []
        inbound.arrival_count = 0
        return list(zip(inbound.arrival_number[0:count], inbound.arrival_at[0:count], strict=True))


class NativeSource:
    """struct source of one incoming SSRC. `rebuild`: makes a packet again of what C keeps of it."""

    def __init__(self, library: Library, *, ssrc: int, clock_rate_hz: int, video: bool, capacity: int) -> None:
        ffi = library.ffi
        self._ffi, self._null = ffi, ffi.NULL
        source = self.pointer = ffi.new("struct source *")
        source.ssrc, source.clock_rate, source.video = ssrc, clock_rate_hz, video
        source.highest = source.base = source.counted_highest = -1
        source.last_arrival_s = -1000.0
        self.unwrapper = NativeUnwrapper(source)
        self.statistics = NativeStatistics(library, source, clock_rate_hz)
        self.history = NativeHistory(library, source, capacity)
        at, size = ffi.offsetof("struct source", "layer_bytes"), ffi.sizeof("uint64_t[16]")
        self.layer_bytes = memoryview(ffi.buffer(source))[at : at + size].cast("Q")
        self._fan_out: FanOut | None = None

    def serve(self, *, payload_type: int, vp8: bool, watched: bool, followed: bool, fan_out: FanOut | None) -> None:
        """From now on C serves what needs no decision. `followed`: by somebody beside the fan-out's members."""
        source = self.pointer
        source.payload_type, source.vp8, source.watched, source.followed = payload_type, vp8, watched, followed
        self._fan_out = fan_out  # kept alive: C holds pointers into it
        source.count = fan_out.count if fan_out is not None else 0
        source.members = fan_out.members if fan_out is not None else self._null
        source.deferred = fan_out.deferred if fan_out is not None else self._null
        source.active = 1

    def stop(self) -> None:
        """Python decides on the next packet."""
        self.pointer.active = 0

    @property
    def last_arrival_s(self) -> float:
        """When the newest packet that counts came, −1000 before the first."""
        return float(self.pointer.last_arrival_s)

    @last_arrival_s.setter
    def last_arrival_s(self, at: float) -> None:
        self.pointer.last_arrival_s = at

    def deferred(self, count: int) -> list[int]:
        """Positions of the members whom Python must serve."""
        return list(self.pointer.deferred[0:count]) if count else []

    def take_levels(self) -> list[tuple[int, float]]:
        """(audio level as in the packet, arrival) of what came since the last call."""
        source = self.pointer
        count = int(source.level_count)
        if not count:
            return []
        source.level_count = 0
        return list(zip(source.levels[0:count], source.level_at[0:count], strict=True))


class NativeUnwrapper(SequenceUnwrapper):
    """SequenceUnwrapper, in C's memory."""

    __slots__ = ("_source",)

    def __init__(self, source: Any) -> None:
        self._source = source

    @property
    def highest(self) -> int:
        """See SequenceUnwrapper."""
        return int(self._source.highest)

    @highest.setter
    def highest(self, number: int) -> None:
        self._source.highest = number


class NativeStatistics(ReceiveStatistics):
    """ReceiveStatistics, in C's memory."""

    __slots__ = ("_count", "_source")

    def __init__(self, library: Library, source: Any, clock_rate_hz: int) -> None:
        self._source = source
        self._count = library.lib.source_count
        self._clock_rate_hz = clock_rate_hz
        self._expected_before = self._received_before = 0

    def on_packet(self, sequence: int, timestamp: int, size_bytes: int, arrival_s: float) -> None:
        """See ReceiveStatistics."""
        self._count(self._source, sequence, timestamp, size_bytes, arrival_s)

    @property
    def received(self) -> int:  # type: ignore[override]
        """See ReceiveStatistics."""
        return int(self._source.received)

    @property
    def bytes(self) -> int:  # type: ignore[override]
        """See ReceiveStatistics."""
        return int(self._source.bytes)

    @property
    def _base(self) -> int:  # type: ignore[override]
        return int(self._source.base)

    @property
    def _highest(self) -> int:  # type: ignore[override]
        return int(self._source.counted_highest)

    @property
    def _jitter(self) -> float:  # type: ignore[override]
        return float(self._source.jitter)


class NativeHistory(History):
    """History: C keeps the bytes of what it served, Python the packets that it looked at itself."""

    __slots__ = ("_ffi", "_history", "_keeper", "_lib", "_null", "_packets", "_slots", "rebuild")

    def __init__(self, library: Library, source: Any, capacity: int) -> None:
        assert capacity & (capacity - 1) == 0
        ffi = library.ffi
        self._lib, self._ffi, self._null = library.lib, ffi, ffi.NULL
        self._keeper = source  # the history lies within it
        self._slots = ffi.new("struct kept[]", capacity)
        history = self._history = ffi.addressof(source, "history")
        history.ring, history.mask, history.oldest = self._slots, capacity - 1, -1
        self.capacity = capacity
        self._packets: dict[int, Packet] = {}
        self.rebuild: Rebuild | None = None

    def __del__(self) -> None:
        """C's copies are not Python's to free."""
        self._lib.history_clear(self._history)

    @property
    def oldest(self) -> int:  # type: ignore[override]
        """See History."""
        return int(self._history.oldest)

    def put(self, packet: Packet) -> None:
        """See History."""
        self._lib.history_put(self._history, packet.sequence, packet.arrival_s, self._null, 0, self._null)
        packets, oldest = self._packets, int(self._history.oldest)
        packets[packet.sequence] = packet
        while (first := next(iter(packets))) < oldest:
            del packets[first]

    def get(self, sequence: int) -> Packet | None:
        """See History."""
        kept = self._lib.history_get(self._history, sequence)
        if not kept:
            return None
        if not kept.data:
            return self._packets.get(sequence)
        if self.rebuild is None:
            return None
        data = bytes(self._ffi.buffer(kept.data, kept.size))
        clock = bytes(kept.clock[0:8]) if kept.has_clock else None
        return self.rebuild(data, sequence, float(kept.arrival_s), int(kept.audio_level), clock)

    def has(self, sequence: int) -> bool:
        """See History."""
        return bool(self._lib.history_get(self._history, sequence))

    def clear(self) -> None:
        """See History."""
        self._lib.history_clear(self._history)
        self._packets.clear()
