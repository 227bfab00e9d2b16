"""What the measurement of two workers over one makes of its steps, and the server account that it stands on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks import workers
from benchmarks.capacity import Run, Step, failures, gain, packets_per_viewer, settled
from benchmarks.clip import Clip, load_clip
from benchmarks.cpu_quota import NoQuota, Quota, Throttling
from benchmarks.limited import portions, scenario
from benchmarks.limits import Counters
from benchmarks.measuring import measure
from benchmarks.rig import Rig

QUOTA = Quota(share=0.25, period_us=10_000)
GOOD = {
    "lost_percent": 0.04,
    "repaired_percent": 0.05,
    "silent_streams": 0.0,
    "latency_p50_ms": 2.0,
    "latency_p99_ms": 60.0,
    "packets_out_per_s": 990.0,
    "cpu_us": 12.0,
    "foreign_percent": 3.0,
}


def step(packets_per_s: float = 990.0, *, workers: int = 1, **changed: Any) -> Step:
    whole = Step(
        viewers=4,
        endpoints=[5] * workers,
        quota_percent=[97.0] * workers,
        stopped_percent=[80.0] * workers,
        front_percent=0.5,
        values={**GOOD, "packets_out_per_s": packets_per_s},
        failures=[],
        faults=[],
    )
    return replace(whole, **changed)


def run_of(packets_per_s: float, *, workers: int = 1, number: int = 1, last: Step | None = None) -> Run:
    held = step(packets_per_s, workers=workers)
    return Run(workers=workers, round=number, steps=[held, last or step(workers=workers, failures=["late"])])


@pytest.mark.parametrize(
    ("figure", "value", "why"),
    [
        ("lost_percent", 0.06, "0.11 % of the packets lost"),
        ("silent_streams", 2.0, "2 streams silent"),
        ("latency_p99_ms", 101.0, "latency p99 101 ms"),
        ("packets_out_per_s", 960.0, "4 % fewer packets than the pictures have"),
    ],
)
def test_a_step_that_does_not_hold_says_why(figure: str, value: float, why: str) -> None:
    assert failures(GOOD, expected_per_s=1000) == []
    assert failures({**GOOD, figure: value}, expected_per_s=1000) == [why]


def test_a_viewer_gets_a_voice_and_every_piece_of_the_largest_picture() -> None:
    clip = Clip(video={"q": [[b"q"]] * 4, "f": [[b"f"] * 9, [b"f"] * 3]}, audio=[b"a"])
    assert packets_per_viewer(clip) == 50 + 25 * 6


def test_the_last_step_that_holds_is_what_the_server_holds() -> None:
    run = Run(
        workers=1, round=1, steps=[step(100.0), step(200.0, failures=["late"]), step(210.0), step(failures=["x"])]
    )
    assert run.packets_per_s == 210
    assert run.faults() == []


def test_a_run_that_the_endpoints_ended_is_told_and_not_compared() -> None:
    tired = run_of(100.0, last=step(faults=["a publisher was 90 ms late"]))
    assert tired.faults() == ["not ended by the server: a publisher was 90 ms late"]
    assert run_of(100.0, last=step(failures=["late"])).faults() == []
    never = Run(workers=1, round=1, steps=[step(failures=["late"])])
    assert (never.packets_per_s, never.faults()) == (0.0, ["the first step did not hold"])


def test_an_uneven_placement_is_told_and_not_compared() -> None:
    uneven = Run(workers=2, round=1, steps=[step(endpoints=[16, 5])])
    assert uneven.faults() == ["endpoints are uneven: [16, 5]"]
    assert Run(workers=2, round=1, steps=[step(endpoints=[9, 5])]).faults() == []


def test_the_gain_is_of_each_round_that_has_both() -> None:
    runs = [
        run_of(100.0),
        run_of(190.0, workers=2),
        run_of(200.0, number=2),
        run_of(360.0, workers=2, number=2),
        run_of(900.0, number=3),
        run_of(400.0, workers=2, number=4),
    ]
    found = gain(runs, workers=2)
    assert found is not None
    assert (found.low, found.high) == (1.8, 1.9)
    assert gain(runs[:1], workers=2) is None


def test_a_step_has_four_windows_to_hold_in() -> None:
    held, late = step(), step(failures=["late"])
    assert settled([held])
    assert settled([late, held])
    assert not settled([late, late, late])
    assert settled([late, late, late, late])
    assert not settled([late, late, late, step(viewers=8, failures=["late"])])


def test_every_worker_gets_the_same_at_each_step() -> None:
    seats: Any = list(range(11))
    assert [list(each) for each in portions(seats)] == [[0, 1, 2], [3, 4, 5, 6], [7, 8, 9, 10]]


def test_use_is_told_in_percent_of_the_quota() -> None:
    before = Counters(at_s=10.0, cpu_s=[1.0, 2.0], throttling=[Throttling(periods=0, throttled=0)] * 2, front_s=0.0)
    after = Counters(at_s=14.0, cpu_s=[2.0, 2.5], throttling=[Throttling(periods=400, throttled=100)] * 2, front_s=0.2)
    assert after.quota_percent(before, 0.25) == [100, 50]
    assert after.stopped_percent(before) == [25, 25]
    assert after.front_percent(before) == pytest.approx(5)


def test_rounds_are_written_read_and_added_to_by_the_same_method_alone(tmp_path: Path) -> None:
    file, method = tmp_path / "workers.json", {"apart": False}
    assert workers.read_runs(file, method) == []
    runs = [run_of(100.0), run_of(190.0, workers=2)]
    file.write_text(json.dumps(workers.document(runs, method)))
    assert workers.read_runs(file, method) == runs
    assert json.loads(file.read_text())["gain"]["median"] == 1.9
    with pytest.raises(ValueError, match="cannot be added"):
        workers.read_runs(file, {"apart": True})


def test_the_table_tells_every_run_and_the_ratio() -> None:
    console = Console(width=workers.WIDTH, record=True)
    never = Run(workers=1, round=2, steps=[step(failures=["late"])])
    workers.print_results([run_of(1000.0), run_of(1900.0, workers=2), never], QUOTA, console)
    printed = console.export_text()
    assert "2.5 ms in each 10" in printed
    assert "--workers 2: 1,900 packets/s (1,900..1,900)" in printed
    assert "round by round: 1.90 (1.90..1.90)" in printed
    assert "the first step did not hold" in printed


def test_where_the_kernel_gives_no_quota_it_is_skipped_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none_here() -> None:
        raise NoQuota("/sys/fs/cgroup: Permission denied")

    monkeypatch.setattr(workers, "usable_hierarchy", none_here)
    monkeypatch.setattr("sys.argv", ["workers", "--output", str(tmp_path)])
    assert workers.main() == 0
    assert capsys.readouterr().out == (
        "workers: skipped, the kernel gives no quota of CPU here: /sys/fs/cgroup: Permission denied\n"
    )


@pytest.mark.slow
async def test_every_worker_is_in_the_servers_account(tmp_path: Path) -> None:
    clip = load_clip(0, seconds=2, cache=tmp_path)
    rig = await asyncio.to_thread(Rig, replace(scenario(2), viewers=1), clip)
    try:
        for _ in range(2):
            await rig.join(await rig.open_session())
        values = (await measure(rig, 2.5)).values  # pictures that nobody watched begin within a second
        assert {seat.endpoint.result.server_port for seat in rig.seats} == set(rig.server.udp_ports)
        assert values["silent_streams"] == values["lost_percent"] == 0
        forwarding = rig.server.media_processes()
        own, recorders = rig.server.processes()
        assert (len(forwarding), recorders) == (2, [])
        assert own == [rig.server.process.pid, *forwarding]
    finally:
        await rig.close()
