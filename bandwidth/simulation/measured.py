"""Runs of the real server on shaped lines, stored beside the simulator, and how far they differ from what it says.

`measured.json` is written by `make bench-simulate` (benchmarks/shaped); docs/simulator.md describes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from math import log2
from typing import get_args

from pydantic import BaseModel, ConfigDict

from bandwidth.simulation.case import SimulationCase
from bandwidth.simulation.lines import line_states
from bandwidth.simulation.result import Difference, Figure, MeasuredRun, Phase
from bandwidth.simulation.run import Dice, run_room
from bandwidth.simulation.summary import phases
from config.profile import Profile, load_profile

FILE = "measured.json"
LOSS_WEIGHT, COUNT_WEIGHT = 0.2, 0.2  # of a percent and of a delegate, beside a line of twice or half the rate


class MeasuredFigures(BaseModel):
    """Of one endpoint in the settled part of the run's last phase; see EndpointFigures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gets_bps: int
    sends_bps: int
    estimate_bps: int
    stage_height: int
    pictures: int
    voice_loss: float
    queue_ms: float


class StoredRun(BaseModel):
    """A case and what was measured. measured_on: a date; commit: of the server that ran."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title_vi: str
    title_en: str
    profile: str
    case: SimulationCase
    measured_on: str
    machine: str
    commit: str
    endpoints: dict[str, MeasuredFigures]


class StoredRuns(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = "diemcau-measured/1"
    runs: tuple[StoredRun, ...] = ()


@lru_cache(maxsize=1)
def stored_runs() -> tuple[StoredRun, ...]:
    """What is stored with this version."""
    text = files("bandwidth.simulation").joinpath(FILE).read_text(encoding="utf-8")
    return StoredRuns.model_validate_json(text).runs


def nearest_run(profile: Profile, case: SimulationCase, runs: Sequence[StoredRun]) -> StoredRun | None:
    """The run whose lines are most like those that are asked about."""
    return min(runs, key=lambda run: _distance(profile, case, run), default=None)


def _distance(profile: Profile, case: SimulationCase, run: StoredRun) -> float:
    lines = abs(log2(_lowest_down_bps(profile, case) / _lowest_down_bps(load_profile(run.profile), run.case)))
    loss = abs(case.loss_percent - run.case.loss_percent)
    return lines + LOSS_WEIGHT * loss + COUNT_WEIGHT * abs(case.delegates - run.case.delegates)


def _lowest_down_bps(profile: Profile, case: SimulationCase) -> float:
    changed = case.apply(profile)
    return min(state.rate_bps for name in case.names for state in line_states(case, changed, name, up=False))


def compare(run: StoredRun, dice: Dice) -> MeasuredRun:
    """Simulate the run's own case and set both side by side."""
    room = run_room(load_profile(run.profile), run.case, dice)
    phase = list(phases(room))[-1]
    return difference(run, phase)


def difference(run: StoredRun, phase: Phase) -> MeasuredRun:
    """The measured run beside the simulator's phase of the same case."""
    simulated = {each.name: each for each in phase.endpoints}
    differences = []
    for name in get_args(Figure):
        there = [float(getattr(each, name)) for each in run.endpoints.values()]
        here = [float(getattr(simulated[each], name)) for each in run.endpoints]
        differences.append(
            Difference(name=name, measured=round(sum(there) / len(there), 4), simulated=round(sum(here) / len(here), 4))
        )
    off = {name: simulated[name].gets_bps / max(each.gets_bps, 1) - 1 for name, each in run.endpoints.items()}
    worst = max(off, key=lambda name: abs(off[name]))
    return MeasuredRun(
        title_vi=run.title_vi,
        title_en=run.title_en,
        profile=run.profile,
        case=run.case,
        measured_on=run.measured_on,
        machine=run.machine,
        commit=run.commit,
        differences=tuple(differences),
        worst_endpoint=worst,
        worst_gets=round(off[worst], 3),
    )
