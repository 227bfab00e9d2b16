"""The lines of a case as bottlenecks: two for each endpoint and two for the site, with all their changes."""

from __future__ import annotations

from collections.abc import Callable

from bandwidth.simulation.bottleneck import Bottleneck, LineState
from bandwidth.simulation.case import ALL_DELEGATES, CENTRAL, SITE, LineChange, SimulationCase, plan_of
from config.profile import Profile

OWN_DELAY_S = 0.001  # the centre sits beside the server


def line_states(case: SimulationCase, profile: Profile, who: str, *, up: bool) -> list[LineState]:
    """One direction of a line over time. `profile` as the case has changed it."""
    if who == SITE:
        rate = profile.site.up_bps if up else profile.site.down_bps
        state = LineState(since_s=0.0, rate_bps=rate, queue_s=case.queue_ms / 1000)
    else:
        plan = plan_of(profile, who)
        delegate = who != CENTRAL
        state = LineState(
            since_s=0.0,
            rate_bps=plan.line_up_bps if up else plan.line_down_bps,
            queue_s=case.queue_ms / 1000,
            delay_s=case.delay_ms / 1000 if delegate else OWN_DELAY_S,
            loss=case.loss_percent / 100 if delegate else 0.0,
        )
    states = [state]
    for change in sorted(case.changes, key=lambda each: each.at_s):
        if change.who == who or (change.who == ALL_DELEGATES and who not in (SITE, CENTRAL)):
            state = _changed(state, change, up=up)
            if states[-1].since_s == state.since_s:
                states.pop()
            states.append(state)
    return states


def _changed(state: LineState, change: LineChange, *, up: bool) -> LineState:
    mbps = change.up_mbps if up else change.down_mbps
    return LineState(
        since_s=change.at_s,
        rate_bps=state.rate_bps if mbps is None else mbps * 1e6,
        queue_s=state.queue_s,
        delay_s=state.delay_s if change.delay_ms is None else change.delay_ms / 1000,
        loss=state.loss if change.loss_percent is None else change.loss_percent / 100,
    )


class Lines:
    """`up` and `down` by name, the site's among them. Each holds its place in time: for one run only."""

    def __init__(self, case: SimulationCase, profile: Profile, dice: Callable[[], float]) -> None:
        self.states = {
            (name, up): line_states(case, profile, name, up=up) for name in (SITE, *case.names) for up in (True, False)
        }
        self.up = {name: Bottleneck(states, dice) for (name, up), states in self.states.items() if up}
        self.down = {name: Bottleneck(states, dice) for (name, up), states in self.states.items() if not up}

    def lowest_bps(self, name: str, *, up: bool) -> float:
        """The least that the line carries at any time."""
        return min(state.rate_bps for state in self.states[name, up])

    def loses(self, name: str, *, up: bool) -> bool:
        """Whether it ever loses packets at random."""
        return any(state.loss for state in self.states[name, up])
