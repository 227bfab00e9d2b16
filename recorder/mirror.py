"""A recording copied to another disk or to the store, and verified there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recorder.session_package import package_hash
from recorder.storage.copying import copy_recording
from recorder.storage.disks import mount_of, release
from recorder.storage.ledger import note_copy, read_entry
from recorder.storage.targets import DiskTarget, Target, TargetGone
from recorder.verify import verify

PROGRESS_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorResult:
    """`verdict` of the copy: whole, not_sealed or faulty. `safe_to_remove`: the copy is whole, everything is written,
    nothing of the disk is in use (and it is unmounted, if that was wanted); `reason` says what stands against it."""

    target: str
    files: int
    copied: int
    bytes: int
    verdict: str
    same_disk: bool
    safe_to_remove: bool
    unmounted: bool
    reason: str


def mirror(
    directory: Path,
    target: Path | Target,
    *,
    data: Path | None = None,
    eject: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> MirrorResult:
    """Copy DIR to TARGET/<name>, read back. What is there already with the same bytes is left: it goes on where it was
    broken off. data: where how the copy stands is remembered. Raises OSError (TargetGone: the disk was pulled)."""
    place = DiskTarget(target) if isinstance(target, Path) else target
    directory = directory.resolve()
    same = isinstance(place, DiskTarget) and place.mount.device == mount_of(directory).device
    if data is not None:
        _begin(data, directory, place, same)
    noting = _Noting(data, directory.name, place.name, on_progress)
    package = package_hash(directory)
    try:
        result = copy_recording(directory, place, on_progress=noting)
        verdict = verify(place.root / directory.name).verdict if isinstance(place, DiskTarget) else result.verdict
    except OSError as error:
        noting.end(state="waiting" if isinstance(error, TargetGone) else "failed", error=_text(error))
        raise
    if package_hash(directory) != package:
        package = ""  # made anew meanwhile: what was copied is neither the one nor the other
    state = "verified" if verdict == "whole" else "failed"
    noting.end(state=state, error="", verdict=verdict, package=package, at=time.time())
    safe, unmounted, reason = False, False, f"bản sao / the copy: {verdict}"
    if verdict == "whole" and isinstance(place, DiskTarget):
        if same:
            reason = "Bản sao nằm trên cùng ổ đĩa với bản gốc / the copy lies on the same disk as the original"
        else:
            released = release(place.root, unmount=eject)
            safe, unmounted, reason = released.safe, released.unmounted, released.reason
    return MirrorResult(
        target=f"{place.name.rstrip('/')}/{directory.name}",
        files=result.files,
        copied=result.copied,
        bytes=result.bytes,
        verdict=verdict,
        same_disk=same,
        safe_to_remove=safe,
        unmounted=unmounted,
        reason="" if safe else reason,
    )


def _begin(data: Path, directory: Path, place: Target, same: bool) -> None:
    """A copy begun on another disk never goes on in the empty directory that the pulled disk left."""
    before = read_entry(data, directory.name).get("copies", {}).get(place.name, {})
    if same and before.get("same_disk") is False:
        text = "Ổ đĩa chưa được cắm lại / the disk is not in: this directory is on the recordings' own disk"
        raise TargetGone(2, text, place.name)
    note_copy(data, directory.name, place.name, state="copying", same_disk=same, error="", begun=time.time())


def _text(error: OSError) -> str:
    return f"{error.strerror or error}"


class _Noting:
    """Hands progress on and notes it about once a second."""

    def __init__(self, data: Path | None, recording: str, target: str, on_progress: Callable[[int, int], None]) -> None:
        self._data, self._recording, self._target, self._on_progress = data, recording, target, on_progress
        self._noted_s = 0.0

    def __call__(self, done: int, total: int) -> None:
        self._on_progress(done, total)
        if self._data is not None and time.monotonic() - self._noted_s > PROGRESS_S:
            self._noted_s = time.monotonic()
            note_copy(self._data, self._recording, self._target, done_bytes=done, bytes=total)

    def end(self, **facts: object) -> None:
        """How it ended."""
        if self._data is not None:
            note_copy(self._data, self._recording, self._target, **facts)
