"""What is run: who sends, who watches, over which lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.endpoint import Want, stage_and_thumbnails
from benchmarks.receiving import Depth

Kind = Literal["load", "joins", "layers", "ramp"]
RESTING_PERCENT = 0.1  # what may be lost in a step of the ramp that still holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`name` is stable, for files; `title` is for people.

    kind: "load" joins everybody, warms up and measures. "joins": the joining is what is measured, all within
    `join_within_s`. "layers": each page changes what it shows each half second. "ramp": one session more at each step
    until it does not hold. profile: "open" has lines that do not bind; others are the product's.
    """

    name: str
    title: str
    senders: int
    viewers: int = 0
    sessions: int = 1
    workers: int = 1
    kind: Kind = "load"
    recorded: bool = False
    profile: str = "open"
    loss: float = 0.0
    depth: Depth = "header"
    join_within_s: float = 0.0
    curve: bool = False  # a point of the curve of cost over endpoints

    @property
    def endpoints(self) -> int:
        """Of one session."""
        return self.senders + self.viewers

    def wants(self, index: int, ids: Sequence[str]) -> list[Want]:
        """What endpoint `index` of a session shows: the stage large, other senders as thumbnails."""
        senders = ids[: self.senders]
        others = [each for each in senders if each != ids[index]]
        return stage_and_thumbnails(others[0], others[1:]) if others else []

    def expected_streams(self, index: int) -> int:
        """Voices and pictures that come to endpoint `index`."""
        return 2 * (self.senders - (index < self.senders))


def _fan_out(viewers: int, title: str) -> Scenario:
    return Scenario(name=f"1-to-{viewers}", title=title, senders=1, viewers=viewers, curve=True)


SCENARIOS = (
    _fan_out(1, "1 → 1"),
    _fan_out(5, "1 → 5"),
    _fan_out(10, "1 → 10"),
    Scenario(name="1-to-10-recorded", title="1 → 10, recorded", senders=1, viewers=10, recorded=True),
    _fan_out(20, "1 → 20"),
    _fan_out(50, "1 → 50"),
    _fan_out(100, "1 → 100"),
    Scenario(name="session", title="11 all-to-all", senders=11),
    Scenario(name="session-recorded", title="11 all-to-all, recorded", senders=11, recorded=True),
    Scenario(name="session-30-5", title="11 all-to-all, profile 30-5", senders=11, profile="30-5"),
    Scenario(name="session-loss-5", title="11 all-to-all, 5 % loss each way", senders=11, loss=0.05),
    Scenario(name="session-loss-10", title="11 all-to-all, 10 % loss each way", senders=11, loss=0.10),
    Scenario(name="layer-storm", title="layer-switch storm, 11", senders=11, kind="layers", depth="full"),
    Scenario(
        name="join-storm",
        title="join storm, 100 in 5 s",
        senders=10,
        sessions=10,
        kind="joins",
        join_within_s=5.0,
    ),
    Scenario(name="ten-sessions", title="10 × 11 all-to-all", senders=11, sessions=10),
    Scenario(name="ramp", title="sessions until 0.1 % loss", senders=11, sessions=16, kind="ramp"),
)


def chosen(only: Sequence[str]) -> list[Scenario]:
    """The scenarios of these names, or those that begin so where no name is the same; all without any.

    Raises ValueError if one fits none.
    """
    names = [each.name for each in SCENARIOS]
    wanted = set(names if not only else ())
    for each in only:
        found = {each} if each in names else {name for name in names if name.startswith(each)}
        if not found:
            raise ValueError(f"no scenario {each}; there are {', '.join(names)}")
        wanted |= found
    return [each for each in SCENARIOS if each.name in wanted]
