"""Which packets of a publication a subscriber gets (pure): simulcast streams, spatial and temporal layers."""

from enum import IntEnum

from sfu.codecs.facts import FrameFacts

ALL_TEMPORAL = 3


class Verdict(IntEnum):
    """What to do with a packet."""

    OTHER_LAYER = 0  # of a stream that is not the one followed
    LEAVE_OUT = 1  # of the stream followed, above the layers wanted: close its gap
    WAIT = 2  # nothing can go out before a key frame
    FORWARD = 3
    SWITCH = 4  # forward, and from now on follow this packet's stream


class LayerSelector:
    """Follows one stream of a simulcast, or the layers inside one stream (SVC).

    target: wanted simulcast index, −1: paused. `target_spatial`, `target_temporal`: wanted layers within the stream.
    Changing to another stream waits for a key frame of it; going up inside a stream for a switching point; going down
    happens at the next frame.
    """

    __slots__ = ("current", "spatial", "target", "target_spatial", "target_temporal", "temporal")

    def __init__(self) -> None:
        self.target = -1
        self.target_spatial = 0
        self.target_temporal = ALL_TEMPORAL
        self.current = -1
        self.spatial = 0
        self.temporal = ALL_TEMPORAL

    @property
    def followed(self) -> bool:
        """Whether what is wanted goes out."""
        return self.target >= 0 and self.current == self.target

    def pause(self) -> None:
        """Nothing more, at once."""
        self.target = self.current = -1

    def lose(self) -> None:
        """The stream followed is gone or spoilt: wait for a key frame."""
        self.current = -1

    def decide(self, layer: int, facts: FrameFacts) -> Verdict:
        """The verdict on a packet of simulcast index `layer`."""
        if layer != self.current:
            if layer != self.target:
                return Verdict.OTHER_LAYER
            if not (facts.keyframe and facts.frame_start):
                return Verdict.WAIT if self.current < 0 else Verdict.OTHER_LAYER
            self.current = layer
            self.temporal, self.spatial = self.target_temporal, self.target_spatial
            return Verdict.SWITCH
        if facts.frame_start and (self.temporal != self.target_temporal or self.spatial != self.target_spatial):
            self._follow_targets(facts)
        if facts.spatial_id > self.spatial or (facts.temporal_id is not None and facts.temporal_id > self.temporal):
            return Verdict.LEAVE_OUT
        return Verdict.FORWARD

    def _follow_targets(self, facts: FrameFacts) -> None:
        reachable = self.target_temporal if facts.keyframe else facts.temporal_id or 0
        if self.temporal > self.target_temporal:
            self.temporal = self.target_temporal
        elif facts.layer_sync and self.temporal < reachable <= self.target_temporal:
            self.temporal = reachable
        down = self.spatial > self.target_spatial and facts.spatial_id == 0
        up = self.spatial < self.target_spatial and facts.keyframe
        if down or up:
            self.spatial = self.target_spatial
