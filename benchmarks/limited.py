"""A server whose workers the kernel keeps to a fixed share of a core, filled until it holds no more."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.accounting import cpu_of
from benchmarks.capacity import STEP_VIEWERS, Step, failures, packets_per_viewer
from benchmarks.clip import Clip
from benchmarks.cpu_quota import Hierarchy, LimitedGroup, Quota, Throttling
from benchmarks.measuring import DISTURBED_PERCENT, disturbance, measure
from benchmarks.rig import Rig, Seat
from benchmarks.running import RunningServer
from benchmarks.scenarios import Scenario

VIEWERS = 10  # of a session
FILLED_PERCENT = 70.0  # of its quota that the busiest worker takes when whole sessions end and steps begin
JOINED_S = 0.5  # so long after a joining the quota stays lifted: forwarding is measured, not handshakes
SETTLE_S, LOOK_S = 0.5, 1.0
WARM_UP_S, WINDOW_S = 2.0, 3.0
TRIES = 3  # undisturbed windows in which a step may hold
WINDOWS = 8  # at most for a step, where other programs disturb
FIRST_VIEWERS = 2  # with a sender, which costs as much as two more


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


def scenario(workers: int) -> Scenario:
    """Sessions of 1 → 10 on so many workers."""
    return Scenario(
        name=f"workers-{workers}", title=f"--workers {workers}", senders=1, viewers=VIEWERS, workers=workers
    )


def portions(seats: Sequence[Seat]) -> Iterator[Sequence[Seat]]:
    """A session as it is filled: its sender with the first viewers, then STEP_VIEWERS at a time."""
    yield seats[: 1 + FIRST_VIEWERS]
    for start in range(1 + FIRST_VIEWERS, len(seats), STEP_VIEWERS):
        yield seats[start : start + STEP_VIEWERS]


async def steps_of(
    workers: int, clip: Clip, hierarchy: Hierarchy, quota: Quota, *, on_step: Callable[[Step], None]
) -> list[Step]:
    """A server of its own, filled until it holds no more; the last step is the one that did not hold."""
    rig = await asyncio.to_thread(Rig, scenario(workers), clip)
    limits = Limits(rig.server)
    gc.collect()
    gc.freeze()
    try:
        limits.begin(hierarchy, quota)
        return await Filling(rig, limits, quota.share, packets_per_viewer(clip), on_step).run()
    finally:
        await rig.close()
        limits.remove()
        gc.unfreeze()


class Filling:
    """Adds the same to every worker at each step."""

    def __init__(
        self, rig: Rig, limits: Limits, share: float, per_viewer: float, on_step: Callable[[Step], None]
    ) -> None:
        self._rig, self._limits, self._share = rig, limits, share
        self._per_viewer, self._on_step = per_viewer, on_step
        self._steps: list[Step] = []

    async def run(self) -> list[Step]:
        """Whole sessions until FILLED_PERCENT, then STEP_VIEWERS more on each worker until a step does not hold."""
        while max(await self._look()) < FILLED_PERCENT and not self._failed_joins():
            await self._join([seat for session in await self._open() for seat in session])
        holds = await self._measure()
        while holds:
            for together in zip(*map(portions, await self._open()), strict=True):
                await self._join([seat for portion in together for seat in portion])
                holds = await self._measure()
                if not holds:
                    break
        return self._steps

    async def _open(self) -> list[list[Seat]]:
        """A session more for each worker."""
        return [await self._rig.open_session() for _ in range(self._rig.scenario.workers)]

    def _failed_joins(self) -> list[str]:
        return [seat.failure for seat in self._rig.seats if seat.failure]

    async def _join(self, seats: list[Seat]) -> None:
        self._limits.lift()
        await self._rig.join(seats)
        await asyncio.sleep(JOINED_S)
        self._limits.limit()

    async def _look(self) -> list[float]:
        """Percent of its quota that each worker takes."""
        await asyncio.sleep(SETTLE_S)
        before = self._limits.counters()
        await asyncio.sleep(LOOK_S)
        return self._limits.counters().quota_percent(before, self._share)

    async def _measure(self) -> bool:
        """Whether it holds in one of TRIES windows that nobody disturbed."""
        failed = 0
        for _ in range(WINDOWS):
            await asyncio.sleep(WARM_UP_S)
            step = await self._window()
            self._steps.append(step)
            self._on_step(step)
            if step.holds:
                return True
            failed += not step.faults
            if failed == TRIES:
                break
            await self._join([])  # what has piled up goes, or the next window would measure that
        return False

    async def _window(self) -> Step:
        before = self._limits.counters()
        measured = await measure(self._rig, WINDOW_S)
        after = self._limits.counters()
        viewers = sum(seat.index > 0 for seat in self._rig.joined)
        on_ports = Counter(seat.endpoint.result.server_port for seat in self._rig.joined)
        values = measured.values
        disturbed = [disturbance(values)] if values["foreign_percent"] > DISTURBED_PERCENT else []
        return Step(
            viewers=viewers,
            endpoints=[on_ports[port] for port in self._rig.server.udp_ports],
            quota_percent=after.quota_percent(before, self._share),
            stopped_percent=after.stopped_percent(before),
            front_percent=after.front_percent(before),
            values=values,
            failures=failures(values, expected_per_s=viewers * self._per_viewer),
            faults=measured.faults + disturbed + self._failed_joins(),
        )
