"""Fills servers that stand side by side, every worker of all of them with the same, until each holds no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from benchmarks.accounting import core_of
from benchmarks.capacity import Step, settled
from benchmarks.limited import LimitedServer
from benchmarks.rig import SERVER_CORE, Seat

FILLED_PERCENT = 70.0  # of its quota that the busiest worker takes when whole sessions end and steps begin
JOINED_S = 0.5  # so long after a joining the quota stays lifted: forwarding is measured, not handshakes
SETTLE_S, WARM_UP_S = 0.5, 2.0


class Filling:
    """Fills these servers; `on_step` hears of every window. What came of it is in their `steps`."""

    def __init__(self, servers: Sequence[LimitedServer], on_step: Callable[[LimitedServer, Step], None]) -> None:
        self._servers = servers
        self._on_step = on_step

    async def run(self) -> None:
        """Whole sessions until a worker has FILLED_PERCENT, then STEP_VIEWERS more on each worker at a time.

        A server that holds no more goes back to what it held, and the others go on beside it.
        """
        while await self._busiest() < FILLED_PERCENT and not any(each.failed_joins() for each in self._servers):
            await self._join({each: list(chain(*await each.open())) for each in self._servers})
        await self._step()
        while self._holding():
            opened = {each: await each.open() for each in self._holding()}
            for portions in zip(*opened.values(), strict=True):
                await self._join({each: seats for each, seats in zip(opened, portions, strict=True) if each.holding})
                await self._step()

    def _holding(self) -> list[LimitedServer]:
        return [each for each in self._servers if each.holding]

    async def _busiest(self) -> float:
        """Of its quota, in percent."""
        await asyncio.sleep(SETTLE_S)
        return max(await asyncio.gather(*(each.quota_percent() for each in self._servers)))

    async def _join(self, seats: dict[LimitedServer, list[Seat]]) -> None:
        for server in seats:
            server.limits.lift()
        await asyncio.gather(*(server.join(those) for server, those in seats.items()))
        await asyncio.sleep(JOINED_S)
        for server in seats:
            server.limits.limit()

    async def _step(self) -> None:
        """Windows until it is settled whether each holds; who does not steps back."""
        holding = waiting = self._holding()
        while waiting:
            await asyncio.sleep(WARM_UP_S)
            for server, step in zip(waiting, await self._windows(waiting), strict=True):
                server.steps.append(step)
                self._on_step(server, step)
            waiting = [each for each in waiting if not settled(each.steps)]
            await self._join({each: [] for each in waiting})  # what has piled up goes, or the next would measure that
        for each in holding:
            if not each.steps[-1].holds:
                await each.step_back()

    async def _windows(self, servers: Sequence[LimitedServer]) -> list[Step]:
        """At once. What other programs took is told of the core, so of all servers together."""
        at_s, core, servers_s = time.monotonic(), core_of(SERVER_CORE), self._servers_s()
        steps = await asyncio.gather(*(each.window() for each in servers))
        spent = core_of(SERVER_CORE).since(core)
        foreign_s = spent.busy_s - spent.softirq_s - (self._servers_s() - servers_s)
        foreign = {"foreign_percent": max(0.0, 100 * foreign_s / (time.monotonic() - at_s))}
        return [replace(step, values={**step.values, **foreign}) for step in steps]

    def _servers_s(self) -> float:
        return sum(each.rig.server.cpu()[0].total_s for each in self._servers)
