"""What the simulator answers: models, so that the JSON of the command and of the API is one and documented."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bandwidth.simulation.case import SimulationCase

Limit = Literal["site_up", "site_down", "delegate_up", "delegate_down", "several", "none"]

Figure = Literal["gets_bps", "sends_bps", "estimate_bps", "stage_height", "pictures", "voice_loss", "queue_ms"]


class Part(BaseModel):
    """Base of all parts of the answer."""

    model_config = ConfigDict(frozen=True)


class EndpointFigures(Part):
    """What an endpoint sends and gets in a phase. Rates in bits/s of IP packets, means over the phase's settled part.

    Heights in pixels, 0: no picture; the most usual one of the phase. Shares from 0 to 1.
    """

    name: str
    sends_bps: int
    gets_bps: int
    line_up_bps: int = Field(description="the line as it is in this phase")
    line_down_bps: int
    estimate_bps: int = Field(description="what the server thinks that the line to it carries")
    stage_height: int = Field(description="the large picture")
    stage_motion: float = Field(description="share of its frames that are sent")
    others_height: int = Field(description="the lowest of the small pictures that come")
    pictures: int = Field(description="that move")
    paused: int = Field(description="pictures for which there is no room")
    voice_loss: float = Field(description="share of voice packets that cannot be heard, repetition (RED) counted")
    packet_loss: float = Field(description="on the way to it")
    queue_ms: float = Field(description="in its line towards it, mean over time")
    queue_p95_ms: float = Field(description="95th percentile, over packets, of waiting on the way to it")
    stage_standstill_s: float = Field(description="the longest time that the large picture stood still")


class Phase(Part):
    """Between two changes of a line. `settled_s`: from when on means are taken."""

    from_s: float
    to_s: float
    settled_s: float
    site_up_bps: int
    site_used_bps: int = Field(description="of the site's line, towards the endpoints; mean")
    endpoints: tuple[EndpointFigures, ...]


class Curves(Part):
    """One endpoint over time, a value for each of `times_s`."""

    name: str
    sends_bps: tuple[int, ...]
    gets_bps: tuple[int, ...]
    estimate_bps: tuple[int, ...]
    line_up_bps: tuple[int, ...]
    line_down_bps: tuple[int, ...]
    stage_height: tuple[int, ...]
    pictures: tuple[int, ...]
    queue_ms: tuple[float, ...] = Field(description="mean of each interval")
    voice_loss: tuple[float, ...]


class Level(Part):
    """A picture: its height in pixels and the share of its frames; height 0: none."""

    height: int
    motion: float


class Cut(Part):
    """Below `at_bps` of the line this is given up: what it was and what is left of it, in how many rooms first."""

    at_bps: int
    what: Literal["stage", "others", "voices"]
    before: Level
    after: Level
    rooms: int


class CutList(Part):
    """What goes first as one line shrinks and all others stay. `line`: site (both ways) or delegate (towards it)."""

    line: Literal["site", "delegate"]
    from_bps: int
    stage: Level = Field(description="the worst room's large picture with the whole line")
    others: Level = Field(description="its worst small picture")
    cuts: tuple[Cut, ...]


class Fits(Part):
    """How many delegates, of up to `most`, with the lines of the beginning; 0: not even one.

    By the allocator, where every estimate has found its line. `over_time`: in virtual time, if that was asked for.
    """

    every_picture: int = Field(description="everybody has all voices, the stage and every small picture")
    stage: int = Field(description="everybody has all voices and the stage; small pictures may be missing")
    most: int = Field(description="the most that was looked at")
    limit: Limit = Field(description="which line refuses the next delegate's pictures; none: `most` fit")
    complete: float = Field(description="share of the settled time in which everybody asked about had every picture")
    over_time: int | None = Field(description="the most for whom that share is at least 0.95")


class Difference(Part):
    """One figure of the measured run beside the simulator's own of that very case, mean over the endpoints."""

    name: Figure
    measured: float
    simulated: float


class MeasuredRun(Part):
    """How far a run on shaped lines differed from what the simulator says of the same case."""

    title_vi: str
    title_en: str
    profile: str
    case: SimulationCase
    measured_on: str
    machine: str
    commit: str
    differences: tuple[Difference, ...]
    worst_endpoint: str = Field(description="whose received rate differs most")
    worst_gets: float = Field(description="by how much the simulated is above it, as a share of the measured")


class Simulation(Part):
    """The whole answer."""

    schema_name: Literal["diemcau-simulation/1"] = Field(default="diemcau-simulation/1", alias="schema")
    profile: str
    case: SimulationCase
    granularity: str = Field(description="from which endpoints congestion is simulated too")
    site_media_bps: int = Field(description="of the site's line, for media")
    phases: tuple[Phase, ...]
    times_s: tuple[float, ...]
    site_used_bps: tuple[int, ...]
    curves: tuple[Curves, ...]
    cuts: tuple[CutList, ...]
    fits: Fits
    measured: MeasuredRun | None

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)
