"""The simulator in a process of its own: `python -m signalling.simulation_job` reads a question and prints the answer.

Standard input: a JSON object with `profile` (the whole) and `case`. It gives way to every other process, and ends by
itself after MAX_CPU_S.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from random import Random

from bandwidth.simulation.case import SimulationCase
from bandwidth.simulation.measured import compare, nearest_run, stored_runs
from bandwidth.simulation.result import Simulation
from bandwidth.simulation.run import simulate
from config.profile import Profile

NICENESS = 15
MAX_CPU_S = 90
MAX_MEMORY_BYTES = 1 << 30


def dice(seed: int) -> Callable[[], float]:
    """Numbers from 0 to 1, the same for the same seed."""
    return Random(seed).random


def answer(profile: Profile, case: SimulationCase) -> Simulation:
    """The whole answer, beside the measured run that is most like it."""
    nearest = nearest_run(profile, case, stored_runs())
    return simulate(profile, case, dice, measured=compare(nearest, dice) if nearest else None)


def main() -> None:
    """Entry."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    question = json.load(sys.stdin)
    profile = Profile.model_validate(question["profile"])
    sys.stdout.write(answer(profile, SimulationCase.model_validate(question["case"])).model_dump_json())


if __name__ == "__main__":
    main()
