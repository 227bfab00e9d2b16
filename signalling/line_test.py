"""Measures an endpoint's line through the real media path: port, ICE, DTLS, SRTP and congestion control of a session.

Three phases: to the endpoint (packets of ours, under our own estimator), from the endpoint (a test picture of the
browser's, under its own), and both at a part of what was found, for loss, delay and jitter without a queue of our own.
Rates count IPv4 and UDP. Nothing is ever sent faster than the line that the profile states.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sfu.line_load import LineLoad
from sfu.peer import Peer
from sfu.types import Source
from signalling.line_meter import SHORT_S, BestWindow, Lateness, percent_lost
from signalling.probe_link import ProbeLink
from signalling.problems import Problem

CONNECT_S = 12.0
DOWN_S, UP_S, BOTH_S = 6.0, 9.0, 4.0
TOP_UP_S = 0.004
SAMPLE_S = 0.1
TELL_S = 0.5
SETTLE_S = 1.0  # of the last phase: what queued before is gone
PART = 0.6  # of the rates found, while loss and delay are measured
UDP_BYTES = 28  # IPv4 and UDP
FLOOR_BPS = 64_000
ENOUGH = 0.95  # of the plan: what came is so much that a busy server did not make it less
TRIES = 2  # of one way, while the server is busy
CODED_PART = 0.95  # of a rate on the line, what an encoder may make: the rest is heads, the test voice and repairs

Say = Callable[[dict[str, Any]], Awaitable[None]]


class SiteMeter(Protocol):
    """Who adds up the lines of several endpoints that are measured at once."""

    def add_down(self, name: str, total_bytes: float, *, now: float) -> None:
        """What an endpoint has got so far."""

    def add_up(self, name: str, total_bytes: float, *, now: float) -> None:
        """What came from an endpoint so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlan:
    """The most that is sent each way, bits/s; up 0: the endpoint sends nothing."""

    down_bps: int
    up_bps: int


class LineTest:
    """One run over one connection."""

    def __init__(self, link: ProbeLink, plan: LinePlan, say: Say, *, site: SiteMeter | None = None) -> None:
        self._link, self._plan, self._say, self._site = link, plan, say, site
        self._peer: Peer = link.peer
        self._now = link.peer.session.now
        self._down, self._up = BestWindow(), BestWindow(SHORT_S)
        self._busy = False

    async def run(self) -> dict[str, float | str]:
        """The values by the names of reception.preflight_checks. Raises Problem if the connection ends."""
        try:
            load = LineLoad(self._peer, cap_bps=self._plan.down_bps, now=self._now())
        except ValueError as error:
            raise Problem(422, "invalid_offer", "The offer cannot be answered", str(error)) from None
        await self._one_way(load)
        if self._plan.up_bps:
            load.set_cap(FLOOR_BPS, now=self._now())
            await self._one_way(None)
        return await self._both(load)

    async def _one_way(self, load: LineLoad | None) -> None:
        """To the endpoint (with a load), or from it. Once more if the server was too busy to tell a slow line from
        itself; not in a joint test, where all keep step.
        """
        way = "down" if load is not None else "up"
        seconds, sample = (DOWN_S, self._sample_down) if load is not None else (UP_S, self._sample_up)
        window, planned = (self._down, self._plan.down_bps) if load is not None else (self._up, self._plan.up_bps)
        for attempt in range(1 if self._site is not None else TRIES):
            up_bps = int(CODED_PART * planned) if load is None else 0
            await self._say({"type": "phase", "phase": way, "seconds": seconds, "up_bps": up_bps, "again": attempt > 0})
            late = await self._watch(seconds, load, sample)
            if not late.busy or window.best_bps >= ENOUGH * planned:
                return
        self._busy = True

    async def _both(self, load: LineLoad) -> dict[str, float | str]:
        # What an encoder sends above its limit for a moment says no more than that the line carries the limit.
        down, up = min(self._down.best_bps, self._plan.down_bps), min(self._up.best_bps, self._plan.up_bps)
        load.set_cap(max(FLOOR_BPS, int(PART * down)), now=self._now())
        up_cap = max(FLOOR_BPS, int(PART * up)) if self._plan.up_bps else 0
        await self._say({"type": "phase", "phase": "both", "seconds": BOTH_S, "up_bps": up_cap})
        await self._watch(SETTLE_S, load, self._sample_nothing)
        before = _Counters.of(self._peer)
        late = await self._watch(BOTH_S - SETTLE_S, load, self._sample_nothing)
        after = _Counters.of(self._peer)
        path = self._peer.transport.path
        values: dict[str, float | str] = {
            "network.down_mbps": round(down / 1e6, 3),
            "network.loss_down_percent": percent_lost(
                after.lost_down - before.lost_down, after.sent_down - before.sent_down
            ),
            "network.rtt_ms": round(1000 * (self._peer.estimator.rtt_s or 0.0), 1),
            "network.protocol": path.protocol if path else "none",
            "network.load": "server" if self._busy or late.busy else "free",
        }
        if self._plan.up_bps:
            values["network.up_mbps"] = round(up / 1e6, 3)
            values["network.loss_up_percent"] = percent_lost(
                after.lost_up - before.lost_up, after.sent_up - before.sent_up
            )
            values["network.jitter_ms"] = round(1000 * _jitter_s(self._peer), 1)
        return values

    async def _watch(self, seconds: float, load: LineLoad | None, sample: Callable[[float], float]) -> Lateness:
        """For so long: fill the line, sample, and tell how fast it is. Returns how late this process was meanwhile."""
        end_s, late = self._now() + seconds, Lateness()
        pause_s = TOP_UP_S if load is not None else SAMPLE_S
        sampled_s = told_s = 0.0
        while (now := self._now()) < end_s:
            if self._link.closed.is_set():
                raise Problem(409, "connection_lost", "The media connection was lost while the line was measured")
            if load is not None:
                load.top_up(now=now)
            if now - sampled_s >= SAMPLE_S:
                sampled_s, rate_bps = now, sample(now)
                if rate_bps and now - told_s >= TELL_S:
                    told_s = now
                    await self._say({"type": "progress", "bps": int(rate_bps)})
            await asyncio.sleep(pause_s)
            late.add(pause_s, self._now() - now)
        return late

    def _sample_down(self, now: float) -> float:
        total = float(self._peer.estimator.arrived_bytes)
        self._down.add(total, now=now)
        if self._site is not None:
            self._site.add_down(self._peer.id, total, now=now)
        return self._peer.estimator.acknowledged_bps

    def _sample_up(self, now: float) -> float:
        transport = self._peer.transport
        total = float(transport.received_bytes + UDP_BYTES * transport.received_packets)
        self._up.add(total, now=now)
        if self._site is not None:
            self._site.add_up(self._peer.id, total, now=now)
        return self._peer.up_bps

    def _sample_nothing(self, now: float) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class _Counters:
    """Packets each way, and what of them was lost before any repair."""

    sent_down: int
    lost_down: int
    sent_up: int
    lost_up: int

    @classmethod
    def of(cls, peer: Peer) -> _Counters:
        peer.collect_feedback()
        estimator, arrivals = peer.estimator, peer.ingress.arrivals
        return cls(
            estimator.reported_packets, estimator.lost_packets, arrivals.expected, arrivals.expected - arrivals.received
        )


def _jitter_s(peer: Peer) -> float:
    """Of the voice: a picture's packets leave in bursts, and their spread says nothing of the line."""
    voices = [each for each in peer.publications if each.source is Source.MICROPHONE] or peer.publications
    return max((stream.statistics.jitter_s for each in voices for stream in each.streams), default=0.0)
