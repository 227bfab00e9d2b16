"""An endpoint as a sender: its camera and its voice, over its own line to the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bandwidth.simulation.bottleneck import Bottleneck
from bandwidth.simulation.camera import Camera, EncodedFrame
from bandwidth.simulation.clock import VirtualClock
from bandwidth.simulation.flow import Flow, Picture
from bandwidth.simulation.wide_line import WideLine

VOICE_S = 0.02
KEY_THROTTLE_S = 0.5  # the server asks for key frames at most so often (sfu/keyframes.py)
RECORDER_KEY_S = 10.0  # the recorder asks for one at least so often
ALIVE_S = 1.0  # a layer without frames for so long is not there
PROBING = 3.0  # times what it sends: how far a browser looks for room


class Publisher:
    """`up`: its way to the server; `line`: the line at its beginning. voice_bytes: of a packet, 0: it is silent.

    deliver: a packet of a frame is at the server. hear: a packet of the voice (bytes) is; 0 bytes: it never comes.
    """

    def __init__(
        self,
        name: str,
        camera: Camera,
        clock: VirtualClock,
        up: Flow | WideLine,
        line: Bottleneck,
        *,
        voice_bytes: int,
        deliver: Callable[[Publisher, EncodedFrame, float], None],
        hear: Callable[[Publisher, int, float], None],
    ) -> None:
        self.name, self.camera, self.up = name, camera, up
        self._clock, self._line, self._voice_bytes = clock, line, voice_bytes
        self._deliver, self._hear = deliver, hear
        self._alive_s = [-ALIVE_S] * len(camera.plan.layers)
        self._asked_s = -KEY_THROTTLE_S
        self._asking = False
        self._last_key_s = 0.0

    @property
    def binds(self) -> bool:
        """Whether its line is followed packet by packet."""
        return isinstance(self.up, Flow)

    def start(self, *, phase_s: float) -> None:
        """Begin; cameras of different endpoints are not in step."""
        self._clock.every(1 / self.camera.plan.framerate, self._shoot, first=phase_s)
        if self._voice_bytes:
            self._clock.every(VOICE_S, self._speak, first=phase_s % VOICE_S)

    def layer_rates(self, now: float) -> tuple[float, ...]:
        """Of the layers that come to the server, 0 for those that do not."""
        rates = zip(self.camera.rates_bps, self._alive_s, strict=True)
        return tuple(rate if now - at < ALIVE_S else 0.0 for rate, at in rates)

    def want_key(self, now: float) -> None:
        """The server needs a key frame. Throttled; the request takes its time on the line."""
        if self._asking:
            return
        self._asking = True
        self._asked_s = max(now, self._asked_s + KEY_THROTTLE_S)
        self._clock.at(self._asked_s + self._line.delay_s, self._make_key)

    def _make_key(self, now: float) -> None:
        self._asking = False
        self.camera.want_key()

    def _speak(self, now: float) -> None:
        self.up.send_voice(self._voice_bytes, self._on_voice, now=now)

    def _on_voice(self, arrival: float | None) -> None:
        if arrival is None:
            self._hear(self, 0, self._clock.now)
        else:
            self._clock.at(arrival, partial(self._hear, self, self._voice_bytes))

    def _shoot(self, now: float) -> None:
        voice_bps = 8 * self._voice_bytes / VOICE_S
        self.camera.set_budget(self.up.target_bps - voice_bps)
        for frame in self.camera.frames():
            picture = Picture(
                frame.layer, now, partial(self._clock.at, work=partial(self._arrive, frame)), self.want_key
            )
            self.up.send_picture(frame.packets, frame.packet_bytes, picture, now=now)
        wanted = sum(layer.max_bitrate_bps for layer in self.camera.plan.layers) + voice_bps
        self.up.probe(wanted_bps=wanted, room_bps=PROBING * wanted, now=now)

    def _arrive(self, frame: EncodedFrame, now: float) -> None:
        self._alive_s[frame.layer] = now
        if frame.key:
            self._last_key_s = now
        elif now - self._last_key_s > RECORDER_KEY_S:
            self.want_key(now)
        self._deliver(self, frame, now)
