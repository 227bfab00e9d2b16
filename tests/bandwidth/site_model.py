"""Subscribers behind one site line in virtual time: real estimators, one queue for all, budgets from a SiteBudget."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from bandwidth.estimator import SendSideEstimator
from bandwidth.feedback import PacketResult
from bandwidth.site_budget import SiteBudget

PACKET_BYTES = 1200
QUEUE_S = 0.3
WAY_S = 0.02
FEEDBACK_S = 0.05
ALLOCATION_S = 0.4
FULL_WITHIN_S = 0.5


@dataclass
class Moment:
    """What was seen at one allocation; bits/s, and seconds of queue on the site's line."""

    at: float
    budget_bps: int
    arrived_bps: float
    queue_s: float
    shares_bps: list[int]


@dataclass
class SiteModel:
    """`line_bps`: what the site's line carries at a time. cap_bps: what its profile says, for media."""

    line_bps: Callable[[float], float]
    cap_bps: int
    count: int = 10
    wants_bps: int = 4_000_000
    moments: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.budget = SiteBudget()
        self.estimators = [
            SendSideEstimator(start_bps=1_000_000, min_bps=50_000, max_bps=self.wants_bps) for _ in range(self.count)
        ]
        self._rates = [0] * self.count
        self._reports: list[list[PacketResult]] = [[] for _ in range(self.count)]
        self._free_at = 0.0
        self._arrived = 0

    def run(self, seconds: float) -> None:
        """Packets at the rates allotted, feedback, allocations, in the order of time."""
        events: list[tuple[float, int, str, int]] = [(0.0, 0, "allocation", 0)]
        for index in range(self.count):
            events += [(0.001 * index, 1, "packet", index), (0.002 * index, 1, "feedback", index)]
        heapq.heapify(events)
        number = 0
        while events[0][0] < seconds:
            now, _, kind, index = heapq.heappop(events)
            number += 1
            later = getattr(self, f"_{kind}")(now, index, number)
            heapq.heappush(events, (now + later, number, kind, index))

    def _packet(self, now: float, index: int, number: int) -> float:
        start = max(now, self._free_at)
        arrived: float | None = None
        if start - now < QUEUE_S:
            self._free_at = start + 8 * PACKET_BYTES / self.line_bps(now)
            arrived = self._free_at + WAY_S
            self._arrived += PACKET_BYTES
        self._reports[index].append(PacketResult(number, PACKET_BYTES, now, arrived))
        rate = min(self._rates[index], self.estimators[index].pacing_bps)  # a queue on the path is drained
        return 8 * PACKET_BYTES / max(rate, 50_000)

    def _feedback(self, now: float, index: int, number: int) -> float:
        came = now - 2 * WAY_S
        ready = [each for each in self._reports[index] if (each.received_at or each.sent_at + QUEUE_S) <= came]
        if ready:
            self._reports[index] = [each for each in self._reports[index] if each not in ready]
            self.estimators[index].on_feedback(ready, now=now)
        return FEEDBACK_S

    def _allocation(self, now: float, index: int, number: int) -> float:
        budget = self.budget.update(
            self.cap_bps,
            used_bps=sum(self._rates),
            arriving_bps=sum(each.acknowledged_bps for each in self.estimators),
            full=sum(1 for each in self.estimators if now - each.full_at_s <= FULL_WITHIN_S),
            subscribers=self.count,
            now=now,
        )
        self._rates = even(budget, [min(each.target_bps, self.wants_bps) for each in self.estimators])
        arrived, self._arrived = 8 * self._arrived / ALLOCATION_S, 0
        queue = max(0.0, self._free_at - now)
        self.moments.append(Moment(now, budget, arrived, queue, list(self._rates)))
        return ALLOCATION_S


def even(budget_bps: int, most_bps: list[int]) -> list[int]:
    """The same for all, but that nobody gets more than it can take."""
    left, waiting, rates = budget_bps, len(most_bps), [0] * len(most_bps)
    for most, index in sorted((most, index) for index, most in enumerate(most_bps)):
        rates[index] = min(most, left // waiting)
        left -= rates[index]
        waiting -= 1
    return rates
