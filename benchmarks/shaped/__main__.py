"""`make bench-simulate`: measures the simulator's cases on shaped lines and stores them beside the simulator (root)."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bandwidth.simulation.measured import StoredRun, StoredRuns, compare
from bandwidth.simulation.result import Difference, Figure
from bandwidth.simulation.run import run_room
from bandwidth.simulation.summary import phases
from benchmarks.report import commit, machine
from benchmarks.shaped.cases import CASES, PROFILE, MeasuredCase
from benchmarks.shaped.figures import faults_of, figures_of
from benchmarks.shaped.measure import ShapedRun
from config.profile import load_profile

COLUMNS: dict[str, tuple[Figure, float, int]] = {
    "received, Mb/s": ("gets_bps", 1e6, 2),
    "sent, Mb/s": ("sends_bps", 1e6, 2),
    "estimate, Mb/s": ("estimate_bps", 1e6, 2),
    "large picture": ("stage_height", 1, 0),
    "pictures": ("pictures", 1, 1),
    "voice lost, %": ("voice_loss", 0.01, 1),
    "queue, ms": ("queue_ms", 1, 1),
}
STORE = Path(__file__).parents[2] / "bandwidth" / "simulation" / "measured.json"


class InvalidRun(Exception):
    """The machine had no time for the endpoints: what was measured is no figure of the lines."""


def measure(each: MeasuredCase, revision: str) -> StoredRun:
    """Run the case for real; the figures of its last phase, where that has settled. Raises InvalidRun."""
    profile = load_profile(PROFILE)
    changed = each.case.apply(profile)
    phase = list(phases(run_room(profile, each.case, dice)))[-1]
    lines = {endpoint.name: endpoint.line_down_bps for endpoint in phase.endpoints}
    measured = ShapedRun(each.case, changed).run()
    faults = faults_of(measured)
    if faults:
        raise InvalidRun("; ".join(faults))
    facts = machine()
    return StoredRun(
        name=each.name,
        title_vi=each.title_vi,
        title_en=each.title_en,
        profile=PROFILE,
        case=each.case,
        measured_on=datetime.now(UTC).date().isoformat(),
        machine=f"{facts['processor']}, {facts['cores']} cores",
        commit=revision,
        endpoints=figures_of(measured, from_s=phase.settled_s, to_s=phase.to_s, line_down_bps=lines),
    )


def revision_of(directory: Path) -> str:
    """The checkout's commit, with a plus where files other than the store differ from it."""
    git = ["git", "-C", str(directory)]
    others = subprocess.run(
        [*git, "status", "--porcelain", "--untracked-files=no", "--", ".", f":!{STORE.relative_to(directory)}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return str(commit(directory)["hash"][:10]) + ("+" if others.stdout else "")


def dice(seed: int) -> Callable[[], float]:
    """Numbers from 0 to 1."""
    return Random(seed).random


def read_store() -> dict[str, StoredRun]:
    """What was measured before, by name."""
    return {run.name: run for run in StoredRuns.model_validate_json(STORE.read_text(encoding="utf-8")).runs}


def write_store(runs: dict[str, StoredRun]) -> None:
    """In the order of the cases; runs of cases that are no more are dropped."""
    kept = tuple(runs[each.name] for each in CASES if each.name in runs)
    text = StoredRuns(runs=kept).model_dump_json(indent=2)
    STORE.write_text(text + "\n", encoding="utf-8")


def print_differences(runs: Sequence[StoredRun]) -> None:
    """Measured beside simulated, by the simulator as it is now: as docs/simulator.md has it."""
    print(f"| case | furthest off | {' | '.join(COLUMNS)} |\n|{'---|' * (2 + len(COLUMNS))}")
    for run in runs:
        result = compare(run, dice)
        by_name = {each.name: each for each in result.differences}
        cells = [_cell(by_name[name], scale, digits) for name, scale, digits in COLUMNS.values()]
        print(f"| {run.title_en} | {result.worst_endpoint} {result.worst_gets:+.0%} | {' | '.join(cells)} |")
    for line in sorted({f"{run.measured_on}, {run.machine}, commit {run.commit}" for run in runs}):
        print(line)


def _cell(each: Difference, scale: float, digits: int) -> str:
    text = f"{each.measured / scale:.{digits}f} → {each.simulated / scale:.{digits}f}"
    return f"{text} ({each.simulated / each.measured - 1:+.0%})" if scale > 1 and each.measured else text


def main() -> int:
    """Entry."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shaped", description=__doc__)
    parser.add_argument("--only", action="append", choices=[each.name for each in CASES], help="a case; repeat")
    parser.add_argument("--compare", action="store_true", help="measure nothing, compare what is stored")
    arguments = parser.parse_args()
    runs = read_store()
    if arguments.compare:
        print_differences(list(runs.values()))
        return 0
    if os.geteuid() != 0 or not shutil.which("tc"):
        print("Shaped lines need root and iproute2 (Debian: apt-get install iproute2).", file=sys.stderr)
        return 2
    revision = revision_of(Path.cwd())
    for each in CASES:
        if not arguments.only or each.name in arguments.only:
            print(each.title_en, flush=True)
            try:
                runs[each.name] = measure(each, revision)
            except InvalidRun as fault:
                print(f"  invalid, not stored: {fault}", file=sys.stderr, flush=True)
                continue
            write_store(runs)
    print_differences([run for name, run in runs.items() if not arguments.only or name in arguments.only])
    return 0


if __name__ == "__main__":
    sys.exit(main())
