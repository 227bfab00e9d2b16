"""What a comparison prints, writes and draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from benchmarks.peers.results import Run, Summary, summarise

_COLUMNS = (
    "server",
    "valid",
    "packets/s",
    "CPU µs/packet",
    "user",
    "system",
    "× Điểm Cầu",
    "core %",
    "p50 ms",
    "p99 ms",
    "MiB",
    "MiB/endpoint",
    "why not valid",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What was compared: its version, what was set, or why it was skipped (then `skipped` is not empty)."""

    name: str
    version: str = ""
    settings: str = ""
    skipped: str = ""


def print_tables(summaries: Sequence[Summary], servers: Sequence[ServerFacts], console: Console) -> None:
    """One table a scenario, then what was set and who was missing."""
    for scenario in dict.fromkeys(each.scenario for each in summaries):
        table = Table(title=scenario, title_justify="left")
        for name in _COLUMNS:
            table.add_column(name, justify="left" if name in ("server", "why not valid") else "right")
        for each in summaries:
            if each.scenario == scenario:
                table.add_row(*_cells(each))
        console.print(table)
    for server in servers:
        told = f"skipped: {server.skipped}" if server.skipped else f"{server.version}: {server.settings}"
        console.print(f"[bold]{server.name}[/bold] {told}", highlight=False)


def _cells(each: Summary) -> list[str]:
    return [
        each.server,
        f"{each.valid}/{each.rounds}",
        f"{each.packets_per_s:,.0f}",
        each.cpu_us.text(),
        f"{each.user_us:.1f}",
        f"{each.system_us:.1f}",
        each.ratio.text(2) if each.ratio else "–",
        f"{each.core_percent:.0f}",
        f"{each.latency_p50_ms.median:.2f}",
        f"{each.latency_p99_ms.median:.2f}",
        f"{each.memory_mib:.0f}",
        f"{each.memory_per_endpoint_mib:.2f}",
        "; ".join(each.faults),
    ]


def write_json(path: Path, machine: dict[str, Any], servers: Sequence[ServerFacts], runs: Sequence[Run]) -> None:
    """Everything, the single runs too."""
    base = servers[0].name
    document = {
        **machine,
        "servers": [asdict(each) for each in servers],
        "summary": [asdict(each) for each in summarise(runs, base=base)],
        "runs": [asdict(run) | {"cpu_us": run.cpu_us, "faults": run.faults()} for run in runs],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_runs(path: Path) -> list[Run]:
    """The runs of an earlier peers.json, to add rounds to; none if there is no such file."""
    if not path.exists():
        return []
    document = json.loads(path.read_text(encoding="utf-8"))
    return [Run(**{key: run[key] for key in run.keys() - {"cpu_us", "faults"}}) for run in document["runs"]]


def draw(path: Path, summaries: Sequence[Summary], title: str) -> None:
    """CPU per packet as bars with their spread, one group a scenario; runs that are not valid are pale."""
    scenarios = list(dict.fromkeys(each.scenario for each in summaries))
    servers = list(dict.fromkeys(each.server for each in summaries))
    figure = Figure(figsize=(11, 5), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / len(servers)
    for position, server in enumerate(servers):
        for each in (one for one in summaries if one.server == server):
            place = scenarios.index(each.scenario) + (position - (len(servers) - 1) / 2) * width
            middle = each.cpu_us.median
            error = [[middle - each.cpu_us.low], [each.cpu_us.high - middle]]
            label = server if each is next(one for one in summaries if one.server == server) else None
            shade = 1.0 if each.valid else 0.3
            axes.bar(place, middle, width * 0.92, yerr=error, color=f"C{position}", alpha=shade, label=label, capsize=2)
            axes.annotate(f"{middle:.1f}", (place, each.cpu_us.high), ha="center", va="bottom", fontsize=7)
    axes.set_xticks(range(len(scenarios)), scenarios)
    axes.set_ylabel("server CPU, µs per forwarded packet")
    axes.set_title(title)
    axes.legend()
    axes.grid(axis="y", alpha=0.3)
    figure.savefig(path, dpi=120)
