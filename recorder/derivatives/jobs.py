"""What is to be made, and how far it is: DATA/derivatives/<job>.json, one file a job, which outlives every process.

It lies beside the recordings, not in them: verification reports what is added there.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from recorder.custody import Person


class Kind(StrEnum):
    """What to make."""

    MULTITRACK = "multitrack"
    COMPOSED = "composed"
    EXTRACT = "extract"


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


BUSY = 75  # exit: another process works on this queue
PENDING = (State.WAITING, State.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file to make. Times in Unix ms; `from_ms`, `to_ms`: the stretch of an extract, else 0; `progress`: 0 to 1;
    `requested_by`, `identity`, `role`: who asked, for the custody log; `attempts`: how often it was begun; `file`:
    where it is, from the recording's directory."""

    id: str
    recording: str
    kind: Kind
    state: State = State.WAITING
    progress: float = 0.0
    from_ms: int = 0
    to_ms: int = 0
    purpose: str = ""
    requested_by: str = ""
    identity: str = ""
    role: str = ""
    created_ms: int = 0
    started_ms: int = 0
    ended_ms: int = 0
    attempts: int = 0
    file: str = ""
    bytes: int = 0
    error: str = ""

    @property
    def output(self) -> str:
        """Where the file goes, from the recording's directory."""
        if self.kind is Kind.EXTRACT:
            return f"derived/extract-{self.from_ms}-{self.to_ms}.tar"
        return {Kind.MULTITRACK: "derived/multitrack.mkv", Kind.COMPOSED: "derived/composed.mp4"}[self.kind]


class Queue:
    """The jobs of one data directory. Many processes may read and add; one works."""

    def __init__(self, data: Path) -> None:
        self.directory = data / "derivatives"

    def add(
        self,
        recording: str,
        kind: Kind,
        *,
        from_ms: int = 0,
        to_ms: int = 0,
        purpose: str = "",
        who: Person | None = None,
    ) -> Job:
        """A new job; the same one again while it waits or runs. Raises OSError."""
        for job in self.jobs(recording):
            if job.state in PENDING and (job.kind, job.from_ms, job.to_ms) == (kind, from_ms, to_ms):
                return job
        job = Job(
            id=f"{time.time_ns() // 1000:014x}{secrets.token_hex(3)}",
            recording=recording,
            kind=kind,
            from_ms=from_ms,
            to_ms=to_ms,
            purpose=purpose,
            requested_by=who.name if who else "",
            identity=who.identity if who else "",
            role=who.role if who else "",
            created_ms=_now_ms(),
        )
        self.save(job)
        return job

    def jobs(self, recording: str | None = None) -> list[Job]:
        """All jobs, or those of one recording, oldest first."""
        found = [_load(path) for path in sorted(self.directory.glob("*.json"))]
        return [job for job in found if job is not None and recording in (None, job.recording)]

    def get(self, identifier: str) -> Job | None:
        """The job of this id."""
        return next((job for job in self.jobs() if job.id == identifier), None)

    def waiting(self) -> Job | None:
        """The next one to do."""
        return next((job for job in self.jobs() if job.state is State.WAITING), None)

    def save(self, job: Job) -> None:
        """Whole or not at all, on the disk when this returns. Raises OSError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / f"{job.id}.json"
        partial = path.with_suffix(f".new-{os.getpid()}")
        with partial.open("w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(job), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    def cancel(self, job: Job) -> Job:
        """Ask for its end: at once if it waits, else its worker ends it within a second or two. Raises OSError."""
        self._mark(job).touch()  # also for one that waits: its worker may begin it at this moment
        if job.state is State.WAITING:
            job = dataclasses.replace(job, state=State.CANCELLED, ended_ms=_now_ms())
            self.save(job)
        return job

    def is_cancelled(self, job: Job) -> bool:
        """Whether somebody asked for its end."""
        return self._mark(job).exists()

    def begin(self, job: Job) -> Job:
        """It runs now."""
        job = dataclasses.replace(
            job, state=State.RUNNING, progress=0.0, started_ms=_now_ms(), attempts=job.attempts + 1, error=""
        )
        self.save(job)
        return job

    def end(self, job: Job, state: State, *, error: str = "", file: str = "", size: int = 0) -> Job:
        """It runs no more; `file`: where it is, `size` in bytes."""
        done = state is State.DONE
        job = dataclasses.replace(
            job,
            state=state,
            progress=1.0 if done else job.progress,
            ended_ms=_now_ms(),
            file=file,
            bytes=size,
            error=error,
        )
        self.save(job)
        self._mark(job).unlink(missing_ok=True)
        return job

    def _mark(self, job: Job) -> Path:
        return self.directory / f"{job.id}.cancel"

    @contextmanager
    def only_worker(self) -> Iterator[bool]:
        """Whether nobody else works; nobody else does for as long as this lasts then. The kernel lets go of what a dead
        process had."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "worker.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _load(path: Path) -> Job | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return Job(**{**facts, "kind": Kind(facts["kind"]), "state": State(facts["state"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _now_ms() -> int:
    return int(time.time() * 1000)
