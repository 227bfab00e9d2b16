"""`python -m recorder.derivatives.process --data DIR`: makes what the queue asks for, one file at a time, then ends.

It gives way to every other process, in CPU and on the disk, and ends when its server does; the next one begins the
file anew.
"""

from __future__ import annotations

import argparse
import ctypes
import dataclasses
import os
import platform
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import av
import structlog

from recorder.chain import BrokenChain
from recorder.compose import compose
from recorder.custody import CustodyUnwritable, Person, log_use
from recorder.derivatives.jobs import BUSY, Job, Kind, Queue, State
from recorder.derived_file import stored_path
from recorder.extract.make import CannotExtract, Wanted, extract
from recorder.keys import load_or_make_key
from recorder.master_key import Keyring, KeyUnavailable
from recorder.multitrack import multitrack
from recorder.reader import data_key_of
from recorder.track_source import NothingToDerive

NICENESS = 19
MAX_ATTEMPTS = 3  # a file on which the process died so often is given up
TELL_EVERY_S = 0.5
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30}
_IOPRIO_IDLE = 3 << 13

log = structlog.get_logger("derivatives")


class Cancelled(Exception):
    """Somebody asked for the job's end."""


def give_way() -> None:
    """The lowest priority there is: CPU that nobody wants, the disk when nobody else uses it."""
    os.nice(NICENESS)
    number = _IOPRIO_SET.get(platform.machine())
    if number is not None:
        ctypes.CDLL(None, use_errno=True).syscall(number, 1, 0, _IOPRIO_IDLE)  # a kernel without it: CPU alone


def end_with(parent: int) -> None:
    """Leave at once when the server is gone: the next one starts a process of its own."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def work(data: Path, keys: Keyring) -> int:
    """Until nothing waits. 0, or BUSY."""
    queue = Queue(data)
    with queue.only_worker() as alone:
        if not alone:
            return BUSY
        take_up(queue, data)
        while (job := queue.waiting()) is not None:
            run(queue, data, job, keys)
    return 0


def take_up(queue: Queue, data: Path) -> None:
    """What ran when a process died is begun anew, but not for ever; what it left half done goes."""
    for job in queue.jobs():
        if job.state is not State.RUNNING:
            continue
        remove_unfinished(data / "recordings" / job.recording / job.output)
        if queue.is_cancelled(job):
            queue.end(job, State.CANCELLED)
        elif job.attempts >= MAX_ATTEMPTS:
            queue.end(job, State.FAILED, error=f"the process died {job.attempts} times while making it")
        else:
            queue.save(dataclasses.replace(job, state=State.WAITING, progress=0.0))


def remove_unfinished(output: Path) -> None:
    """What a process that was killed left of this file."""
    for path in output.parent.glob(f"{output.name}.*"):
        if path.suffix in (".partial", ".work"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def run(queue: Queue, data: Path, job: Job, keys: Keyring) -> Job:
    """Make one file; how it went is in the queue."""
    if queue.is_cancelled(job):
        return queue.end(job, State.CANCELLED)
    job = queue.begin(job)
    directory = data / "recordings" / job.recording
    output = directory / job.output
    try:
        output.parent.mkdir(exist_ok=True)
        stored = make(job, directory, output, keys, Progress(queue, job))
    except Cancelled:
        return queue.end(job, State.CANCELLED)
    except (
        NothingToDerive,
        CannotExtract,
        BrokenChain,
        KeyUnavailable,
        OSError,
        ValueError,
        av.error.FFmpegError,
    ) as error:
        log.error("a derivative failed", job=job.id, recording=job.recording, kind=str(job.kind), reason=str(error))
        return queue.end(job, State.FAILED, error=str(error) or type(error).__name__)
    try:
        note(data, job, result="ok", file=stored.relative_to(directory), bytes=stored.stat().st_size)
    except CustodyUnwritable as error:
        stored.unlink(missing_ok=True)
        return queue.end(job, State.FAILED, error=str(error))
    log.info("derivative made", job=job.id, recording=job.recording, kind=str(job.kind))
    return queue.end(job, State.DONE, file=str(stored.relative_to(directory)), size=stored.stat().st_size)


def note(data: Path, job: Job, *, result: str, **facts: object) -> None:
    """A line in the custody log: what was made is there now. Raises CustodyUnwritable."""
    who = Person(identity=job.identity or "unknown", name=job.requested_by, role=job.role)
    purpose = job.purpose or "not stated"
    log_use(data, job.recording, what=f"derived {job.kind}", who=who, purpose=purpose, result=result, **facts)


def make(job: Job, directory: Path, output: Path, keys: Keyring, on_progress: Callable[[float], None]) -> Path:
    """By the job's kind; where it is. Of an encrypted recording it is encrypted too. Raises what that raises."""
    encrypt = data_key_of(directory, keys)
    if job.kind is Kind.COMPOSED:
        compose(directory, output, keys=keys, encrypt=encrypt, on_progress=on_progress)
    elif job.kind is Kind.MULTITRACK:
        multitrack(directory, output, keys=keys, encrypt=encrypt, on_progress=on_progress)
    else:
        wanted = Wanted(from_ms=job.from_ms, to_ms=job.to_ms, purpose=job.purpose, requested_by=job.requested_by)
        key = load_or_make_key(directory.parent.parent)
        extract(directory, output, wanted, key=key, keys=keys, encrypt=encrypt, on_progress=on_progress)
    return stored_path(output, encrypt)


class Progress:
    """Writes it down twice a second; raises Cancelled when the job is not wanted any more."""

    def __init__(self, queue: Queue, job: Job) -> None:
        self._queue, self._job = queue, job
        self._told_s = 0.0

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if now - self._told_s < TELL_EVERY_S:
            return
        self._told_s = now
        if self._queue.is_cancelled(self._job):
            raise Cancelled
        self._job = dataclasses.replace(self._job, progress=round(share, 4))
        self._queue.save(self._job)


def main() -> int:
    """Entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--parent", type=int, help="end when this process is not the parent any more")
    parser.add_argument("--master-key", default="", help="its file, where it is not at its usual place")
    arguments = parser.parse_args()
    give_way()
    if arguments.parent is not None:
        end_with(arguments.parent)
    return work(arguments.data, Keyring.of(arguments.data, arguments.master_key))


if __name__ == "__main__":
    sys.exit(main())
