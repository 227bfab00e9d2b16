"""What a server costs by the operating system's account: its whole process tree, and the core it is pinned to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 11, 12, 13, 14  # /proc/PID/stat, counted from the state


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU seconds so far of a process tree, and of everything on its core (`core_busy_s`: softirqs and others too)."""

    user_s: float
    system_s: float
    core_busy_s: float

    def since(self, before: Cost) -> Cost:
        """The difference."""
        return Cost(
            user_s=self.user_s - before.user_s,
            system_s=self.system_s - before.system_s,
            core_busy_s=self.core_busy_s - before.core_busy_s,
        )

    @property
    def total_s(self) -> float:
        """User and system."""
        return self.user_s + self.system_s


def parse_stat(text: str) -> tuple[float, float]:
    """(user, system) seconds in a /proc/PID/stat: all threads, and children that have ended and were waited for."""
    fields = text.rpartition(")")[2].split()
    user = int(fields[_USER]) + int(fields[_CHILDREN_USER])
    system = int(fields[_SYSTEM]) + int(fields[_CHILDREN_SYSTEM])
    return user / TICKS, system / TICKS


def parse_core_busy(text: str, core: int) -> float:
    """Seconds that a core did not idle, from /proc/stat; hypervisor steal is not counted."""
    for line in text.splitlines():
        name, *fields = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _wait, irq, softirq = (int(each) for each in fields[:7])
            return (user + nice + system + irq + softirq) / TICKS
    raise ValueError(f"no core {core}")


def core_busy_s(core: int) -> float:
    """The same, now."""
    return parse_core_busy(Path("/proc/stat").read_text(), core)


def own_cost() -> Cost:
    """Of this process, and of everything on the core to which it is pinned (the first, if it is not)."""
    times = os.times()
    return Cost(user_s=times.user, system_s=times.system, core_busy_s=core_busy_s(min(os.sched_getaffinity(0))))


def process_tree(pid: int) -> list[int]:
    """The process and all that descend from it, by /proc/PID/task/TID/children."""
    tree = [pid]
    for each in tree:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                tree += [int(child) for child in children.read_text().split()]
    return tree


class ServerProcess:
    """A server on one core, quiet, in a process group of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        core: int,
        environment: Mapping[str, str] | None = None,
        stdout: int | IO[Any] | None = subprocess.DEVNULL,
    ) -> None:
        """`stdout`: a pipe where a server tells its address on it."""
        self.core = core
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),  # before exec: every thread inherits it
        )

    def cost(self) -> Cost:
        """Now."""
        user = system = 0.0
        for pid in process_tree(self.process.pid):
            with contextlib.suppress(OSError):
                one_user, one_system = parse_stat(Path(f"/proc/{pid}/stat").read_text())
                user, system = user + one_user, system + one_system
        return Cost(user_s=user, system_s=system, core_busy_s=core_busy_s(self.core))

    def memory_mib(self) -> float:
        """Resident memory of the tree; what processes share is counted once (proportional set size)."""
        total = 0
        for pid in process_tree(self.process.pid):
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
        return total / 1024

    def stop(self) -> None:
        """End it: asked first, killed after five seconds."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


async def until_listening(port: int, process: ServerProcess, *, limit_s: float = 15.0) -> None:
    """Until something accepts TCP connections on this port of loopback. RuntimeError if the server ends before."""
    async with asyncio.timeout(limit_s):
        while True:
            if process.process.poll() is not None:
                raise RuntimeError(f"the server ended at once with code {process.process.returncode}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
