"""The figures as a table, as JSON and as a plot. `README.md` beside this file documents the JSON."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import BY_NAME, KINDS, ScenarioFigures
from benchmarks.scenarios import SCENARIOS

SCHEMA = "diemcau-bench/1"
PACKAGES = ("aiortc", "aiohttp", "pylibsrtp", "uvloop", "cryptography", "av")
TITLES = {each.name: each.title for each in SCENARIOS}
COLUMNS = (
    ("out/s", "packets_out_per_s", 0),
    ("CPU µs", "cpu_us", 2),
    ("user", "user_us", 2),
    ("system", "system_us", 2),
    ("core %", "core_percent", 1),
    ("rec. %", "recorder_percent", 1),
    ("lost %", "lost_percent", 3),
    ("dup", "duplicates", 0),
    ("late", "disordered", 0),
    ("p50 ms", "latency_p50_ms", 2),
    ("p99", "latency_p99_ms", 2),
    ("max", "latency_max_ms", 1),
    ("join p50", "join_p50_ms", 0),
    ("p99", "join_p99_ms", 0),
    ("KiB/ep.", "memory_kib_per_endpoint", 0),
    ("freeze/min", "freezes_per_minute", 2),
    ("gaps/min", "audio_gaps_per_minute", 2),
    ("silent", "silent_streams", 0),
    ("client %", "client_percent", 0),
)


def commit(directory: Path) -> dict[str, Any]:
    """The checkout's commit, and whether files differ from it; empty where there is no git."""

    def git(*arguments: str) -> str:
        result = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, text=True, check=False)
        return result.stdout.strip()

    return {"hash": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain", "--untracked-files=no"))}


def machine() -> dict[str, Any]:
    """What it ran on."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": names[0].partition(":")[2].strip() if names else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "system": platform.platform(),
    }


def versions() -> dict[str, str]:
    """Of Python and what the measured path is made of."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def document(figures: Iterable[ScenarioFigures], *, directory: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    """All of it, ready for JSON. `directory`: the measured server's checkout."""
    return {
        "schema": SCHEMA,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(directory),
        "machine": machine(),
        "versions": versions(),
        "parameters": parameters,
        "units": {kind.name: kind.unit for kind in KINDS},
        "scenarios": {each.name: _scenario(each) for each in figures},
    }


def _scenario(figures: ScenarioFigures) -> dict[str, Any]:
    return {
        "title": TITLES.get(figures.name, figures.name),
        "seconds": round(figures.seconds, 2),
        "endpoints": figures.endpoints,
        "valid": figures.valid,
        "faults": list(figures.faults),
        "remarks": list(figures.remarks),
        "latency_source": figures.latency_source,
        "figures": _rounded(figures.values),
        "steps": [_rounded(step) for step in figures.steps],
    }


def _rounded(values: Any) -> dict[str, float]:
    """Four significant digits after the point; what is not a number is left out."""
    return {name: round(value, 4) for name, value in values.items() if math.isfinite(value)}


def read_document(path: Path) -> dict[str, Any]:
    """A document. Raises ValueError if it is none that this program understands."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise ValueError(f"{path} is not of the schema {SCHEMA}")
    return found


def print_table(figures: Sequence[ScenarioFigures]) -> None:
    """On standard output."""
    table = Table(title="Điểm Cầu: synthetic endpoints on loopback; server on core 0, endpoints on core 1")
    table.add_column("scenario", no_wrap=True)
    for title, _, _ in COLUMNS:
        table.add_column(title, justify="right", no_wrap=True)
    for each in figures:
        name = TITLES.get(each.name, each.name)
        table.add_row(name if each.valid else f"[red]{name} (invalid)[/red]", *_cells(each))
    console = Console(width=230)
    console.print(table)
    for each in figures:
        for kind, lines in (("INVALID", each.faults), ("note", each.remarks)):
            for line in lines:
                console.print(f"{kind}: {TITLES.get(each.name, each.name)}: {line}", markup=False)
        if "sustained_packets_per_s" in each.values:
            console.print(_sustained(each), markup=False)


def _cells(figures: ScenarioFigures) -> list[str]:
    cells = []
    for _, name, digits in COLUMNS:
        value = figures.values.get(name)
        cells.append(f"{value:,.{digits}f}" if value is not None and math.isfinite(value) else "–")
    return cells


def _sustained(figures: ScenarioFigures) -> str:
    values = figures.values
    return (
        f"{TITLES.get(figures.name, figures.name)}: {values['sustained_packets_per_s']:,.0f} packets/s out, "
        f"{values['sustained_sessions']:.0f} sessions of 11 held ({BY_NAME['sustained_packets_per_s'].meaning})"
    )
