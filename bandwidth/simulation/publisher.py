"""An endpoint as a sender: its camera and its voice, over its own line to the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bandwidth.simulation.camera import Camera, EncodedFrame
from bandwidth.simulation.clock import VirtualClock
from bandwidth.simulation.flow import Flow, Picture, Voice
from bandwidth.simulation.samples import FlowSamples

VOICE_S = 0.02
KEY_THROTTLE_S = 0.5  # the server asks for key frames at most so often (sfu/keyframes.py)
RECORDER_KEY_S = 10.0  # the recorder asks for one at least so often
ALIVE_S = 1.0  # a layer without frames for so long is not there
PROBING = 3.0  # times what it sends: how far a browser looks for room


class Publisher:
    """`flow`: the line, packet by packet; None where it has room for all that is ever sent (then nothing waits).

    deliver: a frame is whole at the server. hear: a packet of the voice (bytes) is there.
    """

    def __init__(
        self,
        name: str,
        camera: Camera,
        clock: VirtualClock,
        samples: FlowSamples,
        *,
        voice_bytes: int,
        line_bps: float,
        delay_s: float,
        flow: Flow | None,
        deliver: Callable[[Publisher, EncodedFrame, float], None],
        hear: Callable[[Publisher, int, float], None],
    ) -> None:
        self.name, self.camera, self.samples, self.flow = name, camera, samples, flow
        self.alive_s = [-ALIVE_S] * len(camera.plan.layers)
        self._deliver, self._hear = deliver, hear
        self._clock = clock
        self._voice_bytes, self._line_bps, self._delay_s = voice_bytes, line_bps, delay_s
        self._asked_s = -KEY_THROTTLE_S
        self._asking = False
        self._last_key_s = 0.0

    def start(self, *, phase_s: float) -> None:
        """Begin; cameras of different endpoints are not in step."""
        self._clock.every(1 / self.camera.plan.framerate, self._shoot, first=phase_s)
        if self._voice_bytes:
            self._clock.every(VOICE_S, self._speak, first=phase_s % VOICE_S)

    def layer_rates(self, now: float) -> tuple[float, ...]:
        """Of the layers that come to the server, 0 for those that do not."""
        return tuple(
            rate if now - at < ALIVE_S else 0.0 for rate, at in zip(self.camera.rates_bps, self.alive_s, strict=True)
        )

    def want_key(self, now: float) -> None:
        """The server needs a key frame. Throttled; the request takes its time on the line."""
        if self._asking:
            return
        self._asking = True
        asked = self._asked_s = max(now, self._asked_s + KEY_THROTTLE_S)
        self._clock.at(asked + self._delay_s, self._make_key)

    def _make_key(self, now: float) -> None:
        self._asking = False
        self.camera.want_key()

    # --- the endpoint's clock ---

    def _speak(self, now: float) -> None:
        size = self._voice_bytes
        if self.flow is not None:
            self.flow.send_voice(size, self._voice_arrives(size), now=now)
            return
        self.samples.on_sent(size, now)
        at = now + self._delay_s + 8 * size / self._line_bps
        self.samples.on_arrival(size, at, 8 * size / self._line_bps)
        self._clock.at(at, lambda t: self._hear(self, size, t))

    def _voice_arrives(self, size: int) -> Voice:
        def arrives(at: float | None) -> None:
            if at is not None:
                self._clock.at(at, lambda t: self._hear(self, size, t))

        return arrives

    def _shoot(self, now: float) -> None:
        flow = self.flow
        if flow is not None:
            self.camera.set_budget(flow.estimator.target_bps - 8 * self._voice_bytes / VOICE_S)
        for frame in self.camera.frames():
            if flow is not None:
                self._send(flow, frame, now)
                continue
            size = sum(frame.sizes)
            taken_s = 8 * size / self._line_bps
            self.samples.on_sent(size, now)
            self.samples.on_arrival(size, now + self._delay_s + taken_s, taken_s)
            self._clock.at(now + self._delay_s + taken_s, partial(self._arrive, frame))
        if flow is not None:
            wanted = sum(layer.max_bitrate_bps for layer in self.camera.plan.layers) + 8 * self._voice_bytes / VOICE_S
            flow.probe(wanted_bps=wanted, room_bps=PROBING * wanted, now=now)

    def _send(self, flow: Flow, frame: EncodedFrame, now: float) -> None:
        picture = Picture(
            len(frame.sizes),
            now,
            on_whole=lambda at: self._clock.at(at, partial(self._arrive, frame)),
            on_lost=lambda: self.want_key(self._clock.now),
        )
        flow.send_picture(frame.sizes, picture, now=now)

    def _arrive(self, frame: EncodedFrame, now: float) -> None:
        self.alive_s[frame.layer] = now
        if frame.key:
            self._last_key_s = now
        elif now - self._last_key_s > RECORDER_KEY_S:
            self.want_key(now)
        self._deliver(self, frame, now)
