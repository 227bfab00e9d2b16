"""The whole answer, and the measured run beside it."""

from __future__ import annotations

import pytest

from bandwidth.simulation.case import LineChange, SimulationCase
from bandwidth.simulation.measured import (
    MeasuredFigures,
    StoredRun,
    compare,
    difference,
    nearest_run,
    stored_runs,
)
from bandwidth.simulation.run import simulate
from config.profile import load_profile
from tests.bandwidth.simulation.cases import dice

PROFILE = load_profile("30-5")
CASE = SimulationCase(delegates=2, seconds=20, changes=(LineChange(at_s=8, who="delegate-2", down_mbps=0.8),))


def stored(delegates: int = 2, **values: object) -> StoredRun:
    case = SimulationCase.model_validate({"delegates": delegates, "seconds": 12, **values})
    figures = MeasuredFigures(
        gets_bps=1_000_000,
        sends_bps=2_000_000,
        estimate_bps=3_000_000,
        stage_height=720,
        pictures=delegates,
        voice_loss=0.0,
        queue_ms=1.5,
    )
    return StoredRun(
        name="t",
        title_vi="t",
        title_en="t",
        profile="30-5",
        case=case,
        measured_on="2026-11-24",
        machine="m",
        commit="c",
        endpoints=dict.fromkeys(case.names, figures),
    )


def test_phases_and_curves_cover_the_whole_time() -> None:
    result = simulate(PROFILE, CASE, dice)
    assert [(phase.from_s, phase.to_s) for phase in result.phases] == [(0, 8), (8, 20)]
    assert [phase.endpoints[2].line_down_bps for phase in result.phases] == [5_000_000, 800_000]
    assert result.phases[1].endpoints[2].gets_bps < 800_000
    assert len(result.times_s) == 40
    for curve in result.curves:
        assert all(len(getattr(curve, name)) == 40 for name in type(curve).model_fields if name != "name")
    assert result.curves[2].line_down_bps[15:17] == (5_000_000, 800_000)
    assert 0 <= result.fits.complete <= 1
    assert result.fits.over_time is None


def test_the_json_is_read_back_as_the_same_answer() -> None:
    result = simulate(PROFILE, SimulationCase(delegates=1, seconds=10), dice)
    text = result.model_dump_json()
    assert '"schema":"diemcau-simulation/1"' in text
    assert type(result).model_validate_json(text) == result


def test_the_search_in_virtual_time_finds_at_most_what_the_allocator_finds() -> None:
    case = SimulationCase(delegates=1, seconds=10, site_mbps=3, voices=1, check_fits=True)
    fits = simulate(PROFILE, case, dice).fits
    assert fits.over_time is not None
    assert 0 <= fits.over_time <= fits.every_picture


def test_a_measured_run_is_set_beside_the_simulation_of_its_own_case() -> None:
    run = stored()
    result = compare(run, dice)
    by_name = {each.name: each for each in result.differences}
    assert by_name["gets_bps"].measured == 1_000_000
    simulated = simulate(PROFILE, run.case, dice).phases[-1]
    mean = sum(each.gets_bps for each in simulated.endpoints) / 3
    assert by_name["gets_bps"].simulated == pytest.approx(mean)
    worst = next(each for each in simulated.endpoints if each.name == result.worst_endpoint)
    assert result.worst_gets == pytest.approx(worst.gets_bps / 1_000_000 - 1, abs=0.001)
    assert difference(run, simulated) == result


def test_the_nearest_measured_run_is_the_one_with_the_likest_lines() -> None:
    weak = stored(changes=[{"at_s": 0, "who": "delegate-1", "down_mbps": 1}])
    lossy, plain = stored(loss_percent=5), stored()
    runs = [weak, lossy, plain]
    assert nearest_run(PROFILE, SimulationCase(delegates=6), runs) is plain
    assert nearest_run(PROFILE, SimulationCase(loss_percent=4), runs) is lossy
    assert nearest_run(load_profile("mien-nui"), SimulationCase(), runs) is weak
    assert nearest_run(PROFILE, SimulationCase(), []) is None


def test_the_stored_runs_are_of_cases_that_can_be_simulated() -> None:
    for run in stored_runs():
        assert set(run.endpoints) == set(run.case.names)
        load_profile(run.profile)
