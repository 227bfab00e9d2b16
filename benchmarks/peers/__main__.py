"""`make bench-peers`: Điểm Cầu, Janus, LiveKit, mediasoup and a naive forwarder side by side, in alternating runs."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console

from benchmarks.clip import Clip, load_clip
from benchmarks.peers.comparison import PeerServer, run_once
from benchmarks.peers.install import install_all
from benchmarks.peers.plan import SCENARIOS, Scenario
from benchmarks.peers.report import draw, print_tables, read_runs, write_json
from benchmarks.peers.results import DISTURBED, Run, in_order, summarise
from benchmarks.peers.servers import Entrant, entrants

CLIPS = 3
TRIES = 3  # of a run that other programs disturb
WIDTH = 170  # columns of the table where the terminal does not say


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="alternating runs of every server in every scenario")
    parser.add_argument("--seconds", type=float, default=12.0, help="measured time of one run")
    parser.add_argument("--servers", default="", help="only those whose names contain one of these, by commas")
    parser.add_argument("--scenarios", default="", help="only those whose names contain this")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--endpoint-core", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path("bench-out"))
    parser.add_argument("--add", action="store_true", help="add rounds to the peers.json that is there")
    parser.add_argument("--install", action="store_true", help="first fetch and build the peers that are not there")
    return parser.parse_args()


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def chosen(names: str, candidates: Sequence[Entrant]) -> list[Entrant]:
    """The entrants that `--servers` names; all for an empty text. Raises SystemExit if nobody is meant."""
    words = [word.strip().lower() for word in names.split(",") if word.strip()]
    found = [each for each in candidates if not words or any(word in each.facts.name.lower() for word in words)]
    if not found:
        raise SystemExit(f"no server is called {names}; there are {', '.join(each.facts.name for each in candidates)}")
    return found


def compare(
    servers: Sequence[Entrant], scenarios: Sequence[Scenario], *, rounds: range, seconds: float, console: Console
) -> Iterator[Run]:
    """Round by round and scenario by scenario, one server after the other. A run that fails is told and left out."""
    clips = [load_clip(number) for number in range(CLIPS)]
    for number in rounds:
        for scenario in scenarios:
            for each in servers:
                if each.make is None:
                    continue
                label = f"round {number}, {scenario.name}, {each.facts.name}: "
                try:
                    run = _undisturbed(each.make, scenario, clips, number, seconds)
                except (RuntimeError, OSError, TimeoutError) as error:
                    console.print(f"{label}failed: {error!r}", highlight=False)
                    continue
                faults = f" [{'; '.join(run.faults())}]" if run.faults() else ""
                told = f"{run.cpu_us:.1f} µs/packet at {run.packets_per_s:,.0f}/s{faults}"
                console.print(label + told, highlight=False, markup=False)
                yield run


def _undisturbed(
    make: Callable[[], PeerServer], scenario: Scenario, clips: list[Clip], number: int, seconds: float
) -> Run:
    """A run; again where other programs took the cores. The last try counts, whatever it was."""
    for _ in range(TRIES):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            run = runner.run(run_once(make, scenario, clips, number=number, seconds=seconds))
        if run.foreign_share <= DISTURBED:
            break
    return run


def main() -> None:
    """Compare, print the tables, write peers.json and peers.png."""
    arguments = _arguments()
    if arguments.install:
        install_all()
    os.sched_setaffinity(0, {arguments.endpoint_core})
    console = Console(width=None if os.isatty(1) else WIDTH)
    candidates = entrants(arguments.server_core)
    servers = chosen(arguments.servers, candidates)
    for each in servers:
        if each.make is None:
            console.print(f"{each.facts.name} is skipped: {each.facts.skipped}", highlight=False)
    scenarios = [each for each in SCENARIOS if arguments.scenarios in each.name]
    file = arguments.output / "peers.json"
    runs = read_runs(file) if arguments.add else []
    names = {each.name for each in scenarios}
    first = 1 + max((run.round for run in runs if run.scenario in names), default=0)
    rounds = range(first, first + arguments.rounds)
    facts = [each.facts for each in candidates]
    scenario_names, server_names = [each.name for each in SCENARIOS], [each.name for each in facts]
    about = machine()
    for run in compare(servers, scenarios, rounds=rounds, seconds=arguments.seconds, console=console):
        runs = in_order([*runs, run], scenarios=scenario_names, servers=server_names)
        write_json(file, about, facts, runs)  # each time: who interrupts an hour of runs keeps them
    if not runs:
        raise SystemExit("no run succeeded")
    summaries = summarise(runs, base=facts[0].name)
    print_tables(summaries, facts, console)
    draw(arguments.output / "peers.png", summaries, f"{about['cpu']}, one core, {about['at'][:10]}")


if __name__ == "__main__":
    main()
