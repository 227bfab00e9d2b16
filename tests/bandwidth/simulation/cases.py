"""Short ways to run a case."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from bandwidth.simulation.case import SimulationCase
from bandwidth.simulation.room import Room
from bandwidth.simulation.run import run_room
from config.profile import load_profile


def dice(seed: int) -> Callable[[], float]:
    return Random(seed).random


def room(profile: str = "30-5", **values: Any) -> Room:
    return run_room(load_profile(profile), SimulationCase.model_validate(values), dice)
