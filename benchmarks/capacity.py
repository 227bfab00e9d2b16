"""How much a server holds, step by step: what a step is, when it holds, and what two workers bring over one (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.clip import FPS, Clip
from benchmarks.peers.results import Spread, spread
from benchmarks.scenarios import RESTING_PERCENT
from benchmarks.sending import AUDIO_S

STEP_VIEWERS = 4  # at most so many more on each worker at each step
LATE_MS = 100.0  # of the slowest hundredth: more than the quota's periods explain, so packets queue up
TRIES = 4  # windows in which a step may hold: other programs come and go
LOWERED_PERCENT = 3.0  # fewer packets without a loss: somebody was given a smaller picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One window. By worker: endpoints on it, percent of its quota that it took, of the periods it was stopped in.

    values: by the names of `figures.KINDS`. failures: why it does not hold. faults: why it must not be believed.
    """

    viewers: int
    endpoints: list[int]
    quota_percent: list[float]
    stopped_percent: list[float]
    front_percent: float
    values: Mapping[str, float]
    failures: list[str]
    faults: list[str]

    @property
    def holds(self) -> bool:
        """Whether the server did all that it should, and nothing but the server was measured."""
        return not self.failures and not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A server with one or more workers, from its first step to the one that did not hold."""

    workers: int
    round: int
    steps: list[Step]

    @property
    def held(self) -> Step | None:
        """The last step that held."""
        return next((step for step in reversed(self.steps) if step.holds), None)

    @property
    def packets_per_s(self) -> float:
        """Forwarded in it."""
        return self.held.values["packets_out_per_s"] if self.held else 0.0

    def faults(self) -> list[str]:
        """Why this run may not be compared; empty if it may."""
        found = [f"not ended by the server: {fault}" for fault in self.steps[-1].faults]
        if self.held is None:
            return ["the first step did not hold", *found]
        if max(self.held.endpoints) - min(self.held.endpoints) > STEP_VIEWERS:
            found.append(f"endpoints are uneven: {self.held.endpoints}")
        return found


def packets_per_viewer(clip: Clip) -> float:
    """Packets/s of a voice and the largest picture."""
    largest = list(clip.video.values())[-1]
    return 1 / AUDIO_S + FPS * sum(len(frame) for frame in largest) / len(largest)


def failures(values: Mapping[str, float], *, expected_per_s: float) -> list[str]:
    """Why a step with these figures does not hold; empty if it does."""
    missing = values["lost_percent"] + values["repaired_percent"]
    lowered = 100 * (1 - values["packets_out_per_s"] / expected_per_s)
    rules = (
        (missing > RESTING_PERCENT, f"{missing:.2f} % of the packets lost"),
        (values["silent_streams"] > 0, f"{values['silent_streams']:.0f} streams silent"),
        (values["latency_p99_ms"] > LATE_MS, f"latency p99 {values['latency_p99_ms']:.0f} ms"),
        (lowered > LOWERED_PERCENT, f"{lowered:.0f} % fewer packets than the pictures have"),
    )
    return [text for broken, text in rules if broken]


def settled(steps: Sequence[Step]) -> bool:
    """Whether the last step needs no further window: it holds, or did not in TRIES."""
    windows = [each for each in steps if each.viewers == steps[-1].viewers]
    return steps[-1].holds or len(windows) >= TRIES


def gain(runs: Sequence[Run], *, workers: int) -> Spread | None:
    """Packets/s of so many workers over those of one, round by round; None without a round that has both."""

    def by_round(count: int) -> dict[int, float]:
        return {run.round: run.packets_per_s for run in runs if run.workers == count and not run.faults()}

    several, one = by_round(workers), by_round(1)
    return spread(several[number] / one[number] for number in several.keys() & one.keys())
