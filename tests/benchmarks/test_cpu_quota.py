from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cpu_quota import (
    Hierarchy,
    LimitedGroup,
    NoQuota,
    Quota,
    Throttling,
    find_hierarchies,
    parse_throttling,
    usable_hierarchy,
)

MOUNTS = """\
tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
cgroup /sys/fs/cgroup/cpuacct cgroup rw,relatime,cpuacct 0 0
cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0
"""
QUOTA = Quota(share=0.25, period_us=10_000)
FILES = {
    1: ("cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us", "cgroup.procs"),
    2: ("cpu.weight", "cpu.max", "cgroup.procs"),
}


class FakeKernel:
    """A new directory gets the files that the controller gives a group, and loses them with it."""

    def __init__(self, root: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hierarchy = Hierarchy(root, version)
        make, remove = Path.mkdir, Path.rmdir

        def mkdir(path: Path) -> None:
            make(path)
            for name in FILES[version]:
                (path / name).touch()

        def rmdir(path: Path) -> None:
            for name in FILES[version]:
                (path / name).unlink()
            remove(path)

        monkeypatch.setattr(Path, "mkdir", mkdir)
        monkeypatch.setattr(Path, "rmdir", rmdir)


def test_the_cpu_controller_is_found_and_not_that_of_accounting() -> None:
    assert find_hierarchies(MOUNTS) == [
        Hierarchy(Path("/sys/fs/cgroup/cpu"), 1),
        Hierarchy(Path("/sys/fs/cgroup/unified"), 2),
    ]


def test_a_quota_under_the_kernels_least_is_refused() -> None:
    assert QUOTA.us == 2500
    with pytest.raises(ValueError, match=r"5.0% of 10000 µs is less than the kernel's 1000 µs"):
        Quota(share=0.05, period_us=10_000)


@pytest.mark.parametrize("last", ["throttled_time 99", "throttled_usec 99"])
def test_throttling_is_told_in_both_versions(last: str) -> None:
    found = parse_throttling(f"nr_periods 300\nnr_throttled 60\n{last}\n")
    assert found == Throttling(periods=300, throttled=60)
    assert found.percent_since(Throttling(periods=100, throttled=10)) == 25
    assert found.percent_since(found) == 0


def test_a_group_of_version_1_has_its_period_before_its_quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = FakeKernel(tmp_path, 1, monkeypatch)
    group = LimitedGroup(kernel.hierarchy, "w", QUOTA)
    directory = tmp_path / "diemcau-bench-w"
    assert (directory / "cpu.cfs_period_us").read_text() == "10000"
    assert (directory / "cpu.cfs_quota_us").read_text() == "2500"
    assert (directory / "cpu.shares").read_text() == "10240"
    group.hold(77)
    assert (directory / "cgroup.procs").read_text() == "77"
    (directory / "cpu.cfs_quota_us").write_text("")
    group.lift()
    assert (directory / "cpu.cfs_quota_us").read_text() == "-1"
    group.remove()
    assert not directory.exists()


def test_a_group_of_version_2_asks_for_the_controller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io\n")
    (tmp_path / "cgroup.subtree_control").write_text("io\n")
    kernel = FakeKernel(tmp_path, 2, monkeypatch)
    assert usable_hierarchy(f"cgroup2 {tmp_path} cgroup2 rw 0 0\n") == kernel.hierarchy
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+cpu"
    assert LimitedGroup(kernel.hierarchy, "w", QUOTA)
    assert (tmp_path / "diemcau-bench-w" / "cpu.max").read_text() == "2500 10000"


def test_why_there_is_no_quota_is_told(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpuset io\n")
    with pytest.raises(NoQuota, match="has no cpu controller"):
        usable_hierarchy(f"cgroup2 {tmp_path} cgroup2 rw 0 0\n")
    with pytest.raises(NoQuota, match="No such file"):
        usable_hierarchy(f"cgroup {tmp_path / 'gone'} cgroup rw,cpu 0 0\n")
    with pytest.raises(NoQuota, match="no control groups are mounted"):
        usable_hierarchy("tmpfs / tmpfs rw 0 0\n")


def test_a_directory_without_the_controllers_files_is_no_group_and_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(NoQuota):
        usable_hierarchy(f"cgroup {tmp_path} cgroup rw,cpu 0 0\n")
    assert list(tmp_path.iterdir()) == []


def test_the_kernel_stops_a_process_that_takes_more() -> None:
    try:
        hierarchy = usable_hierarchy()
    except NoQuota as error:
        pytest.skip(str(error))
    code = "import sys, time; sys.stdin.readline()\nwhile time.process_time() < 0.3: pass"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, text=True)
    group = LimitedGroup(hierarchy, f"test-{process.pid}", QUOTA)
    try:
        group.hold(process.pid)
        process.communicate("\n")
        assert group.throttling().throttled > 0
    finally:
        process.kill()
        process.wait()
        group.remove()
