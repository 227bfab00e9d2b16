"""`make bench-workers`: the packets/s that two workers hold over those of one, each kept to a share of a core.

Two workers at full load and the endpoints would need three cores; with shares of a core, two are enough.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.capacity import Run, Step, gain
from benchmarks.clip import load_clip
from benchmarks.cpu_quota import Hierarchy, NoQuota, Quota, usable_hierarchy
from benchmarks.filling import Filling
from benchmarks.limited import LimitedServer
from benchmarks.peers.results import spread
from benchmarks.report import commit, machine, versions
from benchmarks.rig import ENDPOINT_CORE, SERVER_CORE

SCHEMA = "diemcau-workers/1"
COUNTS = (1, 2)
COLUMNS = (
    "round",
    "workers",
    "packets/s",
    "viewers",
    "endpoints",
    "of the quota %",
    "stopped %",
    "CPU µs",
    "p50 ms",
    "p99 ms",
    "front %",
    "others %",
    "ended by",
)
WIDTH = 170


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="each a server with one worker beside one with two")
    parser.add_argument("--apart", action="store_true", help="one server after the other instead of side by side")
    parser.add_argument("--share", type=float, default=0.2, help="of a core that each worker may take")
    parser.add_argument("--period-ms", type=float, default=10.0, help="in which the kernel counts it")
    parser.add_argument("--output", type=Path, default=Path("bench-out"), help="directory for workers.json")
    parser.add_argument("--add", action="store_true", help="add rounds to the workers.json that is there")
    return parser.parse_args(arguments)


async def run_round(number: int, counts: Sequence[int], hierarchy: Hierarchy, quota: Quota) -> list[Run]:
    """A server of its own for each number of workers, all at once."""
    servers: list[LimitedServer] = []
    async with AsyncExitStack() as stack:
        for count in counts:
            server = await asyncio.to_thread(LimitedServer, count, load_clip(0), hierarchy, quota)
            stack.push_async_callback(server.close)
            servers.append(server)
        gc.collect()
        gc.freeze()
        await Filling(servers, tell).run()
    return [Run(workers=each.workers, round=number, steps=each.steps) for each in servers]


def tell(server: LimitedServer, step: Step) -> None:
    """A line for each window."""
    packets, late_ms = step.values["packets_out_per_s"], step.values.get("latency_p99_ms", float("nan"))
    why = "; ".join(step.failures + step.faults) or "holds"
    told = f"{step.viewers} viewers, {packets:,.0f} packets/s, p99 {late_ms:.0f} ms: {why}"
    print(f"--workers {server.workers}: {told}", file=sys.stderr, flush=True)


def document(runs: Sequence[Run], method: dict[str, Any]) -> dict[str, Any]:
    """All of it, ready for JSON."""
    ratio = gain(runs, workers=COUNTS[-1])
    return {
        "schema": SCHEMA,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(Path.cwd()),
        "machine": machine(),
        "versions": versions(),
        "method": method,
        "gain": asdict(ratio) if ratio else None,
        "runs": [asdict(run) | {"packets_per_s": run.packets_per_s, "faults": run.faults()} for run in runs],
    }


def read_runs(path: Path, method: dict[str, Any]) -> list[Run]:
    """Those of an earlier document; none if there is no such file. Raises ValueError if their method was another."""
    if not path.exists():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["method"] != method:
        raise ValueError(f"{path} was measured with {found['method']}: other rounds cannot be added")
    return [
        Run(workers=each["workers"], round=each["round"], steps=[Step(**step) for step in each["steps"]])
        for each in found["runs"]
    ]


def print_results(runs: Sequence[Run], quota: Quota, console: Console) -> None:
    """A line for each run, then the packets/s of each number of workers and what two bring over one."""
    title = (
        f"Sessions of 1 → 10; each worker at most {100 * quota.share:.0f} % of core {SERVER_CORE} "
        f"({quota.us / 1000:g} ms in each {quota.period_us / 1000:g}); the endpoints on core {ENDPOINT_CORE}"
    )
    table = Table(title=title)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "ended by" else "right")
    for run in runs:
        table.add_row(*_cells(run))
    console.print(table)
    for count in COUNTS:
        held = spread(run.packets_per_s for run in runs if run.workers == count and not run.faults())
        told = f"{held.median:,.0f} packets/s ({held.low:,.0f}..{held.high:,.0f})" if held else "no valid run"
        console.print(f"--workers {count}: {told}", highlight=False)
    ratio = gain(runs, workers=COUNTS[-1])
    told = ratio.text(2) if ratio else "no round in which both are valid"
    console.print(f"two workers over one, round by round: {told}", highlight=False)


def _cells(run: Run) -> list[str]:
    held, head = run.held, [str(run.round), str(run.workers)]
    ended = "; ".join(run.faults() or run.steps[-1].failures)
    if held is None:
        return [*head, *["–"] * (len(COLUMNS) - 3), ended]
    values = held.values
    return [
        *head,
        f"{run.packets_per_s:,.0f}",
        str(held.viewers),
        " + ".join(str(each) for each in held.endpoints),
        " + ".join(f"{each:.0f}" for each in held.quota_percent),
        " + ".join(f"{each:.0f}" for each in held.stopped_percent),
        f"{values['cpu_us']:.1f}",
        f"{values['latency_p50_ms']:.1f}",
        f"{values['latency_p99_ms']:.1f}",
        f"{held.front_percent:.1f}",
        f"{values['foreign_percent']:.0f}",
        f"[red]invalid[/red] {ended}" if run.faults() else ended,
    ]


def main() -> int:
    """Measure, print, write workers.json; 2 for a wrong argument."""
    arguments = read_arguments()
    path = arguments.output / "workers.json"
    try:
        quota = Quota(share=arguments.share, period_us=round(1000 * arguments.period_ms))
        method = {"quota": asdict(quota), "apart": arguments.apart}
        hierarchy = usable_hierarchy()
        runs = read_runs(path, method) if arguments.add else []
    except NoQuota as error:
        print(f"workers: skipped, the kernel gives no quota of CPU here: {error}")
        return 0
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    os.sched_setaffinity(0, {ENDPOINT_CORE})
    arguments.output.mkdir(parents=True, exist_ok=True)
    together = [[count] for count in COUNTS] if arguments.apart else [list(COUNTS)]
    for _ in range(arguments.rounds):
        number = 1 + max((run.round for run in runs), default=0)
        for counts in together:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runs += runner.run(run_round(number, counts, hierarchy, quota))
        path.write_text(json.dumps(document(runs, method), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print_results(runs, quota, Console(width=None if os.isatty(1) else WIDTH))
    return 0


if __name__ == "__main__":
    sys.exit(main())
