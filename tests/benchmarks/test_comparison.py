from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.compare import compare, read_arguments
from benchmarks.comparison import Verdict, compare_documents, compare_rounds
from benchmarks.figures import BY_NAME, KINDS
from benchmarks.report import SCHEMA


def verdicts(*rounds: tuple[dict[str, float], dict[str, float]]) -> dict[str, Verdict]:
    return {each.kind.name: each.verdict for each in compare_rounds("session", rounds)}


def cost(base: float, head: float) -> tuple[dict[str, float], dict[str, float]]:
    return {"cpu_us": base}, {"cpu_us": head}


@pytest.mark.parametrize(
    ("rounds", "verdict"),
    [
        ([cost(10, 10)], "same"),
        ([cost(10, 10.9)], "same"),  # within the tolerance of 1.1
        ([cost(10, 11.5)], "worse"),
        ([cost(10, 7)], "better"),
        ([cost(10, 11.5), cost(12, 14), cost(9, 10.5)], "worse"),
        ([cost(10, 13), cost(10, 13), cost(10, 9.5)], "same"),  # one round says the contrary
        ([cost(10, 7), cost(10, 7), cost(10, 10.5)], "same"),
    ],
)
def test_cpu_is_worse_beyond_its_tolerance_and_in_every_round(rounds: list[Any], verdict: Verdict) -> None:
    assert verdicts(*rounds) == {"cpu_us": verdict}


def test_ratios_are_told_with_their_spread() -> None:
    (change,) = compare_rounds("session", [cost(10, 12), cost(10, 15), cost(20, 20)])
    assert (change.ratio, change.lowest, change.highest) == (1.2, 1.0, 1.5)
    assert (change.base, change.head) == (10, 15)


def test_where_less_is_worse_a_fall_is_a_regression_and_a_rise_is_not() -> None:
    name = "sustained_packets_per_s"
    assert BY_NAME[name].worse == "lower"
    assert verdicts(({name: 100_000}, {name: 80_000})) == {name: "worse"}
    assert verdicts(({name: 100_000}, {name: 130_000})) == {name: "better"}
    assert verdicts(({name: 100_000}, {name: 0})) == {name: "worse"}


def test_noise_under_the_floor_is_no_change() -> None:
    floor = BY_NAME["lost_percent"].floor
    assert verdicts(({"lost_percent": 0.0}, {"lost_percent": floor})) == {"lost_percent": "same"}
    assert verdicts(({"lost_percent": 0.0}, {"lost_percent": 10 * floor})) == {"lost_percent": "worse"}


def test_a_fault_that_was_not_there_before_is_worse() -> None:
    assert verdicts(({"switches_without_key": 0.0}, {"switches_without_key": 1.0})) == {"switches_without_key": "worse"}
    assert verdicts(({"switches_without_key": 0.0}, {"switches_without_key": 0.0})) == {"switches_without_key": "same"}


def test_figures_that_are_neither_good_nor_bad_and_those_of_one_side_are_left_out() -> None:
    assert BY_NAME["packets_out_per_s"].worse == ""
    assert verdicts(({"packets_out_per_s": 1.0, "cpu_us": 1.0}, {"packets_out_per_s": 9.0})) == {}


def test_tolerances_are_ratios_above_one() -> None:
    assert all(kind.tolerance >= 1 for kind in KINDS)
    assert len(BY_NAME) == len(KINDS)


def scenario(cpu_us: float, *, faults: tuple[str, ...] = (), source: str = "extension") -> dict[str, Any]:
    return {
        "valid": not faults,
        "faults": list(faults),
        "latency_source": source,
        "figures": {"cpu_us": cpu_us, "latency_p50_ms": cpu_us},
    }


def test_documents_are_compared_by_scenario() -> None:
    base = {"scenarios": {"session": scenario(10), "1-to-10": scenario(10)}}
    head = {"scenarios": {"session": scenario(20), "1-to-10": scenario(10)}}
    changes, left_out = compare_documents(base, head)
    found = {(each.scenario, each.kind.name): each.verdict for each in changes}
    assert found["session", "cpu_us"] == "worse"
    assert found["1-to-10", "cpu_us"] == "same"
    assert left_out == []


def test_invalid_and_missing_runs_are_named_and_not_compared() -> None:
    base = {"scenarios": {"session": scenario(10), "1-to-10": scenario(10)}}
    head = {"scenarios": {"session": scenario(20, faults=("the endpoints were slow",))}}
    changes, left_out = compare_documents(base, head)
    assert changes == []
    assert left_out == ["session: the endpoints were slow", "1-to-10: not measured again"]


def test_latencies_of_different_clocks_are_not_compared() -> None:
    base = {"scenarios": {"session": scenario(10, source="trailer")}}
    changes, _ = compare_documents(base, {"scenarios": {"session": scenario(10)}})
    assert [each.kind.name for each in changes] == ["cpu_us"]


def test_two_files_are_compared_without_running_anything(tmp_path: Path) -> None:
    for name, cpu_us in (("base.json", 10.0), ("head.json", 20.0)):
        facts = {"schema": SCHEMA, "scenarios": {"session": scenario(cpu_us)}}
        (tmp_path / name).write_text(json.dumps(facts))
    arguments = read_arguments([str(tmp_path / "base.json"), "--head", str(tmp_path / "head.json")])
    changes, _ = compare(arguments)
    assert {each.kind.name: each.verdict for each in changes} == {"cpu_us": "worse", "latency_p50_ms": "worse"}


@pytest.mark.parametrize("text", ["not json", "[]", '{"schema": "another/1"}'])
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "base.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"base\.json"):
        compare(read_arguments([str(file), "--head", str(file)]))
