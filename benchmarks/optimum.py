"""The exact optimum of an allocation: a mixed-integer linear programme, solved by HiGHS through scipy."""

from __future__ import annotations

import os
import sys
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from bandwidth.allocator import PAUSED, Allocation, Demand, sure_pictures
from benchmarks.rooms import AllocationRoom

GAP = 1e-4  # relative, at which the solver may stop: a fiftieth of what is to be judged
PATIENCE_S = 10.0  # then the bound that is proven so far has to do


def value_of(demands: tuple[Demand, ...], allocation: Allocation) -> float:
    """The weighted value that an allocation has."""
    chosen = ((demand, allocation[demand.key]) for demand in demands)
    return sum(demand.weight * demand.options[index].value for demand, index in chosen if index != PAUSED)


def optimum(room: AllocationRoom) -> float:
    """The best weighted value that any allocation can have: the solver's proven upper bound.

    One binary variable for each demand and option; at most one option a demand, exactly one where it may not be left
    out; rates within each line and the site's.
    """
    sure = sure_pictures(room.demands, room.budgets, room.site_bps)
    columns = [
        (demand, option, 1.0 if is_sure else -np.inf)
        for demand, is_sure in zip(room.demands, sure, strict=True)
        for option in demand.options
    ]
    rows: dict[Hashable, int] = {}
    limits: list[float] = []
    least: list[float] = []
    entries: list[tuple[int, int, float]] = []

    def limit(column: int, name: Hashable, factor: float, most: float, at_least: float = -np.inf) -> None:
        if name not in rows:
            rows[name] = len(limits)
            limits.append(most)
            least.append(at_least)
        entries.append((rows[name], column, factor))

    for column, (demand, option, at_least) in enumerate(columns):
        limit(column, ("one", demand.key), 1.0, 1.0, at_least)
        limit(column, ("line", demand.subscriber), option.bitrate_bps, room.budgets.get(demand.subscriber, 0))
        limit(column, "site", option.bitrate_bps, room.site_bps)
    if not columns:
        return 0.0
    row, column_of, factors = zip(*entries, strict=True)
    matrix = coo_array((factors, (row, column_of)), shape=(len(limits), len(columns)))
    with _silent():
        result = milp(
            c=np.array([-demand.weight * option.value for demand, option, _ in columns]),
            constraints=LinearConstraint(matrix.tocsr(), np.array(least), np.array(limits)),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(columns)),
            options={"mip_rel_gap": GAP, "time_limit": PATIENCE_S},
        )
    if result.mip_dual_bound is None:
        raise RuntimeError(f"HiGHS: {result.message}")
    return -float(result.mip_dual_bound)


@contextmanager
def _silent() -> Iterator[None]:
    """HiGHS leaves lines of its own debugging on the standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
