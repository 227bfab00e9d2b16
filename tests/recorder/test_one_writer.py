"""A recording has one writer at a time, over all processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from recorder.one_writer import one_writer

OTHER = """
import sys
from pathlib import Path
from recorder.one_writer import one_writer

with one_writer(Path(sys.argv[1])):
    print("has it", flush=True)
    sys.stdin.read()
"""
TRY = """
import fcntl, os, sys

try:
    fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("taken")
else:
    print("free")
"""


def state(directory: Path) -> str:
    """As another process finds it."""
    command = [sys.executable, "-c", TRY, str(directory)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_recording_is_taken_while_it_is_written_and_free_after(tmp_path: Path) -> None:
    with one_writer(tmp_path):
        assert state(tmp_path) == "taken"
    assert state(tmp_path) == "free"


def test_a_killed_writer_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "has it\n"
        assert state(tmp_path) == "taken"
        killed.kill()
        with one_writer(tmp_path):
            assert killed.wait() < 0
