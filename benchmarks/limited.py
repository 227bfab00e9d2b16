"""A server whose workers the kernel keeps to a fixed share of a core, with the endpoints around it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.capacity import STEP_VIEWERS, Step, failures, packets_per_viewer
from benchmarks.clip import Clip
from benchmarks.cpu_quota import Hierarchy, Quota
from benchmarks.limits import Limits
from benchmarks.measuring import measure
from benchmarks.rig import Rig, Seat
from benchmarks.scenarios import Scenario

VIEWERS = 10  # of a session
FIRST_VIEWERS = 2  # with a sender, which costs about as much as two more
LOOK_S = 1.0
WINDOW_S = 3.0


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


class LimitedServer:
    """Started and limited. `steps`: the windows it went through; `holding`: until a step did not hold."""

    def __init__(self, workers: int, clip: Clip, hierarchy: Hierarchy, quota: Quota) -> None:
        """Raises OSError if the kernel gives no quota."""
        self.workers = workers
        self.steps: list[Step] = []
        self.holding = True
        self._share, self._per_viewer = quota.share, packets_per_viewer(clip)
        self._last: list[Seat] = []
        self.rig = Rig(scenario(workers), clip)
        self.limits = Limits(self.rig.server)
        try:
            self.limits.begin(hierarchy, quota)
        except OSError:
            self.rig.server.stop()
            self.limits.remove()
            raise

    async def open(self) -> list[list[Seat]]:
        """A session more for each worker, as portions: each has seats on every worker."""
        sessions = [await self.rig.open_session() for _ in range(self.workers)]
        together = zip(*map(portions, sessions), strict=True)
        return [[seat for portion in portions_ for seat in portion] for portions_ in together]

    async def join(self, seats: list[Seat]) -> None:
        """These too."""
        self._last = seats
        await self.rig.join(seats)

    async def step_back(self) -> None:
        """Without those who joined last it held: others may go on beside it."""
        self.holding = False
        await asyncio.gather(*(seat.endpoint.leave() for seat in self._last), return_exceptions=True)

    async def quota_percent(self) -> float:
        """Of its quota that the busiest worker takes within LOOK_S from now."""
        before = self.limits.counters()
        await asyncio.sleep(LOOK_S)
        return max(self.limits.counters().quota_percent(before, self._share))

    def failed_joins(self) -> list[str]:
        """Why."""
        return [seat.failure for seat in self.rig.seats if seat.failure]

    async def window(self) -> Step:
        """WINDOW_S from now; takes as long as `measure`."""
        before = self.limits.counters()
        measured = await measure(self.rig, WINDOW_S)
        after = self.limits.counters()
        joined = self.rig.joined
        viewers = sum(seat.index > 0 for seat in joined)
        on_ports = Counter(seat.endpoint.result.server_port for seat in joined)
        return Step(
            viewers=viewers,
            endpoints=[on_ports[port] for port in self.rig.server.udp_ports],
            quota_percent=after.quota_percent(before, self._share),
            stopped_percent=after.stopped_percent(before),
            front_percent=after.front_percent(before),
            values=measured.values,
            failures=failures(measured.values, expected_per_s=viewers * self._per_viewer),
            faults=measured.faults + self.failed_joins(),
        )

    async def close(self) -> None:
        """Everybody out, the server down, the groups gone."""
        await self.rig.close()
        self.limits.remove()
