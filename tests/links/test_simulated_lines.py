"""The simulator beside the real server on the same shaped lines: what it says is about what is measured."""

from __future__ import annotations

import os
import shutil

import pytest

from bandwidth.simulation.case import LineChange, SimulationCase
from bandwidth.simulation.run import run_room
from bandwidth.simulation.summary import phases
from benchmarks.shaped.figures import figures_of
from benchmarks.shaped.measure import ShapedRun
from config.profile import load_profile
from tests.bandwidth.simulation.cases import dice

pytestmark = [
    pytest.mark.links,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("tc"), reason="needs root and iproute2"),
]


def test_a_weak_line_gets_what_the_simulator_says_and_so_do_the_others() -> None:
    weak = LineChange(at_s=0, who="delegate-2", down_mbps=0.8)
    case = SimulationCase(delegates=2, seconds=40, voices=3, red=False, temporal_layers=1, delay_ms=0, changes=(weak,))
    profile = load_profile("30-5")
    phase = next(iter(phases(run_room(profile, case, dice))))
    lines = {each.name: each.line_down_bps for each in phase.endpoints}
    run = ShapedRun(case, case.apply(profile), prefix="simulate-test").run()
    measured = figures_of(run, from_s=15, to_s=phase.to_s, line_down_bps=lines)
    simulated = {each.name: each for each in phase.endpoints}
    for figure in ("gets_bps", "sends_bps"):
        real = sum(getattr(each, figure) for each in measured.values())
        assert sum(getattr(each, figure) for each in simulated.values()) == pytest.approx(real, rel=0.25), figure
    assert all(each.voice_loss < 0.01 for each in (*measured.values(), *simulated.values()))
    assert max(measured["delegate-2"].gets_bps, simulated["delegate-2"].gets_bps) < 800_000
