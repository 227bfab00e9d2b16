"""One direction of a line in virtual time: a rate, a queue with an end, a delay, random loss, and how they change.

Packets are served in the order in which they come (a serialiser behind a drop-tail queue, as `tbf` is one): the moment
of arrival is known at the moment of sending, also across changes of the rate, since those are known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ETHERNET_BYTES = 14  # what shapers and access lines count beside the IP packet
BURST_BYTES = 8_000  # the queue holds at least this much: a key frame's beginning on a slow line


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """A line from `since_s` on. rate_bps: of Ethernet frames, above 0. queue_s: how long a packet may wait.

    delay_s: propagation, one way. loss: share of packets (0 to 1) lost at random, having taken their time on the line.
    """

    since_s: float
    rate_bps: float
    queue_s: float = 0.2
    delay_s: float = 0.0
    loss: float = 0.0


class Bottleneck:
    """`states` in the order of time, the first from the beginning. `dice` gives numbers from 0 to 1 below 1."""

    def __init__(self, states: Sequence[LineState], dice: Callable[[], float]) -> None:
        self._states = list(states)
        self._dice = dice
        self._at = states[0].since_s
        self._backlog_bits = 0.0
        self._last_arrival_s = 0.0
        self.dropped = 0  # packets that found the queue full
        self.lost = 0  # packets lost at random

    @property
    def delay_s(self) -> float:
        """The propagation delay now."""
        return self._states[0].delay_s

    def state(self, at: float) -> LineState:
        """The line at a moment not before the last packet's."""
        states = self._states
        while len(states) > 1 and states[1].since_s <= at:
            self._drain(states[1].since_s)
            del states[0]
        return states[0]

    def waiting_s(self, at: float) -> float:
        """How long a packet would wait that came now."""
        state = self.state(at)
        self._drain(at)
        return self._time_to_serve(at, state) - at

    def send(self, size_bytes: int, *, at: float) -> float | None:
        """When a packet that comes at `at` arrives at the other end; None if it never does.

        `at` is not before that of the packet before it. Where the delay shrinks, packets do not overtake each other.
        """
        at = max(at, self._at)
        state = self.state(at)
        self._drain(at)
        backlog = self._backlog_bits + 8 * (size_bytes + ETHERNET_BYTES)
        if backlog > state.rate_bps * state.queue_s + 8 * BURST_BYTES:
            self.dropped += 1
            return None
        self._backlog_bits = backlog
        if state.loss and self._dice() < state.loss:
            self.lost += 1
            return None
        arrival = self._time_to_serve(at, state) + state.delay_s
        if arrival > self._last_arrival_s:
            self._last_arrival_s = arrival
        return self._last_arrival_s

    def _drain(self, until: float) -> None:
        """Serve with the present rate, which holds until then."""
        if until > self._at:
            left = self._backlog_bits - (until - self._at) * self._states[0].rate_bps
            self._backlog_bits = left if left > 0 else 0.0
            self._at = until

    def _time_to_serve(self, at: float, state: LineState) -> float:
        """When all of the backlog is served, through the changes that are to come."""
        bits, states = self._backlog_bits, self._states
        for following in states[1:] if len(states) > 1 else ():
            served = (following.since_s - at) * state.rate_bps
            if served >= bits:
                break
            bits -= served
            at, state = following.since_s, following
        return at + bits / state.rate_bps
