"""An endpoint as a receiver: which layer of whom it follows (sfu/selector.py), and what its page then shows."""

from __future__ import annotations

from bandwidth.allocator import LayerOption
from bandwidth.simulation.camera import EncodedFrame, picture_height
from bandwidth.simulation.flow import Flow, Picture
from bandwidth.simulation.publisher import Publisher
from bandwidth.simulation.samples import StateSamples, VoiceSamples

NOTHING = -1
ALL_TEMPORAL = 3
FLOWING_S = 1.0  # a picture that has not moved for so long is not there


class Subscription:
    """One picture at one endpoint. option: what was allocated, whether its layer is sent already or not."""

    __slots__ = (
        "current",
        "option",
        "publisher",
        "shown_s",
        "stage",
        "standstill_s",
        "starved",
        "target",
        "target_temporal",
        "temporal",
        "wanted_pixels",
    )

    def __init__(self, publisher: Publisher, *, stage: bool, wanted_pixels: int) -> None:
        self.publisher, self.stage, self.wanted_pixels = publisher, stage, wanted_pixels
        self.option: LayerOption | None = None
        self.target = self.current = NOTHING
        self.temporal = self.target_temporal = ALL_TEMPORAL
        self.starved = False
        self.shown_s = -FLOWING_S
        self.standstill_s = 0.0  # the longest while it flowed, since the last sample

    @property
    def wish(self) -> int:
        """The layer that was allocated, NOTHING for none."""
        return NOTHING if self.option is None else self.option.spatial

    def aim(self, layer: int, temporal: int, now: float) -> None:
        """Follow this layer from its next key frame on, and lower temporal layers at once; NOTHING: pause."""
        self.target, self.target_temporal = layer, temporal
        if layer == NOTHING:
            self.current = NOTHING
        elif layer != self.current:
            self.publisher.want_key(now)

    def follows(self, frame: EncodedFrame) -> bool:
        """Whether a frame goes out."""
        if frame.layer != self.current:
            if frame.layer != self.target or not frame.key:
                return False
            self.current, self.temporal = frame.layer, self.target_temporal
            return True
        if self.target_temporal < self.temporal or frame.temporal == 0:
            self.temporal = self.target_temporal
        return frame.temporal <= self.temporal

    def on_whole(self, at: float) -> None:
        """A frame is complete at the endpoint."""
        gap = at - self.shown_s
        if self.shown_s > 0 and gap > self.standstill_s:
            self.standstill_s = gap
        self.shown_s = max(self.shown_s, at)

    def flows(self, now: float) -> bool:
        """Whether the picture moves."""
        return self.current != NOTHING and now - self.shown_s < FLOWING_S

    def motion(self, top: int) -> float:
        """Share of the frames that are sent, with `top` the highest temporal layer there is."""
        return float(0.5 ** (top - min(self.temporal, top)))


class FrameUnderWay:
    """A frame on its way to one endpoint: counts its packets."""

    __slots__ = ("_flow", "_missing", "_picture", "_subscription")

    def __init__(self, subscription: Subscription, flow: Flow, packets: int, now: float) -> None:
        self._subscription, self._flow, self._missing = subscription, flow, packets
        self._picture = Picture(subscription, now, self._on_packet, subscription.publisher.want_key)

    def forward(self, frame: EncodedFrame, now: float) -> None:
        """The server has a packet of it, and sends it unless the endpoint has lost this layer since."""
        if self._subscription.current == frame.layer:
            self._flow.send_picture(1, frame.packet_bytes, self._picture, now=now)

    def _on_packet(self, arrival: float) -> None:
        self._missing -= 1
        if not self._missing:
            self._subscription.on_whole(arrival)


class Subscriber:
    """`flow`: the line to it."""

    def __init__(self, name: str, flow: Flow, subscriptions: list[Subscription], voices: VoiceSamples) -> None:
        self.name, self.flow, self.subscriptions, self.voices = name, flow, subscriptions, voices
        self.states = StateSamples()
        self.standstills_s: list[float] = []

    def on_voice(self, publisher: Publisher, size_bytes: int, now: float) -> None:
        """The server has a packet of somebody's voice; 0 bytes: it was lost on the way there."""
        if not size_bytes:
            self.voices.on_packet(publisher.name, now, arrived=False)
            return
        self.flow.send_voice(
            size_bytes, lambda at: self.voices.on_packet(publisher.name, now, arrived=at is not None), now=now
        )

    def on_dropped(self, dropped: set[object], now: float) -> None:
        """Frames of these subscriptions were dropped: they go on with a key frame."""
        for subscription in self.subscriptions:
            if subscription in dropped and subscription.current != NOTHING:
                subscription.current = NOTHING
                subscription.publisher.want_key(now)

    def sample(self, now: float, temporal_top: int) -> None:
        """What the page shows now."""
        states = self.states
        stage, others = (0, 0.0), []
        paused = 0
        standstill = 0.0
        for each in self.subscriptions:
            paused += each.starved
            height = picture_height(each.publisher.camera.plan, each.current) if each.flows(now) else 0
            if each.stage:
                stage = (height, each.motion(temporal_top) if height else 0.0)
                standstill = max(each.standstill_s, now - each.shown_s if each.shown_s > 0 else 0.0)
            elif height:
                others.append(height)
            each.standstill_s = 0.0
        states.estimate_bps.append(self.flow.estimator.target_bps)
        states.stage.append(stage)
        states.others.append(min(others, default=0))
        states.pictures.append(len(others) + (stage[0] > 0))
        states.paused.append(paused)
        states.queue_s.append(self.flow.waiting_s(now))
        self.standstills_s.append(standstill)
