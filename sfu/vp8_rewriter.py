"""PictureID and TL0PICIDX of VP8 that stay continuous over layer switches and left-out frames (RFC 7741 §4.2)."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from sfu.codecs.facts import FrameFacts
from sfu.outgoing_numbers import PictureNumbers
from sfu.rtp.packet import Packet

if TYPE_CHECKING:
    from sfu.native.numbers import NativePictures

_BITS = 15
_PICTURE = Struct("!H")
_HALF = 1 << (_BITS - 1)
_MASK = (1 << _BITS) - 1


class Vp8Rewriter:
    """One per outgoing stream. Picture ids are extended over their 15-bit wrap before they are mapped."""

    def __init__(self, numbers: PictureNumbers | NativePictures | None = None) -> None:
        self._numbers = numbers or PictureNumbers()
        self._begun = False

    def begin(self, facts: FrameFacts) -> None:
        """Another stream begins with this key frame's first packet."""
        numbers = self._numbers
        if facts.picture_id is not None:
            first = facts.picture_id + (1 << _BITS)
            numbers.highest_picture = first
            if not self._begun:
                numbers.pictures.restart(first)  # the first goes out as it came
            numbers.pictures.begin(first)
        if facts.tl0_picture_index is not None:
            if numbers.last_tl0 >= 0:
                numbers.tl0_offset = (numbers.last_tl0 + 1 - facts.tl0_picture_index) & 0xFF
            numbers.last_tl0 = (facts.tl0_picture_index + numbers.tl0_offset) & 0xFF
        self._begun = True

    def leave_out(self, facts: FrameFacts) -> None:
        """A packet of a frame that this subscriber does not get: the frame's number is closed, once."""
        if facts.picture_id is not None and self._begun:
            self._numbers.pictures.leave_out(self._extend(facts.picture_id))

    def apply(self, prefix: bytearray, packet: Packet, facts: FrameFacts) -> memoryview:
        """Put the rewritten descriptor behind `prefix`; returns the rest of the payload (all if nothing changed)."""
        if facts.picture_id is None or facts.picture_id_bits != _BITS:
            return packet.view
        numbers = self._numbers
        picture = numbers.pictures.forward(self._extend(facts.picture_id))
        picture = (facts.picture_id if picture is None else picture) & _MASK
        tl0 = facts.tl0_picture_index
        if tl0 is not None:
            tl0 = (tl0 + numbers.tl0_offset) & 0xFF
            if (tl0 - numbers.last_tl0) & 0xFF < 0x80:
                numbers.last_tl0 = tl0
        if picture == facts.picture_id and tl0 == facts.tl0_picture_index:
            return packet.view
        start = len(prefix)
        prefix += packet.view[: facts.descriptor_size]
        _PICTURE.pack_into(prefix, start + 2, 0x8000 | picture)
        if tl0 is not None:
            prefix[start + 4] = tl0
        return packet.view[facts.descriptor_size :]

    def _extend(self, picture_id: int) -> int:
        highest = self._numbers.highest_picture
        extended = highest + ((picture_id - highest + _HALF) & _MASK) - _HALF
        if extended > highest:
            self._numbers.highest_picture = extended
        return extended
