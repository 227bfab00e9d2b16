"""How the processes of a server share the site's line: who gets which part, and when a part may grow.

Voices come first, and each process keeps a small reserve, so that a session may begin there at once. What is left goes
to the pictures, max-min fair by demand: nobody gets more than he can use while another lacks, and those who lack get
the same for each of their subscribers. What nobody can use is spread evenly, so that a demand may rise without asking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bandwidth.steady_room import USUAL_MARGIN

RESERVE = 0.05  # of the line, for all processes together: 0.6 Mb/s of 24 with two of them, voices for a session


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDemand:
    """What one process could use; all in bits/s. `line_bps`: the line as its sessions' profiles have it, 0 without.

    demand_bps: `audio_bps` for voices, and what pictures could take. subscribers: endpoints that are sent to.
    """

    line_bps: int = 0
    audio_bps: int = 0
    demand_bps: int = 0
    subscribers: int = 0


def site_line_bps(demands: Sequence[SiteDemand]) -> int:
    """The line that all share: the smallest that any session's profile names; 0 where no session runs."""
    return min((each.line_bps for each in demands if each.line_bps), default=0)


def divide(line_bps: int, demands: Sequence[SiteDemand]) -> list[int]:
    """Each process's part in bits/s. The sum is never above the line."""
    count = len(demands)
    reserve = line_bps * RESERVE / count
    parts = fill([0.0] * count, [max(reserve, each.audio_bps) for each in demands], [1] * count, line_bps)
    # An allocation goes up only with USUAL_MARGIN to spare: a part of exactly the demand would never be used up.
    wants = [max(part, each.demand_bps / (1 - USUAL_MARGIN)) for part, each in zip(parts, demands, strict=True)]
    weights = [max(1, each.subscribers) for each in demands]
    parts = fill(parts, wants, weights, line_bps - sum(parts))
    spare = max(0.0, line_bps - sum(parts)) / count
    return [int(part + spare) for part in parts]


def fill(parts: list[float], wants: Sequence[float], weights: Sequence[float], left: float) -> list[float]:
    """Raise every part towards its want by the same amount for each unit of its weight, until nothing is left."""
    parts = list(parts)
    hungry = [index for index, want in enumerate(wants) if want > parts[index]]
    while hungry and left > 0.5:
        step = min((wants[index] - parts[index]) / weights[index] for index in hungry)
        total = sum(weights[index] for index in hungry)
        step = min(step, left / total)
        for index in hungry:
            parts[index] += step * weights[index]
        left -= step * total
        hungry = [index for index in hungry if wants[index] - parts[index] > 0.5]
    return parts


class SiteLedger:
    """Who holds which share (0 to 1) of the line. What all hold never sums to more than 1, not even between reports.

    A share that is made smaller is held until its process has said that it keeps to the smaller one; only then may
    another's grow. All begin with the same; a process that begins again has its reserve.
    """

    def __init__(self, processes: int) -> None:
        self._demands = [SiteDemand()] * processes
        self._given = [1.0 / processes] * processes
        self._held = list(self._given)

    @property
    def line_bps(self) -> int:
        """The line that all share; 0 where no session runs."""
        return site_line_bps(self._demands)

    def share(self, index: int) -> float:
        """What the process may use now."""
        return self._given[index]

    def gone(self, index: int) -> None:
        """The process has ended and sends nothing; another in its place starts with the reserve."""
        self._demands[index] = SiteDemand()
        self._given[index] = self._held[index] = min(self._given[index], RESERVE / len(self._given))

    def report(self, index: int, demand: SiteDemand, *, keeping: float) -> float:
        """What the process could use, and the share it keeps to; its share from now on."""
        self._demands[index] = demand
        wanted, before = self._wanted(index), self._given[index]
        others = sum(held for other, held in enumerate(self._held) if other != index)
        given = wanted if wanted <= keeping else max(min(wanted, 1.0 - others), min(keeping, before))
        self._given[index] = given
        on_its_way = before if keeping != before else 0.0
        self._held[index] = max(given, keeping, on_its_way)
        return given

    def _wanted(self, index: int) -> float:
        line = self.line_bps
        if not line:
            return 1.0 / len(self._demands)
        return divide(line, self._demands)[index] / line
