"""The arithmetic of the comparison: cost per packet, what makes a run invalid, medians, ratios by round."""

import dataclasses
import math
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.peers.report import ServerFacts, draw, print_tables, read_runs, write_json
from benchmarks.peers.results import Run, Spread, in_order, quantile, ratios, spread, summarise

RUN = Run(
    server="A",
    scenario="s",
    round=1,
    seconds=10.0,
    endpoints=11,
    packets=50_000,
    expected_per_s=5_000.0,
    lost=0,
    user_s=0.4,
    system_s=0.1,
    core_busy_s=0.6,
    client_s=3.0,
    client_core_busy_s=3.2,
    latency_p50_ms=1.0,
    latency_p99_ms=2.0,
    memory_mib=32.0,
    idle_memory_mib=21.0,
)


def run(**changes: object) -> Run:
    return dataclasses.replace(RUN, **changes)  # type: ignore[arg-type]


def test_cost_rate_and_memory() -> None:
    assert RUN.cpu_us == pytest.approx(10.0)
    assert RUN.packets_per_s == 5_000
    assert RUN.core_share == pytest.approx(0.05)
    assert RUN.memory_per_endpoint_mib == 1.0
    assert RUN.faults() == []
    assert math.isnan(run(packets=0).cpu_us)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"lost": 50}, ""),
        ({"lost": 51}, "lost"),
        ({"client_s": 9.0, "client_core_busy_s": 9.0}, ""),
        ({"client_s": 9.1, "client_core_busy_s": 9.1}, "endpoints saturated"),
        ({"packets": 48_600}, ""),
        ({"packets": 48_400}, "4,840 instead of 5,000 packets/s"),
        ({"packets": 51_600}, "5,160 instead of 5,000 packets/s"),
        ({"core_busy_s": 1.4}, ""),
        ({"core_busy_s": 1.6}, "disturbed by other programs (11 % of a core)"),
        ({"client_core_busy_s": 4.2}, "disturbed by other programs (12 % of a core)"),
    ],
)
def test_what_makes_a_run_invalid(changes: dict[str, object], fault: str) -> None:
    faults = run(**changes).faults()
    assert len(faults) == bool(fault)
    assert fault in "".join(faults)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([3.0], Spread(median=3.0, low=3.0, high=3.0)),
        ([9.0, 1.0, 2.0], Spread(median=2.0, low=1.0, high=9.0)),
        ([4.0, 1.0, 2.0, 3.0], Spread(median=2.5, low=1.0, high=4.0)),
    ],
)
def test_spread(values: list[float], expected: Spread | None) -> None:
    assert spread(values) == expected


def test_spread_as_text() -> None:
    assert Spread(median=2.04, low=1.96, high=9.0).text() == "2.0 (2.0..9.0)"
    assert Spread(median=2.046, low=1.961, high=9.0).text(2) == "2.05 (1.96..9.00)"


def test_ratios_compare_runs_of_the_same_round_only() -> None:
    runs = [
        run(round=1),
        run(round=2, user_s=0.9),  # 20 µs
        run(round=3, lost=40_000),  # invalid
        run(server="B", round=1, user_s=1.4),  # 30 µs
        run(server="B", round=2, user_s=0.9),  # 20 µs
        run(server="B", round=3, user_s=9.9),
        run(server="B", round=4, user_s=9.9),  # nothing to compare with
        run(server="B", scenario="other", round=1, user_s=9.9),
    ]
    assert ratios(runs, server="B", base="A", scenario="s") == Spread(
        median=pytest.approx(2.0), low=pytest.approx(1.0), high=pytest.approx(3.0)
    )


def test_no_ratio_without_a_valid_pair() -> None:
    runs = [run(round=1), run(server="B", round=1, client_s=9.9, client_core_busy_s=9.9)]
    assert ratios(runs, server="B", base="A", scenario="s") is None


def test_a_summary_takes_valid_runs_and_says_what_was_wrong_with_the_others() -> None:
    runs = [run(round=1), run(round=2, user_s=5.0, lost=10_000), run(round=3, user_s=0.6)]
    (summary,) = summarise(runs, base="A")
    assert (summary.rounds, summary.valid) == (3, 2)
    assert summary.cpu_us.high == pytest.approx(14.0)
    assert summary.faults == ("16.7 % lost",)
    assert summary.ratio is not None
    assert summary.ratio.median == 1.0


def test_a_summary_of_invalid_runs_only_still_shows_figures_but_no_ratio() -> None:
    runs = [run(lost=10_000), run(server="B")]
    first, second = summarise(runs, base="A")
    assert first.valid == 0
    assert first.cpu_us.median == pytest.approx(10.0)
    assert first.ratio is None
    assert second.ratio is None


def test_runs_stand_by_scenario_server_and_round() -> None:
    runs = [
        run(scenario=s, server=v, round=r) for s, v, r in (("b", "A", 1), ("a", "B", 2), ("a", "A", 2), ("a", "B", 1))
    ]
    ordered = in_order(runs, scenarios=["a", "b"], servers=["A", "B"])
    assert [(each.scenario, each.server, each.round) for each in ordered] == [
        ("a", "A", 2),
        ("a", "B", 1),
        ("a", "B", 2),
        ("b", "A", 1),
    ]


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 3.0), (0.99, 4.0), (1.0, 4.0)])
def test_quantile(share: float, value: float) -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], share) == value


def test_quantile_of_nothing_is_not_a_number() -> None:
    assert math.isnan(quantile([], 0.5))


def test_runs_come_back_from_the_file_as_they_were_written(tmp_path: Path) -> None:
    runs = [RUN, run(server="B", lost=7_000)]
    file = tmp_path / "new" / "peers.json"
    assert read_runs(file) == []
    write_json(file, {"cpu": "a"}, [ServerFacts(name="A"), ServerFacts(name="B")], runs)
    assert read_runs(file) == runs


def test_the_tables_name_who_was_skipped_and_why() -> None:
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    facts = [
        ServerFacts(name="A", version="1.0", settings="defaults"),
        ServerFacts(name="B", skipped="not there"),
    ]
    print_tables(summarise([RUN], base="A"), facts, console)
    text = console.export_text()
    assert "10.0 (10.0..10.0)" in text
    assert "B skipped: not there" in text
    assert "A 1.0: defaults" in text
    console.file.close()


def test_the_plot_is_a_picture(tmp_path: Path) -> None:
    runs = [RUN, run(server="B", scenario="other", lost=10_000), run(server="B")]
    draw(tmp_path / "peers.png", summarise(runs, base="A"), "title")
    assert (tmp_path / "peers.png").read_bytes().startswith(b"\x89PNG")
