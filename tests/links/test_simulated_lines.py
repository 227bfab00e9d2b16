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
    for simulated in phase.endpoints:
        real = measured[simulated.name]
        assert simulated.gets_bps == pytest.approx(real.gets_bps, rel=0.35), simulated.name
        assert simulated.sends_bps == pytest.approx(real.sends_bps, rel=0.25), simulated.name
        assert real.voice_loss < 0.01
        assert simulated.voice_loss < 0.01
    assert measured["delegate-2"].gets_bps < 800_000
