"""The numbers of an outgoing stream where C counts too: Python reads and sets the same memory, off the fast path."""

from __future__ import annotations

from typing import Any

from sfu.native.library import Library


class NativeMap:
    """ContinuousMap, in C's memory."""

    __slots__ = ("_lib", "_map", "_out")

    def __init__(self, library: Library, pointer: Any, first_out: int) -> None:
        self._lib = library.lib
        self._map = pointer
        self._out = library.ffi.new("int64_t *")
        self._lib.map_init(pointer, first_out)

    @property
    def highest_in(self) -> int:
        """See ContinuousMap."""
        return int(self._map.highest_in)

    @property
    def highest_out(self) -> int:
        """See ContinuousMap."""
        return int(self._map.highest_out)

    def restart(self, first_out: int) -> None:
        """See ContinuousMap."""
        self._lib.map_init(self._map, first_out)

    def begin(self, first_in: int) -> None:
        """See ContinuousMap."""
        self._lib.map_begin(self._map, first_in)

    def forward(self, number: int) -> int | None:
        """See ContinuousMap."""
        return int(self._out[0]) if self._lib.map_forward(self._map, number, self._out) else None

    def leave_out(self, number: int) -> bool:
        """See ContinuousMap."""
        return bool(self._lib.map_leave_out(self._map, number))

    def source(self, out: int) -> int | None:
        """See ContinuousMap."""
        return int(self._out[0]) if self._lib.map_source(self._map, out, self._out) else None


class NativeNumbers:
    """OutgoingNumbers, in C's memory."""

    __slots__ = ("_forward", "sequences")

    def __init__(self, library: Library, forward: Any, first_sequence: int) -> None:
        self._forward = forward
        self.sequences = NativeMap(library, library.ffi.addressof(forward, "sequences"), first_sequence)

    @property
    def timestamp_offset(self) -> int:
        """See OutgoingNumbers."""
        return int(self._forward.timestamp_offset)

    @timestamp_offset.setter
    def timestamp_offset(self, offset: int) -> None:
        self._forward.timestamp_offset = offset & 0xFFFFFFFF

    @property
    def last_timestamp(self) -> int | None:
        """See OutgoingNumbers."""
        return int(self._forward.last_timestamp) if self._forward.begun else None

    @property
    def last_arrival_s(self) -> float:
        """See OutgoingNumbers."""
        return float(self._forward.last_arrival_s)

    @property
    def packet_count(self) -> int:
        """See OutgoingNumbers."""
        return int(self._forward.packet_count)

    @property
    def octet_count(self) -> int:
        """See OutgoingNumbers."""
        return int(self._forward.octet_count)

    def count(self, sequence: int, timestamp: int, arrival_s: float, payload_bytes: int) -> None:
        """See OutgoingNumbers."""
        forward = self._forward
        if sequence == self.sequences.highest_out:
            forward.last_timestamp, forward.last_arrival_s, forward.begun = timestamp, arrival_s, 1
        forward.packet_count += 1
        forward.octet_count += payload_bytes


class NativePictures:
    """PictureNumbers, in C's memory."""

    __slots__ = ("_forward", "pictures")

    def __init__(self, library: Library, forward: Any) -> None:
        self._forward = forward
        forward.highest_picture = forward.last_tl0 = -1
        self.pictures = NativeMap(library, library.ffi.addressof(forward, "pictures"), 1)

    @property
    def highest_picture(self) -> int:
        """See PictureNumbers."""
        return int(self._forward.highest_picture)

    @highest_picture.setter
    def highest_picture(self, picture: int) -> None:
        self._forward.highest_picture = picture

    @property
    def tl0_offset(self) -> int:
        """See PictureNumbers."""
        return int(self._forward.tl0_offset)

    @tl0_offset.setter
    def tl0_offset(self, offset: int) -> None:
        self._forward.tl0_offset = offset

    @property
    def last_tl0(self) -> int:
        """See PictureNumbers."""
        return int(self._forward.last_tl0)

    @last_tl0.setter
    def last_tl0(self, tl0: int) -> None:
        self._forward.last_tl0 = tl0
