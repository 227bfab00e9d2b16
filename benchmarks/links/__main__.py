"""`make bench-links`: what a subscriber gets over tight, changing, lossy and shared lines (root, iproute2)."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.links.cases import CASES, Case, chosen
from benchmarks.links.figures import figures_of
from benchmarks.links.plot import draw
from benchmarks.links.report import table, target_table
from benchmarks.links.running_case import CaseRun, Observation
from benchmarks.links.targets import verdicts

OUTPUT = Path("bench-out")


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.links", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="cases that begin so; repeat")
    parser.add_argument("--no-fixed", action="store_true", help="without the runs with fixed layers")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="directory for links.json, links.md, links-*.png")
    return parser.parse_args()


def run_case(case: Case, *, pinned: bool) -> Observation:
    """One run on a loop of its own; says how long it took."""
    begun = time.monotonic()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(CaseRun(case, pinned=pinned).run())
    kind = "fixed layers" if pinned else "adaptive"
    print(f"{case.title}, {kind}: {time.monotonic() - begun:.0f} s {seen.skipped}", file=sys.stderr, flush=True)
    return seen


def run_all(cases: list[Case], output: Path, *, fixed: bool) -> None:
    """Each case is kept as it ends: earlier results of other cases in links.json stay."""
    path = output / "links.json"
    runs: dict[str, dict[str, Any]] = json.loads(path.read_text())["runs"] if path.exists() else {}
    for case in cases:
        seen = [run_case(case, pinned=False)]
        runs[case.name] = figures_of(seen[0])
        if fixed:
            seen.append(run_case(case, pinned=True))
            runs[f"{case.name}/fixed"] = figures_of(seen[1])
        draw(seen, output / f"links-{case.name}.png")
        text = json.dumps({"runs": runs}, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
    report = table(CASES, runs) + "\n\n" + target_table(verdicts(runs)) + "\n"
    (output / "links.md").write_text(report, encoding="utf-8")
    print(report)


def main() -> int:
    """Run the cases, print the tables, write links.json, links.md and a plot of each."""
    arguments = read_arguments()
    if os.geteuid() != 0 or shutil.which("tc") is None or shutil.which("ip") is None:
        print("Shaped lines need root and iproute2: sudo make bench-links (apt-get install iproute2)", file=sys.stderr)
        return 2
    try:
        cases = chosen(arguments.only)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    arguments.output.mkdir(parents=True, exist_ok=True)
    run_all(cases, arguments.output, fixed=not arguments.no_fixed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
