"""bench.png: cost a packet, its growth with endpoints, latency, and the ramp."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.scenarios import SCENARIOS

mpl.use("agg")
USER, SYSTEM, MARK = "#4878a8", "#d9a441", "#a83232"


def draw(document: dict[str, Any], path: Path) -> None:
    """Four panels from a document of `report`."""
    figure = Figure(figsize=(15, 10), layout="constrained")
    axes = figure.subplots(2, 2)
    scenarios = document["scenarios"]
    _draw_cost(axes[0][0], scenarios)
    _draw_growth(axes[0][1], scenarios)
    _draw_latency(axes[1][0], scenarios)
    _draw_ramp(axes[1][1], scenarios)
    short = document["commit"]["hash"][:10] or "no commit"
    figure.suptitle(f"Điểm Cầu {short}, {document['at']}, {document['machine']['processor']}")
    figure.savefig(path, dpi=110)


def _measured(scenarios: dict[str, Any], figure: str) -> list[tuple[str, dict[str, float]]]:
    return [(each["title"], each["figures"]) for each in scenarios.values() if figure in each["figures"]]


def _draw_cost(axis: Any, scenarios: dict[str, Any]) -> None:
    rows = _measured(scenarios, "user_us")[::-1]
    user = [figures["user_us"] for _, figures in rows]
    axis.barh([title for title, _ in rows], user, color=USER, label="user")
    axis.barh([title for title, _ in rows], [f["system_us"] for _, f in rows], left=user, color=SYSTEM, label="system")
    axis.set_xlabel("CPU µs per forwarded packet")
    axis.legend()


def _draw_growth(axis: Any, scenarios: dict[str, Any]) -> None:
    points = [
        (scenario.viewers, scenarios[scenario.name]["figures"])
        for scenario in SCENARIOS
        if scenario.curve and scenario.name in scenarios
    ]
    viewers = [viewers for viewers, _ in points]
    axis.plot(viewers, [figures["cpu_us"] for _, figures in points], "o-", color=USER)
    axis.set_xlabel("viewers of one sender")
    axis.set_ylabel("CPU µs per forwarded packet", color=USER)
    axis.set_ylim(bottom=0)
    memory = axis.twinx()
    memory.plot(viewers, [f["memory_kib_per_endpoint"] for _, f in points], "s--", color=SYSTEM)
    memory.set_ylabel("KiB per endpoint", color=SYSTEM)
    memory.set_ylim(bottom=0)


def _draw_latency(axis: Any, scenarios: dict[str, Any]) -> None:
    rows = _measured(scenarios, "latency_p99_ms")[::-1]
    for place, (_, figures) in enumerate(rows):
        axis.plot([figures["latency_p50_ms"], figures["latency_max_ms"]], [place, place], color=USER, lw=1)
    places = range(len(rows))
    for name, mark, color in (("p50", "o", USER), ("p99", "D", SYSTEM), ("max", "|", MARK)):
        axis.plot([f[f"latency_{name}_ms"] for _, f in rows], places, mark, color=color, ls="", label=name)
    axis.set_yticks(list(places), [title for title, _ in rows])
    axis.set_xscale("log")
    axis.set_xlabel("latency added, ms")
    axis.legend()


def _draw_ramp(axis: Any, scenarios: dict[str, Any]) -> None:
    steps = [step for each in scenarios.values() for step in each["steps"]]
    rates = [step["packets_out_per_s"] for step in steps]
    axis.plot(rates, [step["core_percent"] for step in steps], "o-", color=USER, label="server's core, %")
    axis.plot(rates, [step["client_percent"] for step in steps], "s--", color=SYSTEM, label="endpoints' core, %")
    missing = [step["lost_percent"] + step["repaired_percent"] for step in steps]
    axis.plot(rates, missing, "x-", color=MARK, label="lost or repaired, %")
    axis.set_xlabel("packets/s out")
    axis.legend()
