"""A recording copied to a target, file by file, each read back from there; begun again it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from recorder.chain import BrokenChain, file_sha256, read_chain
from recorder.storage.targets import Target, stored_sha256

TRIES = 2
Progress = Callable[[int, int], None]


class NotAsWritten(OSError):
    """The target gives back other bytes than it was given."""


@dataclass(slots=True, kw_only=True)
class CopyResult:
    """What lies at the target now, every file read back. `verdict`: whole (every sealed file has the hash of the seal),
    not_sealed, or faulty (`damaged`: what differs from the seal, in the original already)."""

    target: str
    files: int = 0
    copied: int = 0
    bytes: int = 0
    verdict: str = "whole"
    damaged: list[str] = field(default_factory=list)


def files_of(directory: Path) -> list[Path]:
    """In the order of copying: the manifest last, so that what was broken off never looks like a recording."""
    paths = [path for path in sorted(directory.rglob("*")) if path.is_file() and not path.name.endswith(".partial")]
    return sorted(paths, key=lambda path: path.name == "manifest.jsonl")


def copy_recording(directory: Path, target: Target, *, on_progress: Progress = lambda done, total: None) -> CopyResult:
    """Copy what is not there yet, read everything back. on_progress: (bytes done, bytes in all).

    Raises TargetGone, NotAsWritten, other OSError: nothing is said to be done then.
    """
    paths = files_of(directory)
    sizes = {path: path.stat().st_size for path in paths}
    total, done = sum(sizes.values()), 0
    result = CopyResult(target=target.name, files=len(paths), bytes=total)
    hashes: dict[str, str] = {}
    on_progress(0, total)
    for path in paths:
        inside = path.relative_to(directory).as_posix()
        hashes[inside] = file_sha256(path)
        result.copied += _bring(path, target, f"{directory.name}/{inside}", hashes[inside])
        done += sizes[path]
        on_progress(done, total)
    target.settle()
    result.verdict, result.damaged = _against_seal(directory, hashes)
    return result


def _bring(path: Path, target: Target, name: str, sha256: str) -> bool:
    """Whether it had to be copied."""
    if target.size(name) == path.stat().st_size and stored_sha256(target, name) == sha256:
        return False
    for _ in range(TRIES):
        target.put(path, name)
        if stored_sha256(target, name) == sha256:
            return True
    text = "Ổ đĩa hoặc kho trả về dữ liệu sai / what was read back is not what was written"
    raise NotAsWritten(5, text, f"{target.name}: {name}")


def _against_seal(directory: Path, hashes: dict[str, str]) -> tuple[str, list[str]]:
    try:
        seal = read_chain((directory / "manifest.jsonl").read_bytes()).seal
    except (BrokenChain, OSError):
        return "faulty", ["manifest.jsonl"]
    if seal is None:
        return "not_sealed", []
    damaged = [each["path"] for each in seal["files"] if hashes.get(each["path"]) != each["sha256"]]
    return ("faulty" if damaged else "whole"), damaged


def check_copy(target: Target, recording: str) -> list[str]:
    """What of a recording's copy is not as its own manifest says: names; empty if all is whole. Raises OSError."""
    manifest = b"".join(target.read(f"{recording}/manifest.jsonl"))
    try:
        chain = read_chain(manifest)
    except BrokenChain as broken:
        return [f"manifest.jsonl: {broken}"]
    if chain.seal is None:
        return ["manifest.jsonl: not sealed"]
    wrong = []
    for each in chain.seal["files"]:
        name = f"{recording}/{each['path']}"
        if target.size(name) != each["bytes"] or stored_sha256(target, name) != each["sha256"]:
            wrong.append(str(each["path"]))
    return wrong
