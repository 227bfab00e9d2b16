"""`python -m benchmarks.allocation`: how far the allocator is from the exact optimum, and how long it takes."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from bandwidth.allocator import allocate
from benchmarks.optimum import optimum, value_of
from benchmarks.rooms import MOST_ENDPOINTS, AllocationRoom, random_room

REPEATS = 5  # the fastest counts: what the machine did beside is not the allocator's


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One room: share of the optimum's value that is missing, and the time the allocation took."""

    seed: int
    gap: float
    seconds: float


def judge(seed: int, room: AllocationRoom) -> Judged:
    """Allocate, and compare with the solver's upper bound."""
    seconds = min(_timed(room) for _ in range(REPEATS))
    found = value_of(room.demands, allocate(room.demands, room.budgets, room.site_bps))
    best = optimum(room)
    return Judged(seed=seed, gap=1 - found / best if best else 0.0, seconds=seconds)


def _timed(room: AllocationRoom) -> float:
    begun = time.process_time()
    allocate(room.demands, room.budgets, room.site_bps)
    return time.process_time() - begun


def main() -> None:
    """Print mean and worst gap, median and worst time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=60, help="how many random rooms (60)")
    parser.add_argument("--first", type=int, default=0, help="the first room's seed (0)")
    parser.add_argument("--endpoints", type=int, help=f"in each room, 2 to {MOST_ENDPOINTS} (at random)")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.rooms)
    judged = [judge(seed, random_room(seed, endpoints=options.endpoints)) for seed in seeds]
    gaps = 100 * np.array([each.gap for each in judged])
    times = 1000 * np.array([each.seconds for each in judged])
    size = options.endpoints or f"2 to {MOST_ENDPOINTS}"
    far, slow = judged[int(gaps.argmax())].seed, judged[int(times.argmax())].seed
    median, high = np.percentile(times, [50, 95])
    print(f"{len(judged)} rooms of {size} endpoints, seeds from {options.first}")
    print(f"below the optimum: {gaps.mean():.3f} % on average, {gaps.max():.2f} % at worst (seed {far})")
    print(
        f"CPU time: {median:.2f} ms median, {high:.2f} ms 95th percentile, {times.max():.2f} ms at worst (seed {slow})"
    )


if __name__ == "__main__":
    main()
