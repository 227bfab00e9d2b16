"""The tap's track of one publication: a subscriber like any other, that stops at room 4."""

from __future__ import annotations

from sfu.incoming import IncomingStream
from sfu.publication import Publication
from sfu.rtp.packet import Packet
from sfu.selector import LayerSelector, Verdict
from sfu.tap import Tap


class TapTrack:
    """Follows the highest layer there is and hands its packets on as they are."""

    def __init__(self, publication: Publication, tap: Tap, *, keyframe_interval_s: float) -> None:
        self.publication = publication
        self.tap = tap
        self.selector = LayerSelector()
        self.selector.target_spatial = 3
        self.selector.spatial = 3
        self.grouped: IncomingStream | None = None
        self._keyframe_interval_s = keyframe_interval_s
        self._last_keyframe_s = -1000.0
        self._awaited_s = 0.0  # since when there is a picture and not yet its first key frame

    def wished_layers(self) -> set[int]:
        """See Subscriber: the highest that may be sent."""
        return {max(0, self.publication.layers_planned - 1)}

    def on_packet(self, packet: Packet, stream: IncomingStream) -> None:
        """See Subscriber."""
        facts = packet.frame
        if facts is not None:
            verdict = self.selector.decide(stream.layer, facts)
            if verdict in (Verdict.OTHER_LAYER, Verdict.WAIT):
                self._wait(packet.arrival_s)
                return
            if self._awaited_s:
                self.tap.on_awaited(self.publication.id, since_s=self._awaited_s, now=packet.arrival_s)
                self._awaited_s = 0.0
            if verdict is Verdict.SWITCH:
                self.publication.regroup()
            if facts.keyframe and facts.frame_start:
                self._last_keyframe_s = packet.arrival_s
        self.tap.on_packet(self.publication.id, packet)

    def _wait(self, now: float) -> None:
        if self.selector.current < 0 and not self._awaited_s:
            self._awaited_s = now

    def native(self, stream: IncomingStream) -> None:
        """See Subscriber: nothing of it is sent."""

    def on_left_out(self, sequence: int, stream: IncomingStream) -> None:
        """See Subscriber: the journal has gaps where there was nothing."""

    def update(self, *, now: float) -> None:
        """A few times a second: follow the highest layer alive, ask for key frames."""
        publication = self.publication
        if not publication.video:
            return
        highest = publication.highest_alive(now=now)
        if highest < 0:
            return
        self._wait(now)
        if highest != self.selector.target:
            self.selector.target = highest
            publication.regroup()
            publication.want_keyframe(highest, now=now)
        if self.selector.current < 0 or now - self._last_keyframe_s > self._keyframe_interval_s:
            publication.want_keyframe(highest, now=now)

    def on_given_up(self, stream: IncomingStream, sequences: list[int], *, now: float) -> None:
        """Packets of a stream will not come any more."""
        if not self.publication.video or stream.layer == self.selector.current:
            self.tap.on_gap(self.publication.id, ssrc=stream.ssrc, sequences=sequences, now=now)
            if self.publication.video:
                self.publication.want_keyframe(stream.layer, now=now)
