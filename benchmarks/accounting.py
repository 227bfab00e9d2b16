"""CPU, memory and lost datagrams by the operating system's account."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12  # of /proc/PID/stat, counted from the state
_SOFTIRQ = 6  # of /proc/stat: user nice system idle iowait irq softirq
RECORDER_MARK = b"recorder.process"
WORKER_MARK = re.compile(rb"\0diemcau\.worker\0(\d+)\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """Seconds so far. `total_s` by the scheduler's nanoseconds, split by the ticks of user and system time."""

    total_s: float
    user_s: float

    @property
    def system_s(self) -> float:
        """What is not user time."""
        return self.total_s - self.user_s

    def since(self, before: Cpu) -> Cpu:
        """The difference."""
        return Cpu(total_s=self.total_s - before.total_s, user_s=self.user_s - before.user_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Seconds so far of one core: everything but idling, and the kernel's packet work (softirq) in it."""

    busy_s: float
    softirq_s: float

    def since(self, before: Core) -> Core:
        """The difference."""
        return Core(busy_s=self.busy_s - before.busy_s, softirq_s=self.softirq_s - before.softirq_s)


def parse_stat(text: str) -> tuple[float, float]:
    """(user, system) seconds in a /proc/PID/stat, all threads."""
    fields = text.rpartition(")")[2].split()
    return int(fields[_USER]) / TICKS, int(fields[_SYSTEM]) / TICKS


def parse_core(text: str, core: int) -> Core:
    """One core's line in /proc/stat. Raises ValueError without it."""
    for line in text.splitlines():
        name, *fields = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _wait, irq, softirq = (int(each) for each in fields[:7])
            return Core(busy_s=(user + nice + system + irq + softirq) / TICKS, softirq_s=softirq / TICKS)
    raise ValueError(f"no core {core}")


def parse_udp_drops(text: str, port: int) -> int:
    """Datagrams that sockets bound to `port` lost to full buffers, from /proc/net/udp."""
    mark = f":{port:04X}"
    rows = (line.split() for line in text.splitlines()[1:])
    return sum(int(fields[-1]) for fields in rows if fields[1].endswith(mark))


def core_of(core: int) -> Core:
    """Now."""
    return parse_core(Path("/proc/stat").read_text(), core)


def udp_drops(port: int) -> int:
    """Now, by IPv4 sockets."""
    return parse_udp_drops(Path("/proc/net/udp").read_text(), port)


def descendants(pid: int) -> list[int]:
    """The process and all that come of it."""
    tree = [pid]
    for each in tree:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                tree += [int(child) for child in children.read_text().split()]
    return tree


def split_recorders(pids: Iterable[int]) -> tuple[list[int], list[int]]:
    """(the server's own processes, its recorders), by their command lines; what has ended is left out."""
    own: list[int] = []
    recorders: list[int] = []
    for pid in pids:
        with contextlib.suppress(OSError):
            is_recorder = RECORDER_MARK in Path(f"/proc/{pid}/cmdline").read_bytes()
            (recorders if is_recorder else own).append(pid)
    return own, recorders


def workers_of(pids: Iterable[int]) -> dict[int, int]:
    """Worker's number → its process, by the command lines. Parents before children: what a worker has just forked
    bears its name too, for a moment.
    """
    found: dict[int, int] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            mark = WORKER_MARK.search(Path(f"/proc/{pid}/cmdline").read_bytes())
            if mark is not None:
                found.setdefault(int(mark[1]), pid)
    return found


def cpu_of(pids: Sequence[int]) -> Cpu:
    """Of living processes, all threads."""
    total = user = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            ran = sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
            user_s, system_s = parse_stat(Path(f"/proc/{pid}/stat").read_text())
            total += ran
            user += ran * user_s / (user_s + system_s) if user_s + system_s else 0.0
    return Cpu(total_s=total, user_s=user)


def resident_kib(pids: Sequence[int]) -> int:
    """Resident memory of living processes."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
    return total


def pin(pid: int, core: int) -> None:
    """Every thread of a process to one core; a process that has ended is left alone."""
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(int(task.name), {core})
