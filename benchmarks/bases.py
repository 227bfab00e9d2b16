"""A server of another revision: a git worktree of it under bench-out, with an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.running import settings_text

BASES = Path("bench-out/bases")
UNRECORDED = {"recording.rehearsals": False}
NAMED_PROFILES = {"profiles_dir": "profiles"}


class NoSuchBase(Exception):
    """The base is neither a file nor a revision, or cannot be built; the message says why."""


def resolve(revision: str) -> str:
    """The commit's hash. Raises NoSuchBase."""
    command = ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise NoSuchBase(f"{revision} is neither a file nor a git revision")
    return result.stdout.strip()


def prepare(commit: str) -> Path:
    """The server's executable of a commit, built the first time (about two minutes). Raises NoSuchBase."""
    directory = BASES / commit[:12]
    executable = directory / ".venv" / "bin" / "diemcau"
    if (directory / ".venv" / ".run").exists():
        return executable.absolute()
    _run("git", "worktree", "prune")
    if not directory.exists():
        _run("git", "worktree", "add", "--detach", "--force", str(directory), commit)
    print(f"building the environment of {commit[:12]} in {directory}", file=sys.stderr, flush=True)
    _run("make", "-C", str(directory), ".venv/.run", f"PYTHON={sys.executable}")
    return executable.absolute()


def _run(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise NoSuchBase(f"{' '.join(command)}: {(result.stderr or result.stdout).strip()[-500:]}")


def can_leave_unrecorded(executable: Path) -> bool:
    """Whether this server knows the setting that leaves rehearsals unrecorded; older ones record everything."""
    return _knows(executable, UNRECORDED)


def takes_named_profiles(executable: Path) -> bool:
    """Whether this server looks profiles up in a directory of its own; older ones take a path."""
    return _knows(executable, NAMED_PROFILES)


def _knows(executable: Path, settings: Mapping[str, object]) -> bool:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "check.toml"
        file.write_text(settings_text(settings, Path(name)))
        return not subprocess.run([executable, "config", "check", file], capture_output=True, check=False).returncode
