"""PictureID and TL0PICIDX of VP8 that stay continuous over layer switches and left-out frames (RFC 7741 §4.2)."""

from struct import Struct

from sfu.codecs.facts import FrameFacts
from sfu.continuous_map import ContinuousMap
from sfu.rtp.packet import Packet

_BITS = 15
_PICTURE = Struct("!H")
_HALF = 1 << (_BITS - 1)
_MASK = (1 << _BITS) - 1


class Vp8Rewriter:
    """One per outgoing stream. Picture ids are extended over their 15-bit wrap before they are mapped."""

    def __init__(self) -> None:
        self._pictures = ContinuousMap(1)
        self._highest_picture = -1
        self._tl0_offset = 0
        self._last_tl0 = -1
        self._begun = False

    def begin(self, facts: FrameFacts) -> None:
        """Another stream begins with this key frame's first packet."""
        if facts.picture_id is not None:
            self._highest_picture = facts.picture_id + (1 << _BITS)
            if self._begun:
                self._pictures.begin(self._highest_picture)
            else:
                self._pictures = ContinuousMap(self._highest_picture)  # the first goes out as it came
                self._pictures.begin(self._highest_picture)
        if facts.tl0_picture_index is not None:
            if self._last_tl0 >= 0:
                self._tl0_offset = (self._last_tl0 + 1 - facts.tl0_picture_index) & 0xFF
            self._last_tl0 = (facts.tl0_picture_index + self._tl0_offset) & 0xFF
        self._begun = True

    def leave_out(self, facts: FrameFacts) -> None:
        """A packet of a frame that this subscriber does not get: the frame's number is closed, once."""
        if facts.picture_id is not None and self._begun:
            self._pictures.leave_out(self._extend(facts.picture_id))

    def apply(self, prefix: bytearray, packet: Packet, facts: FrameFacts) -> memoryview:
        """Put the rewritten descriptor behind `prefix`; returns the rest of the payload (all if nothing changed)."""
        if facts.picture_id is None or facts.picture_id_bits != _BITS:
            return packet.view
        picture = self._pictures.forward(self._extend(facts.picture_id))
        picture = (facts.picture_id if picture is None else picture) & _MASK
        tl0 = facts.tl0_picture_index
        if tl0 is not None:
            tl0 = (tl0 + self._tl0_offset) & 0xFF
            if (tl0 - self._last_tl0) & 0xFF < 0x80:
                self._last_tl0 = tl0
        if picture == facts.picture_id and tl0 == facts.tl0_picture_index:
            return packet.view
        start = len(prefix)
        prefix += packet.view[: facts.descriptor_size]
        _PICTURE.pack_into(prefix, start + 2, 0x8000 | picture)
        if tl0 is not None:
            prefix[start + 4] = tl0
        return packet.body

    def _extend(self, picture_id: int) -> int:
        highest = self._highest_picture
        extended = highest + ((picture_id - highest + _HALF) & _MASK) - _HALF
        if extended > highest:
            self._highest_picture = extended
        return extended
