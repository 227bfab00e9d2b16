"""Reports of 1,000 sessions over HTTP, each timed; exit code 1 if one that is read at once takes a second or more."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.pages.filling import SESSIONS, fill
from benchmarks.pages.visiting import FullServer
from benchmarks.reports.cases import fill_cases

LIMIT_MS = 1000.0
OUT = Path("bench-out")
REPORTS = (
    ("statistics, figures", "/reports/statistics"),
    ("statistics, a month", "/reports/statistics?from={begin}&to={end}"),
    ("statistics, CSV", "/reports/statistics/file?format=csv"),
    ("register, CSV", "/reports/register/file?format=csv"),
    ("technical annex, CSV", "/reports/annex/file?format=csv"),
    ("technical annex, a month, CSV", "/reports/annex/file?format=csv&from={begin}&to={end}"),
    ("statistics, XLSX", "/reports/statistics/file?format=xlsx"),
    ("register, XLSX", "/reports/register/file?format=xlsx"),
    ("technical annex, XLSX", "/reports/annex/file?format=xlsx"),
    ("statistics, DOCX", "/reports/statistics/file?format=docx"),
    ("register, DOCX", "/reports/register/file?format=docx"),
    ("technical annex, DOCX", "/reports/annex/file?format=docx"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A report. bytes: of the answer. limited: it has to keep the limit; XLSX and DOCX are made by another program.

    cpu_ms: of the server's own process, for each time.
    """

    name: str
    times_ms: list[float]
    cpu_ms: list[float]
    bytes: int
    limited: bool

    @property
    def middle_ms(self) -> float:
        """The median."""
        return median(self.times_ms)


def measure(server: FullServer, *, rounds: int, only: str) -> list[Timed]:
    """Each report so many times."""
    now = time.time()
    begin, end = (time.strftime("%Y-%m-%d", time.localtime(now - 86_400 * days)) for days in (31, 1))
    found = []
    for name, path in REPORTS:
        if only not in name:
            continue
        times, used, size = [], [], 0
        for _ in range(rounds):
            begun, before = time.perf_counter(), server.cpu_s
            size = len(server.file("chair", path.format(begin=begin, end=end)))
            times.append(1000 * (time.perf_counter() - begun))
            used.append(1000 * (server.cpu_s - before))
        limited = name.endswith(("CSV", "figures", "month"))
        found.append(Timed(name=name, times_ms=times, cpu_ms=used, bytes=size, limited=limited))
    return found


def show(found: list[Timed], console: Console) -> None:
    """The table."""
    table = Table(title="Reports of a full store, ms")
    for name in ("report", "first", "median", "worst", "CPU", "KiB"):
        table.add_column(name, justify="left" if name == "report" else "right")
    for each in found:
        numbers = [each.times_ms[0], each.middle_ms, max(each.times_ms), median(each.cpu_ms), each.bytes / 1024]
        table.add_row(each.name, *(f"{value:.0f}" for value in numbers))
    console.print(table)


def main() -> None:
    """Entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="a part of the names of what is measured")
    parser.add_argument("--keep", type=Path, help="a data directory to fill, or that was filled by this before")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database's URL; none: SQLite")
    arguments = parser.parse_args()
    with FullServer(arguments.keep, database=arguments.database) as server:
        if not server.filled:
            print(f"filling {server.data} with {arguments.sessions} sessions", file=sys.stderr, flush=True)
            location = arguments.database or server.data / "diemcau.sqlite"
            asyncio.run(fill(server.data, sessions=arguments.sessions, location=location))
            asyncio.run(fill_cases(server.data, location))
        server.start()
        found = measure(server, rounds=arguments.rounds, only=arguments.only)
    show(found, Console())
    OUT.mkdir(exist_ok=True)
    facts = [asdict(each) | {"median_ms": each.middle_ms} for each in found]
    (OUT / "reports.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.exit(0 if all(each.middle_ms < LIMIT_MS for each in found if each.limited) else 1)


if __name__ == "__main__":
    main()
