"""One run: a fresh server on its core, endpoints on theirs, counted over the same seconds."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Callable, Sequence
from typing import Protocol

from benchmarks.clip import FPS, Clip
from benchmarks.peers.accounting import ServerProcess, own_cost
from benchmarks.peers.plan import VOICES_PER_S, EndpointPlan, Scenario, scaled_clip
from benchmarks.peers.results import RATE_TOLERANCE, Run, quantile

SETTLE_LEAST_S, SETTLE_MOST_S = 3.0, 20.0
TICK_S = 0.5
KEY_FRAME_S = 2.0  # while settling: a server waits for one to switch a layer, and not every one asks again


class Seat(Protocol):
    """An endpoint's connection, as far as it is counted. See MediaSeat for the units."""

    @property
    def received(self) -> int:
        """Packets that came."""

    @property
    def lost(self) -> int:
        """Packets that did not."""

    @property
    def latencies_s(self) -> array[float]:
        """Of frames."""

    def forget_latencies(self) -> None:
        """Begin anew."""

    def send_key_frames(self) -> None:
        """A publisher's layers go on with key frames."""

    async def leave(self) -> None:
        """Stop and close."""


class PeerServer(Protocol):
    """A media server that the endpoints can join."""

    name: str
    process: ServerProcess

    async def start(self) -> None:
        """Its process is up and answers."""

    async def bring_in(self, plans: Sequence[EndpointPlan]) -> Sequence[Seat]:
        """All endpoints, connected and told what they watch."""

    async def stop(self) -> None:
        """End it, also after a start that failed."""


def expected_per_s(plans: Sequence[EndpointPlan]) -> float:
    """Packets that subscribers should get each second."""
    clips = {plan.index: plan.clip for plan in plans}

    def rate(clip: Clip, rid: str) -> float:
        frames = clip.video[rid]
        return FPS * sum(len(frame) for frame in frames) / len(frames)

    total = 0.0
    for plan in plans:
        for watch in plan.watches:
            clip = clips[watch.publisher]
            assert clip is not None
            total += rate(clip, watch.rid) + VOICES_PER_S
    return total


async def run_once(
    make: Callable[[], PeerServer], scenario: Scenario, clips: list[Clip], *, number: int, seconds: float
) -> Run:
    """Start, join, settle, measure, stop. Raises what the server's signalling raises."""
    server = make()
    seats: Sequence[Seat] = ()
    plans = scenario.plans([scaled_clip(clip, scenario) for clip in clips])
    try:
        await server.start()
        await asyncio.sleep(TICK_S)
        idle_memory = server.process.memory_mib()
        seats = await server.bring_in(plans)
        await _settle(seats, expected_per_s(plans))
        return await _measure(server, scenario, seats, plans, number=number, seconds=seconds, idle_memory=idle_memory)
    finally:
        for seat in seats:
            await seat.leave()
        await server.stop()


async def _settle(seats: Sequence[Seat], expected: float) -> None:
    """Until the expected packets flow (layers chosen, estimates grown), at least 3 s and at most 20 s."""
    begun = asked = time.monotonic()
    while True:
        before, since = _packets(seats), time.monotonic()
        await asyncio.sleep(2 * TICK_S)
        rate = (_packets(seats) - before) / (time.monotonic() - since)
        now = time.monotonic()
        if now - asked > KEY_FRAME_S:
            asked = now
            for seat in seats:
                seat.send_key_frames()
        waited = now - begun
        if waited > SETTLE_MOST_S or (waited > SETTLE_LEAST_S and abs(rate - expected) < RATE_TOLERANCE * expected):
            return


def _packets(seats: Sequence[Seat]) -> int:
    return sum(seat.received for seat in seats)


async def _measure(
    server: PeerServer,
    scenario: Scenario,
    seats: Sequence[Seat],
    plans: list[EndpointPlan],
    *,
    number: int,
    seconds: float,
    idle_memory: float,
) -> Run:
    for seat in seats:
        seat.forget_latencies()
    packets, lost = _packets(seats), sum(seat.lost for seat in seats)
    before, before_own, begun = server.process.cost(), own_cost(), time.monotonic()
    await asyncio.sleep(seconds)
    elapsed = time.monotonic() - begun
    cost, own = server.process.cost().since(before), own_cost().since(before_own)
    packets = _packets(seats) - packets
    latencies = sorted(1000 * each for seat in seats for each in seat.latencies_s)
    return Run(
        server=server.name,
        scenario=scenario.name,
        round=number,
        seconds=elapsed,
        endpoints=len(plans),
        packets=packets,
        expected_per_s=expected_per_s(plans),
        lost=max(0, sum(seat.lost for seat in seats) - lost),
        user_s=cost.user_s,
        system_s=cost.system_s,
        core_busy_s=cost.core_busy_s,
        client_s=own.total_s,
        client_core_busy_s=own.core_busy_s,
        latency_p50_ms=quantile(latencies, 0.50),
        latency_p99_ms=quantile(latencies, 0.99),
        memory_mib=server.process.memory_mib(),
        idle_memory_mib=idle_memory,
    )
