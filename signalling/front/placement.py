"""Which worker a session is placed on (pure).

The rule: the worker with the least load, which is its live endpoints and the seats of sessions to come (they will be
taken); among equals the one with fewer sessions, then the lower number. Once placed a session stays, over restarts too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reception.lifecycle import BEFORE_LIVE
from reception.records import Placement


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Load:
    """What a worker has to do; compares by the rule."""

    endpoints: int
    sessions: int
    worker: int


def least_loaded(
    candidates: Iterable[int],
    placements: Sequence[Placement],
    *,
    live_endpoints: Mapping[int, int],
    arriving: Mapping[int, int],
) -> int:
    """The worker for a new session, of the candidates (at least one).

    live_endpoints: connected, by worker. arriving: sessions on their way to a worker that may not be among
    `placements` yet.
    """

    def load(worker: int) -> Load:
        mine = [each for each in placements if each.worker == worker]
        drafted = sum(each.seats for each in mine if each.state in BEFORE_LIVE)
        coming = arriving.get(worker, 0)
        return Load(
            endpoints=live_endpoints.get(worker, 0) + drafted + coming, sessions=len(mine) + coming, worker=worker
        )

    return min(load(worker) for worker in candidates).worker


def spread(placements: Sequence[Placement], workers: int) -> dict[str, int]:
    """Where sessions go that are on no worker, or on one that is no more. At a start, when nobody is connected yet."""
    seats = [0] * workers
    sessions = [0] * workers
    homeless: list[Placement] = []
    for each in placements:
        if each.worker is None or each.worker >= workers:
            homeless.append(each)
        else:
            seats[each.worker] += each.seats
            sessions[each.worker] += 1
    found = {}
    for each in homeless:
        worker = min(Load(endpoints=seats[index], sessions=sessions[index], worker=index) for index in range(workers))
        found[each.session_id] = worker.worker
        seats[worker.worker] += each.seats
        sessions[worker.worker] += 1
    return found
