"""The forwarding processes of a server, each kept to a fixed share of a core, and what they take of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.accounting import cpu_of
from benchmarks.cpu_quota import Hierarchy, LimitedGroup, Quota, Throttling
from benchmarks.running import RunningServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """At a moment; lists are by worker."""

    at_s: float
    cpu_s: list[float]
    throttling: list[Throttling]
    front_s: float

    def quota_percent(self, before: Counters, share: float) -> list[float]:
        """Of its quota that each worker took since then."""
        elapsed_s = self.at_s - before.at_s
        return [100 * (now - then) / elapsed_s / share for now, then in zip(self.cpu_s, before.cpu_s, strict=True)]

    def stopped_percent(self, before: Counters) -> list[float]:
        """Of the periods since then that each was stopped in."""
        return [now.percent_since(then) for now, then in zip(self.throttling, before.throttling, strict=True)]

    def front_percent(self, before: Counters) -> float:
        """Of a core that the front took since then."""
        return 100 * (self.front_s - before.front_s) / (self.at_s - before.at_s)


class Limits:
    """Every process that forwards in a group of its own; the front in none."""

    def __init__(self, server: RunningServer) -> None:
        self._pids = server.media_processes()
        self._front = [pid for pid in server.processes()[0] if pid not in self._pids]
        self._groups: list[LimitedGroup] = []

    def begin(self, hierarchy: Hierarchy, quota: Quota) -> None:
        """Make the groups and put the processes in. Raises OSError."""
        for pid in self._pids:
            group = LimitedGroup(hierarchy, str(pid), quota)
            self._groups.append(group)
            group.hold(pid)

    def limit(self) -> None:
        """From now on (as from the beginning)."""
        for group in self._groups:
            group.limit()

    def lift(self) -> None:
        """Until `limit`."""
        for group in self._groups:
            group.lift()

    def counters(self) -> Counters:
        """Now."""
        return Counters(
            at_s=time.monotonic(),
            cpu_s=[cpu_of([pid]).total_s for pid in self._pids],
            throttling=[group.throttling() for group in self._groups],
            front_s=cpu_of(self._front).total_s,
        )

    def remove(self) -> None:
        """When the server has ended."""
        for group in self._groups:
            group.remove()
