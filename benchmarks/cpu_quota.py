"""A fixed share of a core for a process, kept by the kernel: bandwidth control of control groups.

Linux, Documentation/scheduler/sched-bwc.rst; cgroup v1 (cpu.cfs_*) and v2 (cpu.max).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

MIN_QUOTA_US = 1000  # the kernel's
LEAVING_S = 2.0  # a process that has ended leaves its group when its parent has heard of it
MOUNTS = Path("/proc/mounts")


class NoQuota(Exception):
    """No process can be limited on this machine; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a group may take of one core (0 to 1) in each period. Raises ValueError under the kernel's least."""

    share: float
    period_us: int

    def __post_init__(self) -> None:
        if self.us < MIN_QUOTA_US:
            raise ValueError(f"{self.share:.1%} of {self.period_us} µs is less than the kernel's {MIN_QUOTA_US} µs")

    @property
    def us(self) -> int:
        """CPU time in each period."""
        return round(self.share * self.period_us)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Where groups are made. `version`: 1 or 2."""

    root: Path
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttling:
    """Periods in which the group ran, and those of them in which it was stopped, so far."""

    periods: int
    throttled: int

    def percent_since(self, before: Throttling) -> float:
        """Of the periods since then, in how many it was stopped."""
        periods = self.periods - before.periods
        return 100 * (self.throttled - before.throttled) / periods if periods else 0.0


# Ten times the usual: the quota decides what a group gets, not other programs on the core.
WEIGHT = {1: ("cpu.shares", 10_240), 2: ("cpu.weight", 1_000)}
TRIAL = Quota(share=0.5, period_us=10_000)


def find_hierarchies(mounts: str) -> list[Hierarchy]:
    """Candidates in a /proc/mounts: v1 with the cpu controller, then v2, which may lack it."""
    found = []
    for line in mounts.splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup2" or (kind == "cgroup" and "cpu" in options.split(",")):
            found.append(Hierarchy(Path(place), 2 if kind == "cgroup2" else 1))
    return sorted(found, key=lambda each: each.version)


def parse_throttling(text: str) -> Throttling:
    """A cpu.stat, of either version."""
    values = dict(line.split() for line in text.splitlines())
    return Throttling(periods=int(values["nr_periods"]), throttled=int(values["nr_throttled"]))


def usable_hierarchy(mounts: str | None = None) -> Hierarchy:
    """The first of a /proc/mounts (this machine's) that gives groups a quota. Raises NoQuota."""
    reasons = []
    for each in find_hierarchies(MOUNTS.read_text() if mounts is None else mounts):
        reason = _why_not(each)
        if not reason:
            return each
        reasons.append(reason)
    raise NoQuota("; ".join(reasons) or "no control groups are mounted")


def _why_not(hierarchy: Hierarchy) -> str:
    try:
        if hierarchy.version == 2 and "cpu" not in (hierarchy.root / "cgroup.controllers").read_text().split():
            return f"{hierarchy.root} has no cpu controller"
        LimitedGroup(hierarchy, f"trial-{time.monotonic_ns()}", TRIAL).remove()
    except OSError as error:
        return f"{error.filename or hierarchy.root}: {error.strerror}"
    return ""


class LimitedGroup:
    """A group under a quota. Raises OSError where none can be made."""

    def __init__(self, hierarchy: Hierarchy, name: str, quota: Quota) -> None:
        self._version, self._quota = hierarchy.version, quota
        self._directory = hierarchy.root / f"diemcau-bench-{name}"
        if hierarchy.version == 2 and "cpu" not in (hierarchy.root / "cgroup.subtree_control").read_text().split():
            (hierarchy.root / "cgroup.subtree_control").write_text("+cpu")
        self._directory.mkdir()
        try:
            self._write(*WEIGHT[self._version])
            if self._version == 1:
                self._write("cpu.cfs_period_us", quota.period_us)
            self.limit()
        except OSError:
            self._directory.rmdir()
            raise

    def hold(self, pid: int) -> None:
        """Put a process in, with its threads and the children that it has later. Raises OSError if it has ended."""
        self._write("cgroup.procs", pid)

    def limit(self) -> None:
        """From now on (as from the start)."""
        if self._version == 1:
            self._write("cpu.cfs_quota_us", self._quota.us)
        else:
            self._write("cpu.max", f"{self._quota.us} {self._quota.period_us}")

    def lift(self) -> None:
        """Let it run as it will until `limit`."""
        if self._version == 1:
            self._write("cpu.cfs_quota_us", -1)
        else:
            self._write("cpu.max", f"max {self._quota.period_us}")

    def throttling(self) -> Throttling:
        """So far."""
        return parse_throttling((self._directory / "cpu.stat").read_text())

    def remove(self) -> None:
        """When all in it have ended. Raises OSError if they have not within LEAVING_S."""
        until = time.monotonic() + LEAVING_S
        while True:
            try:
                self._directory.rmdir()
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def _write(self, name: str, value: object) -> None:
        # The kernel's files are there or not; to make one would hide that the controller is missing.
        with (self._directory / name).open("r+") as file:
            file.write(str(value))
