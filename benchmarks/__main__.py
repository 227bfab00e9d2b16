"""`make bench`: forwarding cost, latency and join time with synthetic endpoints."""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.clip import Clip, make_clip
from benchmarks.endpoint import SyntheticEndpoint
from benchmarks.running import RunningServer

WARM_UP_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Who sends and who only watches. `recorded`: the session is live (and so recorded), else it could not forward."""

    name: str
    senders: int
    viewers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one run. CPU in microseconds per packet that left the server; latency from publisher to subscriber."""

    scenario: str
    seconds: float
    packets_per_s: float
    cpu_us: float
    user_us: float
    system_us: float
    core_percent: float
    lost: int
    duplicates: int
    backward_timestamps: int
    picture_jumps: int
    latency_p50_ms: float
    latency_p99_ms: float
    join_p50_ms: float
    join_max_ms: float
    memory_mib: float


SCENARIOS = (
    Scenario(name="1 → 1", senders=1, viewers=1),
    Scenario(name="1 → 10", senders=1, viewers=10),
    Scenario(name="11 all-to-all", senders=11, viewers=0),
)


async def run(scenario: Scenario, clips: list[Clip], seconds: float) -> Figures:
    """One scenario on a fresh server. Every session is recorded, as in service."""
    server = RunningServer()
    count = scenario.senders + scenario.viewers
    try:
        session = server.create(count - 1, scenario.name)
        endpoints = [
            SyntheticEndpoint(
                server.base,
                each["token"],
                clip=clips[index % len(clips)] if index < scenario.senders else None,
                slots=max(scenario.senders, 1),
                stage=session["endpoints"][0]["id"] if scenario.senders == 1 else "",
            )
            for index, each in enumerate(session["endpoints"])
        ]
        async with aiohttp.ClientSession() as client:
            for endpoint in endpoints:
                await endpoint.join(client)
            await asyncio.to_thread(server.call, "POST", f"/sessions/{session['id']}/start")
            await asyncio.sleep(WARM_UP_S)
            return await _measure(scenario, server, endpoints, seconds)
    finally:
        server.stop()


async def _measure(
    scenario: Scenario, server: RunningServer, endpoints: list[SyntheticEndpoint], seconds: float
) -> Figures:
    def received() -> int:
        return sum(judge.packets + judge.repairs for each in endpoints for judge in each.result.streams.values())

    for endpoint in endpoints:
        for judge in endpoint.result.streams.values():
            judge.latencies_s.clear()
    loop = asyncio.get_running_loop()
    before, (user, system), begun = received(), server.cpu_s(), loop.time()
    await asyncio.sleep(seconds)
    elapsed = loop.time() - begun
    packets = received() - before
    user_after, system_after = server.cpu_s()
    user, system = user_after - user, system_after - system
    judges = [judge for each in endpoints for judge in each.result.streams.values()]
    latencies = sorted(1000 * each for judge in judges for each in judge.latencies_s)
    joins = [1000 * each.result.join_s for each in endpoints]
    memory = server.memory_mib()
    for endpoint in endpoints:
        await endpoint.leave()
    return Figures(
        scenario=scenario.name,
        seconds=round(elapsed, 1),
        packets_per_s=round(packets / elapsed, 1),
        cpu_us=round(1e6 * (user + system) / packets, 2),
        user_us=round(1e6 * user / packets, 2),
        system_us=round(1e6 * system / packets, 2),
        core_percent=round(100 * (user + system) / elapsed, 1),
        lost=sum(judge.lost for judge in judges),
        duplicates=sum(judge.duplicates for judge in judges),
        backward_timestamps=sum(judge.backward_timestamps for judge in judges),
        picture_jumps=sum(judge.picture_jumps for judge in judges),
        latency_p50_ms=round(_quantile(latencies, 0.50), 2),
        latency_p99_ms=round(_quantile(latencies, 0.99), 2),
        join_p50_ms=round(statistics.median(joins), 1),
        join_max_ms=round(max(joins), 1),
        memory_mib=round(memory, 1),
    )


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def report(figures: list[Figures]) -> None:
    """A table on standard output."""
    table = Table(title="Điểm Cầu: synthetic endpoints on loopback, server and clients on the same machine")
    names = ("scenario", "packets/s out", "CPU µs/packet", "user", "system", "core %", "lost", "p50 ms", "p99 ms")
    for name in (*names, "join p50 ms", "MiB"):
        table.add_column(name, justify="left" if name == "scenario" else "right")
    for each in figures:
        cells = (each.packets_per_s, each.cpu_us, each.user_us, each.system_us, each.core_percent, each.lost)
        rest = (each.latency_p50_ms, each.latency_p99_ms, each.join_p50_ms, each.memory_mib)
        table.add_row(each.scenario, *(str(cell) for cell in (*cells, *rest)))
    Console(width=140).print(table)


def main() -> None:
    """Run every scenario, print the table, write bench-out/bench.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="measured time of each scenario")
    parser.add_argument("--output", type=Path, default=Path("bench-out"))
    arguments = parser.parse_args()
    clips = [make_clip(number) for number in range(3)]
    figures = []
    for scenario in SCENARIOS:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            figures.append(runner.run(run(scenario, clips, arguments.seconds)))
    report(figures)
    arguments.output.mkdir(parents=True, exist_ok=True)
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {platform.processor() or platform.platform()}",
        "python": platform.python_version(),
        "figures": [asdict(each) for each in figures],
    }
    (arguments.output / "bench.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
