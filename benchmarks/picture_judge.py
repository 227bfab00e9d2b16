"""Judges a VP8 stream by its decrypted payloads: numbering, and that every switch of layer happens on a key frame."""

from __future__ import annotations

from benchmarks.trailer import read_trailer
from sfu.codecs.facts import FrameFacts
from sfu.codecs.vp8 import parse_vp8_untrusted
from sfu.errors import MalformedPacket

PICTURE_BITS_MASK = 0x7FFF


class PictureJudge:
    """One stream, fed in order of its numbers; `skip` where some are missing."""

    def __init__(self) -> None:
        self.key_frames = self.picture_jumps = self.tl0_jumps = self.malformed = 0
        self.layer_switches = self.size_changes = self.switches_without_key = 0
        self.width: int | None = None
        self.height: int | None = None
        self._picture: int | None = None
        self._tl0: int | None = None
        self._layer: tuple[int, int] | None = None
        self._frame_is_key = False

    def on_payload(self, payload: memoryview, *, marker: bool, arrival_s: float) -> tuple[bool, float]:
        """A payload without padding, in order: (whether a key frame begins, send time by the trailer or 0)."""
        if not payload:
            return False, 0.0
        try:
            facts = parse_vp8_untrusted(payload, marker=marker)
        except MalformedPacket:
            self.malformed += 1
            return False, 0.0
        if facts.frame_start:
            self._frame_is_key = facts.keyframe
            self._on_frame(facts)
        return facts.keyframe, self._on_end(payload, arrival_s) if marker else 0.0

    def _on_frame(self, facts: FrameFacts) -> None:
        if facts.picture_id is not None:
            if self._picture is not None and (facts.picture_id - self._picture) & PICTURE_BITS_MASK != 1:
                self.picture_jumps += 1
            self._picture = facts.picture_id
        if facts.tl0_picture_index is not None:
            expected = 1 if facts.temporal_id in (None, 0) else 0
            if self._tl0 is not None and (facts.tl0_picture_index - self._tl0) & 0xFF != expected:
                self.tl0_jumps += 1
            self._tl0 = facts.tl0_picture_index
        if facts.keyframe:
            self.key_frames += 1
            if self.width is not None and (facts.width, facts.height) != (self.width, self.height):
                self.size_changes += 1
            self.width, self.height = facts.width, facts.height

    def _on_end(self, payload: memoryview, arrival_s: float) -> float:
        trailer = read_trailer(payload, now=arrival_s)
        if trailer is None:
            return 0.0
        layer, source, sent_s = trailer
        if self._layer is not None and self._layer != (layer, source):
            self.layer_switches += 1
            if not self._frame_is_key:
                self.switches_without_key += 1
        self._layer = layer, source
        return sent_s

    def skip(self) -> None:
        """Packets are missing here: what comes next is judged by itself."""
        self._picture = self._tl0 = self._layer = None
