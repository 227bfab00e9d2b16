"""The simulator: a case in, the whole answer out."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from bandwidth.simulation.case import MAX_DELEGATES, SimulationCase
from bandwidth.simulation.demands import site_budget_bps
from bandwidth.simulation.limits import cut_lists, how_many_fit, with_delegates
from bandwidth.simulation.result import Fits, MeasuredRun, Simulation
from bandwidth.simulation.room import Room
from bandwidth.simulation.samples import SAMPLE_S
from bandwidth.simulation.summary import SETTLING_S, curves, phases, site_sent_bytes
from config.profile import Profile

CHECK_S = 15.0  # of virtual time to see whether a number of delegates fits
COMPLETE_SHARE = 0.95
Dice = Callable[[int], Callable[[], float]]


def simulate(profile: Profile, case: SimulationCase, dice: Dice, *, measured: MeasuredRun | None = None) -> Simulation:
    """The answer. dice: from a seed to numbers from 0 to 1, as random.Random(seed).random; nothing here draws its own.

    measured: the run on shaped lines to tell beside it; see bandwidth.simulation.measured.
    """
    changed = case.apply(profile)
    room = run_room(profile, case, dice)
    return Simulation(
        profile=profile.name,
        case=case,
        granularity=_granularity(room),
        site_media_bps=site_budget_bps(changed),
        phases=tuple(phases(room)),
        times_s=tuple(SAMPLE_S * (index + 1) for index in range(room.samples)),
        site_used_bps=tuple(int(8 * each / SAMPLE_S) for each in site_sent_bytes(room)),
        curves=tuple(curves(room, name) for name in case.names),
        cuts=cut_lists(case, changed),
        fits=_fits(profile, room, dice),
        measured=measured,
    )


def run_room(profile: Profile, case: SimulationCase, dice: Dice) -> Room:
    """The session alone, over its whole time."""
    room = Room(case, case.apply(profile), dice(case.seed))
    room.run()
    return room


def _granularity(room: Room) -> str:
    tight = [name for name, publisher in room.publishers.items() if publisher.binds]
    ups = "none" if not tight else "all" if len(tight) == len(room.publishers) else ", ".join(tight)
    return (
        "Every packet is followed over the lines. Queues, loss and congestion control on the way from an endpoint are "
        f"simulated only where its line could bind or loses packets, or the site's could ({ups})."
    )


def _fits(profile: Profile, room: Room, dice: Dice) -> Fits:
    case = room.case
    every, stage, limit = how_many_fit(case, room.profile)
    over_time = _search(profile, case, every, dice) if case.check_fits else None
    return Fits(
        every_picture=every,
        stage=stage,
        most=MAX_DELEGATES,
        limit=limit,
        complete=round(complete(room), 3),
        over_time=over_time,
    )


def complete(room: Room) -> float:
    """Share of the settled time in which everybody had every picture."""
    first = min(int(SETTLING_S / SAMPLE_S), room.samples - 1)
    pictures = [each.states.pictures[first:] for each in room.subscribers.values()]
    wanted = room.case.delegates
    return float(fmean(min(column) == wanted for column in zip(*pictures, strict=True)))


def _search(profile: Profile, case: SimulationCase, most: int, dice: Dice) -> int:
    """The most delegates, up to `most`, who have everything nearly all the time: by halving, with short runs."""
    fit, above = 0, most + 1
    while above - fit > 1:
        count = (fit + above) // 2
        asked = with_delegates(case, count)
        changes = tuple(change for change in asked.changes if not change.at_s)
        short = asked.model_copy(update={"seconds": CHECK_S, "changes": changes})
        if complete(run_room(profile, short, dice)) >= COMPLETE_SHARE:
            fit = count
        else:
            above = count
    return fit
