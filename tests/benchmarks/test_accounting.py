from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.accounting import (
    TICKS,
    Core,
    Cpu,
    cpu_of,
    descendants,
    parse_core,
    parse_stat,
    parse_udp_drops,
    pin,
    resident_kib,
    split_recorders,
)

UDP = """\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  330: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 11 2 0 17
  331: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12 2 0 3
  332: 0100007F:1F91 0100007F:1F90 07 00000000:00000000 00:00000000 00000000     0        0 13 2 0 900
"""
STAT = """\
cpu  100 0 100 1000 0 10 20 0 0 0
cpu0 60 1 40 500 9 10 20 7 0 0
cpu1 40 0 60 500 0 0 0 0 0 0
"""


def test_a_process_name_with_brackets_and_blanks_does_not_shift_the_fields() -> None:
    fields = ["S", *(str(number) for number in range(4, 53))]
    assert parse_stat(f"12 (a) b (c) {' '.join(fields)}") == (14 / TICKS, 15 / TICKS)


def test_a_core_is_busy_with_everything_but_idling_and_waiting() -> None:
    core = parse_core(STAT, 0)
    assert core == Core(busy_s=131 / TICKS, softirq_s=20 / TICKS)
    assert core.since(parse_core(STAT, 1)).busy_s == pytest.approx(31 / TICKS)
    with pytest.raises(ValueError, match="no core 2"):
        parse_core(STAT, 2)


def test_drops_are_those_of_the_local_port() -> None:
    assert parse_udp_drops(UDP, 8080) == 20
    assert parse_udp_drops(UDP, 8081) == 900
    assert parse_udp_drops(UDP, 80) == 0


def test_cpu_is_split_into_user_and_system() -> None:
    spent = Cpu(total_s=5.0, user_s=3.0).since(Cpu(total_s=1.0, user_s=0.5))
    assert (spent.total_s, spent.user_s, spent.system_s) == (4.0, 2.5, 1.5)


def test_a_tree_of_processes_is_found_and_its_recorders_told_apart() -> None:
    code = "import sys, time; print('up', flush=True); sys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", code, "recorder.process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        assert child.pid in descendants(os.getpid())
        own, recorders = split_recorders([os.getpid(), child.pid])
        assert (own, recorders) == ([os.getpid()], [child.pid])
        pin(child.pid, min(os.sched_getaffinity(0)))
        assert os.sched_getaffinity(child.pid) == {min(os.sched_getaffinity(0))}
        assert cpu_of(recorders).total_s > 0
        assert resident_kib(recorders) > 1000
        child.communicate()
    assert split_recorders([child.pid]) == ([], [])
    assert cpu_of([child.pid]).total_s == 0
