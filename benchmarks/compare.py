"""`make bench-compare BASE=…`: this checkout's server beside an earlier one, by the same endpoints; exit 1 if worse.

BASE is a git revision, whose server is built and run in turn with this one, or a bench.json of an earlier run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import OUTPUT, run_scenarios
from benchmarks.bases import NoSuchBase, can_leave_unrecorded, prepare, resolve
from benchmarks.clip import load_clip
from benchmarks.comparison import Change, Figures, comparable, compare_documents, compare_rounds
from benchmarks.report import document, read_document
from benchmarks.rig import ENDPOINT_CORE
from benchmarks.runner import RunSettings
from benchmarks.scenarios import Scenario, chosen

DEFAULT = ("1-to-10", "session", "session-recorded", "session-loss-5")
COLOURS = {"worse": "red", "better": "green", "same": ""}


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("base", help="a git revision, or a bench.json")
    parser.add_argument("--head", type=Path, help="a bench.json to compare with a bench.json: nothing is run")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help=f"instead of {', '.join(DEFAULT)}")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each server, in turn")
    parser.add_argument("--seconds", type=float, default=6.0, help="measured time of each run")
    return parser.parse_args(arguments)


def run_in_turn(
    scenarios: Sequence[Scenario], base: Path, arguments: argparse.Namespace
) -> tuple[list[Change], list[str], dict[str, Any]]:
    """(changes, why rounds were left out, every run). The order within a round changes from round to round."""
    clip = load_clip(0)
    changes: list[Change] = []
    left_out: list[str] = []
    runs: dict[str, Any] = {}
    for scenario in scenarios:
        rounds: list[tuple[Figures, Figures]] = []
        for number in range(arguments.rounds):
            sides: dict[str, Any] = {}
            for side in ("base", "head") if number % 2 == 0 else ("head", "base"):
                executable = base if side == "base" else None
                settings = RunSettings(seconds=arguments.seconds, executable=executable)
                figures = run_scenarios([scenario], clip, settings)
                sides[side] = document(figures, directory=Path.cwd(), parameters={})["scenarios"][scenario.name]
            runs.setdefault(scenario.name, []).append(sides)
            if sides["base"]["valid"] and sides["head"]["valid"]:
                rounds.append(comparable(sides["base"], sides["head"]))
            else:
                faults = [*sides["base"]["faults"], *sides["head"]["faults"]]
                left_out.append(f"{scenario.title}, round {number + 1}: {'; '.join(faults)}")
        changes += compare_rounds(scenario.name, rounds)
    return changes, left_out, runs


def print_changes(changes: Sequence[Change], left_out: Sequence[str], base: str) -> None:
    """A table of everything that can be worse."""
    table = Table(title=f"against {base}: ratio head ÷ base, median of the rounds and from lowest to highest")
    for name in ("scenario", "figure", "base", "head", "ratio", "spread", "tolerated", ""):
        table.add_column(name, justify="left" if name in ("scenario", "figure", "") else "right")
    for each in changes:
        if each.base == each.head == 0:
            continue
        table.add_row(
            each.scenario,
            f"{each.kind.name}, {each.kind.unit}",
            f"{each.base:,.2f}",
            f"{each.head:,.2f}",
            f"{each.ratio:.3f}",
            f"{each.lowest:.3f} … {each.highest:.3f}",
            f"{each.kind.tolerance:.2f}",
            each.verdict,
            style=COLOURS[each.verdict],
        )
    console = Console(width=140)
    console.print(table)
    for line in left_out:
        console.print(f"left out: {line}", markup=False)


def compare(arguments: argparse.Namespace) -> tuple[list[Change], list[str]]:
    """By what the command line names; writes bench-out/compare.json where something was run. Raises ValueError."""
    file = Path(arguments.base)
    if arguments.head is not None:
        return compare_documents(read_document(file), read_document(arguments.head))
    os.sched_setaffinity(0, {ENDPOINT_CORE})
    if file.is_file():
        before = read_document(file)
        names = arguments.only or list(before["scenarios"])
        settings = RunSettings(seconds=arguments.seconds)
        figures = run_scenarios(chosen(names), load_clip(0), settings)
        facts = document(figures, directory=Path.cwd(), parameters={"seconds": settings.seconds})
        _write(facts)
        wanted = {name: each for name, each in before["scenarios"].items() if name in facts["scenarios"]}
        return compare_documents({"scenarios": wanted}, facts)
    executable = prepare(resolve(arguments.base))
    scenarios = chosen(arguments.only or DEFAULT)
    if not can_leave_unrecorded(executable):
        print("the base records every session: so does the head", file=sys.stderr)
        scenarios = [replace(each, recorded=True) for each in scenarios]
    changes, left_out, runs = run_in_turn(scenarios, executable, arguments)
    _write({"base": arguments.base, "runs": runs})
    return changes, left_out


def _write(facts: dict[str, Any]) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "compare.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def main() -> int:
    """0: nothing is worse. 1: something is. 2: the command line or the base is wrong, or nothing could be compared."""
    arguments = read_arguments()
    try:
        changes, left_out = compare(arguments)
    except (NoSuchBase, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print_changes(changes, left_out, arguments.base)
    worse = [each for each in changes if each.verdict == "worse"]
    for each in worse:
        print(f"WORSE: {each.scenario}: {each.kind.name} {each.base:,.3f} → {each.head:,.3f} {each.kind.unit}")
    return 1 if worse else 0 if changes else 2


if __name__ == "__main__":
    sys.exit(main())
