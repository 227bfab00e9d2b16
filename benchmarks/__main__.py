"""`make bench`: what forwarding costs, how late it is and how long joining takes, with synthetic endpoints."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from benchmarks.clip import Clip, load_clip
from benchmarks.figures import ScenarioFigures
from benchmarks.plot import draw
from benchmarks.report import document, print_table
from benchmarks.rig import ENDPOINT_CORE
from benchmarks.runner import RunSettings, run
from benchmarks.scenarios import Scenario, chosen

QUICK = RunSettings(seconds=3.0, warm_up_s=2.5)
OUTPUT = Path("bench-out")


def run_scenarios(scenarios: Sequence[Scenario], clip: Clip, settings: RunSettings) -> list[ScenarioFigures]:
    """One after the other, each on a server of its own; says which one runs."""
    figures = []
    for scenario in scenarios:
        begun = time.monotonic()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            figures.append(runner.run(run(scenario, clip, settings)))
        print(f"{scenario.title}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return figures


def checkout_of(executable: Path | None) -> Path:
    """Whose server it is: PATH of PATH/.venv/bin/diemcau, or this checkout."""
    return executable.absolute().parents[2] if executable is not None else Path.cwd()


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="scenarios that begin so; repeat")
    parser.add_argument("--seconds", type=float, help="measured time of each scenario")
    parser.add_argument("--quick", action="store_true", help="shorter windows: for a look, not for figures")
    parser.add_argument("--server", type=Path, metavar="PATH/.venv/bin/diemcau", help="of another checkout")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="directory for bench.json and bench.png")
    return parser.parse_args(arguments)


def settings_of(arguments: argparse.Namespace) -> RunSettings:
    """Windows and server by the command line."""
    base = QUICK if arguments.quick else RunSettings()
    return RunSettings(seconds=arguments.seconds or base.seconds, warm_up_s=base.warm_up_s, executable=arguments.server)


def main() -> int:
    """Run the scenarios, print the table, write bench.json and bench.png."""
    arguments = read_arguments()
    try:
        scenarios = chosen(arguments.only)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    os.sched_setaffinity(0, {ENDPOINT_CORE})
    settings = settings_of(arguments)
    figures = run_scenarios(scenarios, load_clip(0), settings)
    print_table(figures)
    parameters = {"seconds": settings.seconds, "warm_up_s": settings.warm_up_s, "quick": arguments.quick}
    facts = document(figures, directory=checkout_of(arguments.server), parameters=parameters)
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "bench.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    draw(facts, arguments.output / "bench.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
