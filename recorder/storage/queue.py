"""What is to be done with recordings, on disk: survives restarts, is tried again until it is done."""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recorder.custody import Person
from recorder.storage.ledger import locked, read_json, storage_folder, write_json

FOLDER = "queue"
COPY, DESTROY, FIXITY = "copy", "destroy", "fixity"
DISK_AGAIN_S = 10.0  # how often a disk that was pulled is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing to do. `state`: waiting or running; `next_s`: Unix time of the next try; `error`: of the last one.

    target: "s3" or a directory; empty where there is none.
    """

    id: str
    kind: str
    recording: str
    target: str = ""
    who: dict[str, str] = field(default_factory=dict)
    purpose: str = ""
    state: str = "waiting"
    tries: int = 0
    created_s: float = 0.0
    next_s: float = 0.0
    error: str = ""
    done_bytes: int = 0
    bytes: int = 0

    @property
    def person(self) -> Person:
        """Who wanted it."""
        return Person(**self.who)


def retry_delay_s(tries: int, *, first_s: float, longest_s: float) -> float:
    """Until the next try: twice as long each time. tries: how many failed, from 1."""
    return float(min(longest_s, first_s * 2.0 ** min(tries - 1, 30)))


class Queue:
    """The jobs under DATA/storage/queue, one file each."""

    def __init__(self, data: Path) -> None:
        self._folder = storage_folder(data) / FOLDER
        self._folder.mkdir(exist_ok=True)

    def jobs(self) -> list[Job]:
        """All, oldest first."""
        return list(self._read())

    def _read(self) -> Iterator[Job]:
        for path in sorted(self._folder.glob("*.json")):
            with suppress(ValueError, TypeError):
                found = read_json(path)
                if found:
                    yield Job(**found)

    def due(self, *, now: float) -> list[Job]:
        """Those to be tried now."""
        return [job for job in self._read() if job.state == "waiting" and job.next_s <= now]

    def add(self, kind: str, recording: str, *, target: str = "", who: Person, purpose: str) -> Job:
        """A new job, or the one that is there for the same already, which is then tried at once."""
        now = time.time()
        with locked(self._folder / ".lock"):
            for job in self._read():
                if (job.kind, job.recording, job.target) == (kind, recording, target):
                    return self.save(job, next_s=now) if job.state == "waiting" else job
            job = Job(
                id=f"{time.time_ns() // 1000:017d}-{secrets.token_hex(3)}",
                kind=kind,
                recording=recording,
                target=target,
                who=dataclasses.asdict(who),
                purpose=purpose,
                created_s=now,
                next_s=now,
            )
            return self.save(job)

    def save(self, job: Job, **changes: Any) -> Job:
        """The job with changes, on disk."""
        job = dataclasses.replace(job, **changes)
        write_json(self._folder / f"{job.id}.json", dataclasses.asdict(job))
        return job

    def save_if_there(self, job: Job, **changes: Any) -> bool:
        """The same, unless it was taken back meanwhile."""
        if not (self._folder / f"{job.id}.json").exists():
            return False
        self.save(job, **changes)
        return True

    def remove(self, job_id: str) -> bool:
        """Done, or taken back; whether it was there."""
        path = self._folder / f"{job_id}.json"
        if path.parent != self._folder or not path.exists():
            return False
        path.unlink(missing_ok=True)
        return True

    def release_running(self) -> None:
        """What a killed process had in its hands is to be done again."""
        for job in self._read():
            if job.state == "running":
                self.save(job, state="waiting")
