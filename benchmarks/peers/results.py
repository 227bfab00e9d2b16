"""The arithmetic of a comparison: runs, what makes one invalid, medians with their spread, ratios by round."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LOSS_LIMIT = 0.001  # share of packets missing after repair: more, and the figures are not of forwarding
SATURATED = 0.9  # of the endpoints' core: beyond, the endpoints measure themselves
DISTURBED = 0.1  # of a core taken by others: caches and clock rates are no longer the server's own
DISTURBANCE = "disturbed by other programs"
RATE_TOLERANCE = 0.03  # around the packets that the plan makes


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One server in one scenario of one round. Packets are those that reached the subscribers; CPU is the server's.

    `core_busy_s`: everything on the server's core; `client_s` and `client_core_busy_s`: the endpoints' process, and
    everything on its core. Latencies from a publisher's send call to a subscriber's kernel.
    """

    server: str
    scenario: str
    round: int
    seconds: float
    endpoints: int
    packets: int
    expected_per_s: float
    lost: int
    user_s: float
    system_s: float
    core_busy_s: float
    client_s: float
    client_core_busy_s: float
    latency_p50_ms: float
    latency_p99_ms: float
    memory_mib: float
    idle_memory_mib: float

    @property
    def cpu_us(self) -> float:
        """CPU microseconds per forwarded packet."""
        return 1e6 * (self.user_s + self.system_s) / self.packets if self.packets else float("nan")

    @property
    def packets_per_s(self) -> float:
        """That reached the subscribers."""
        return self.packets / self.seconds

    @property
    def core_share(self) -> float:
        """Of the server's core."""
        return (self.user_s + self.system_s) / self.seconds

    @property
    def memory_per_endpoint_mib(self) -> float:
        """What the endpoints added, each."""
        return (self.memory_mib - self.idle_memory_mib) / self.endpoints

    @property
    def foreign_share(self) -> float:
        """Of the busier core, what neither the server nor the endpoints took: other programs, or unaccounted kernel."""
        on_server_core = self.core_busy_s - self.user_s - self.system_s
        return max(on_server_core, self.client_core_busy_s - self.client_s) / self.seconds

    def faults(self) -> list[str]:
        """Why this run may not be compared; empty if it may."""
        found = []
        if self.foreign_share > DISTURBED:
            found.append(f"{DISTURBANCE} ({100 * self.foreign_share:.0f} % of a core)")
        if self.lost > LOSS_LIMIT * (self.packets + self.lost):
            found.append(f"{100 * self.lost / (self.packets + self.lost):.1f} % lost")
        if self.client_s > SATURATED * self.seconds:
            found.append("endpoints saturated")
        if abs(self.packets_per_s - self.expected_per_s) > RATE_TOLERANCE * self.expected_per_s:
            found.append(f"{self.packets_per_s:,.0f} instead of {self.expected_per_s:,.0f} packets/s")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Median, least and most of several runs."""

    median: float
    low: float
    high: float

    def text(self, digits: int = 1) -> str:
        """`12.3 (11.9..13.0)`."""
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}..{self.high:.{digits}f})"


def spread(values: Iterable[float]) -> Spread | None:
    """None of no values."""
    known = sorted(values)
    return Spread(median=statistics.median(known), low=known[0], high=known[-1]) if known else None


def ratios(runs: Sequence[Run], *, server: str, base: str, scenario: str) -> Spread | None:
    """CPU per packet of `server` over that of `base`, round by round, valid runs only."""

    def by_round(name: str) -> dict[int, float]:
        return {
            run.round: run.cpu_us
            for run in runs
            if run.server == name and run.scenario == scenario and not run.faults()
        }

    of_server, of_base = by_round(server), by_round(base)
    return spread(of_server[number] / of_base[number] for number in of_server.keys() & of_base.keys())


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All rounds of one server in one scenario. Figures are of the valid runs; of all, if none was (`valid` is 0)."""

    server: str
    scenario: str
    rounds: int
    valid: int
    faults: tuple[str, ...]
    cpu_us: Spread
    user_us: float
    system_us: float
    packets_per_s: float
    core_percent: float
    latency_p50_ms: Spread
    latency_p99_ms: Spread
    memory_mib: float
    memory_per_endpoint_mib: float
    ratio: Spread | None


def summarise(runs: Sequence[Run], *, base: str) -> list[Summary]:
    """One for each scenario and server, in the order of the runs."""
    pairs = dict.fromkeys((run.scenario, run.server) for run in runs)
    return [_summary(runs, scenario, server, base) for scenario, server in pairs]


def _summary(runs: Sequence[Run], scenario: str, server: str, base: str) -> Summary:
    all_of_it = [run for run in runs if run.scenario == scenario and run.server == server]
    valid = [run for run in all_of_it if not run.faults()]
    used = valid or all_of_it

    def middle(values: Iterable[float]) -> Spread:
        found = spread(values)
        assert found is not None
        return found

    return Summary(
        server=server,
        scenario=scenario,
        rounds=len(all_of_it),
        valid=len(valid),
        faults=tuple(dict.fromkeys(fault for run in all_of_it for fault in run.faults())),
        cpu_us=middle(run.cpu_us for run in used),
        user_us=middle(1e6 * run.user_s / max(1, run.packets) for run in used).median,
        system_us=middle(1e6 * run.system_s / max(1, run.packets) for run in used).median,
        packets_per_s=middle(run.packets_per_s for run in used).median,
        core_percent=100 * middle(run.core_share for run in used).median,
        latency_p50_ms=middle(run.latency_p50_ms for run in used),
        latency_p99_ms=middle(run.latency_p99_ms for run in used),
        memory_mib=middle(run.memory_mib for run in used).median,
        memory_per_endpoint_mib=middle(run.memory_per_endpoint_mib for run in used).median,
        ratio=ratios(runs, server=server, base=base, scenario=scenario),
    )


def in_order(runs: Iterable[Run], *, scenarios: Sequence[str], servers: Sequence[str]) -> list[Run]:
    """By scenario, then server, then round, as the lists have them; what is in neither list comes first."""

    def place(names: Sequence[str], name: str) -> int:
        return names.index(name) if name in names else -1

    return sorted(runs, key=lambda run: (place(scenarios, run.scenario), place(servers, run.server), run.round))


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of values in ascending order; NaN of none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
