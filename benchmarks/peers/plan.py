"""Who sends what and who watches whom in a comparison: the same for every server."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.clip import FPS, Clip

LAYERS = ("q", "h", "f")  # lowest first
VOICES_PER_S = 50  # Opus frames of 20 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A publisher's voice and one layer of its picture."""

    publisher: int
    rid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPlan:
    """One endpoint. `clip`: what it sends, with the layers `rids`; None: it only watches."""

    index: int
    clip: Clip | None
    rids: tuple[str, ...]
    watches: tuple[Watch, ...]

    @property
    def simulcast(self) -> bool:
        """Whether the publishers of this scenario send more than one layer."""
        return len(self.rids) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`packets_per_s`: what leaves the server in all; 0 where the clip's own rate is sent."""

    name: str
    publishers: int
    viewers: int
    rids: tuple[str, ...]
    packets_per_s: int = 0

    def plans(self, clips: list[Clip]) -> list[EndpointPlan]:
        """All endpoints; publishers first. Each sees one picture large (the stage), the others as thumbnails."""
        count = self.publishers + self.viewers
        return [
            EndpointPlan(
                index=index,
                clip=clips[index % len(clips)] if index < self.publishers else None,
                rids=self.rids,
                watches=self._watches(index),
            )
            for index in range(count)
        ]

    def _watches(self, index: int) -> tuple[Watch, ...]:
        if self.viewers and index < self.publishers:
            return ()
        others = [each for each in range(self.publishers) if each != index]
        return tuple(
            Watch(publisher=each, rid=self.rids[-1] if position == 0 else self.rids[0])
            for position, each in enumerate(others)
        )


ONE_TO_TEN = tuple(
    Scenario(name=f"1 → 10, {rate:,}/s", publishers=1, viewers=10, rids=("f",), packets_per_s=rate)
    for rate in (2_500, 5_000, 8_000, 20_000)
)
ALL_TO_ALL = Scenario(name="11 all-to-all", publishers=11, viewers=0, rids=LAYERS)
SCENARIOS = (*ONE_TO_TEN, ALL_TO_ALL)


def scaled_clip(clip: Clip, scenario: Scenario) -> Clip:
    """The clip with each frame of its top layer repeated until the publisher sends the scenario's packet rate.

    Frames keep their first packets, so what is sent stays VP8 by its descriptors and key frames; it is bulk for a
    server that forwards, not a picture to decode.
    """
    if not scenario.packets_per_s:
        return clip
    receivers = scenario.viewers or scenario.publishers - 1
    pieces = round((scenario.packets_per_s / receivers - VOICES_PER_S) / FPS)
    top = scenario.rids[-1]
    frames = [_repeated(frame, pieces) for frame in clip.video[top]]
    return Clip(video={top: frames}, audio=clip.audio)


def _repeated(frame: list[bytes], pieces: int) -> list[bytes]:
    return [frame[index % len(frame)] for index in range(pieces)]
