"""A line in virtual time: random loss, then a serialiser with a queue, then a delay.

The queue stays exact when the capacity changes while packets wait. Randomness comes in as a function, so that a run can
be repeated.
"""

from collections import deque
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")


class Crossing(NamedTuple, Generic[Item]):
    """What came through: when it arrives, and how long it waited and was being sent (seconds)."""

    item: Item
    at: float
    queued_s: float


class Bottleneck(Generic[Item]):
    """`capacity_bps` and `loss` (0 to 1) may be set at any time, after `advance` to that moment."""

    def __init__(
        self, capacity_bps: float, *, queue_s: float, delay_s: float, random: Callable[[], float], loss: float = 0.0
    ) -> None:
        """queue_s: what would wait longer, by the capacity of the moment, is dropped. delay_s: one way."""
        self.capacity_bps = capacity_bps
        self.loss = loss
        self.lost_packets = self.overflowed_packets = self.crossed_bytes = 0
        self._queue_s, self._delay_s, self._random = queue_s, delay_s, random
        self._waiting: deque[tuple[Item, int, float]] = deque()
        self._waiting_bytes = 0.0
        self._head_left_bytes = 0.0
        self._now = 0.0

    @property
    def queue_s(self) -> float:
        """How long a packet coming now would wait."""
        return 8 * self._waiting_bytes / self.capacity_bps

    def offer(self, item: Item, size_bytes: int, *, now: float) -> bool:
        """Into the queue; False if it is lost. `advance` to the same moment before."""
        if self.loss and self._random() < self.loss:
            self.lost_packets += 1
            return False
        if self.queue_s > self._queue_s:
            self.overflowed_packets += 1
            return False
        if not self._waiting:
            self._head_left_bytes = size_bytes
        self._waiting.append((item, size_bytes, now))
        self._waiting_bytes += size_bytes
        return True

    def advance(self, *, now: float) -> list[Crossing[Item]]:
        """Serve until now; what left the serialiser, in order."""
        crossed: list[Crossing[Item]] = []
        budget = (now - self._now) * self.capacity_bps / 8
        while self._waiting and self._head_left_bytes <= budget:
            budget -= self._head_left_bytes
            self._waiting_bytes -= self._head_left_bytes
            item, size, came = self._waiting.popleft()
            done = max(came, now - 8 * budget / self.capacity_bps)
            self.crossed_bytes += size
            crossed.append(Crossing(item, done + self._delay_s, done - came))
            self._head_left_bytes = self._waiting[0][1] if self._waiting else 0.0
        if self._waiting:
            self._head_left_bytes -= budget
            self._waiting_bytes -= budget
        else:
            self._waiting_bytes = 0.0
        self._now = now
        return crossed
