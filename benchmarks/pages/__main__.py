"""How long each list and each page takes on a full store; exit code 1 if one takes a second or more."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.pages.filling import SESSIONS, fill
from benchmarks.pages.routes import PAGES
from benchmarks.pages.visiting import LISTS, FullServer, time_list, visits

LIMIT_MS = 1000.0
OUT = Path("bench-out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What was timed, ms. bytes: of a list's answer."""

    name: str
    kind: str
    times_ms: list[float]
    bytes: int = 0
    fault: str = ""

    @property
    def middle_ms(self) -> float:
        """The median."""
        return median(self.times_ms) if self.times_ms else float("inf")

    @property
    def good(self) -> bool:
        """Whether it is under the limit."""
        return not self.fault and self.middle_ms < LIMIT_MS


def measure(server: FullServer, *, rounds: int, only: str) -> list[Timed]:
    """Lists first, then pages in a Chromium that has the app already, then in one that has not."""
    found = []
    for name, role, path in LISTS:
        if only in name:
            times, size = time_list(server, role, path, rounds=rounds)
            found.append(Timed(name=name, kind="list", times_ms=times, bytes=size))
    pages = [page for page in PAGES if only in page.pattern]
    seen = visits(server, pages, rounds=rounds)
    return found + [
        Timed(name=each.page.pattern, kind=each.kind, times_ms=each.times_ms, fault=each.fault) for each in seen
    ]


def show(found: Sequence[Timed], console: Console) -> None:
    """The table."""
    table = Table(title=f"Time until usable, ms (limit {LIMIT_MS:.0f}, median of each)")
    for name in ("", "what", "median", "worst", "KiB", ""):
        table.add_column(name, justify="right" if name in ("median", "worst", "KiB") else "left")
    for each in found:
        size = f"{each.bytes / 1024:.0f}" if each.bytes else ""
        numbers = [f"{value:.0f}" for value in (each.middle_ms, max(each.times_ms))] if each.times_ms else ["–", "–"]
        table.add_row(each.kind, each.name, *numbers, size, "" if each.good else each.fault or "TOO SLOW")
    console.print(table)


def main() -> None:
    """Entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="a part of the names of what is measured")
    parser.add_argument("--keep", type=Path, help="a data directory to fill, or that was filled by this before")
    arguments = parser.parse_args()
    with FullServer(arguments.keep) as server:
        if not server.filled:
            print(f"filling {server.data} with {arguments.sessions} sessions", file=sys.stderr, flush=True)
            asyncio.run(fill(server.data, sessions=arguments.sessions))
        server.start()
        found = measure(server, rounds=arguments.rounds, only=arguments.only)
    show(found, Console())
    OUT.mkdir(exist_ok=True)
    facts = [asdict(each) | {"median_ms": each.middle_ms} for each in found]
    (OUT / "pages.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.exit(0 if all(each.good for each in found) else 1)


if __name__ == "__main__":
    main()
