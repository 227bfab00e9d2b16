"""`python -m recorder.storage.process`: works off the queue, at low priority and apart from the server; then it ends.

Its standard input holds what it is to know, one line of JSON: {"data": …, "settings": …}. When that is closed, since
the server is gone, it ends at once: what it was about is done again by the next one.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import structlog

from config.models import Settings
from recorder.custody import log_use
from recorder.mirror import mirror
from recorder.storage.copy_checks import check_copies
from recorder.storage.deletion import NotPermitted, destroy
from recorder.storage.fixity import check_all, check_one
from recorder.storage.ledger import storage_folder
from recorder.storage.queue import COPY, DESTROY, DISK_AGAIN_S, FIXITY, Job, Queue, retry_delay_s
from recorder.storage.targets import S3, TargetGone, target_of

POLL_S = 0.5
PROGRESS_S = 1.0
LOCK = ".process.lock"

log = structlog.get_logger("storage")


def main() -> int:
    """Entry."""
    given = json.loads(sys.stdin.readline())
    data, settings = Path(given["data"]), Settings.model_validate_json(given["settings"])
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    if not _alone(storage_folder(data) / LOCK):
        return 0
    os.nice(10)
    queue = Queue(data)
    queue.release_running()
    Works(data, settings, queue).run()
    return 0


def _end_with_the_server() -> None:
    with suppress(OSError, ValueError):
        sys.stdin.read()
    os._exit(0)


def _alone(path: Path) -> bool:
    """Whether no other process works off this queue; held until this process ends."""
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Works:
    """Jobs for different targets go on side by side: a store that does not answer keeps no disk waiting."""

    def __init__(self, data: Path, settings: Settings, queue: Queue) -> None:
        self._data, self._settings, self._queue = data, settings, queue
        self._threads: dict[str, threading.Thread] = {}

    def run(self) -> None:
        """Until nothing is due."""
        while True:
            busy = {name for name, thread in self._threads.items() if thread.is_alive()}
            for job in self._queue.due(now=time.time()):
                lane = job.target or job.kind
                if lane not in busy:
                    busy.add(lane)
                    self._queue.save(job, state="running")
                    self._threads[lane] = threading.Thread(target=self._work, args=(job,), name=lane)
                    self._threads[lane].start()
            if not busy:
                return
            time.sleep(POLL_S)

    def _work(self, job: Job) -> None:
        try:
            {COPY: self._copy, DESTROY: self._destroy, FIXITY: self._fixity}[job.kind](job)
        except TakenBack:
            return
        except OSError as error:
            self._again(job, error)
        except NotPermitted as error:
            log.error("not destroyed", recording=job.recording, reason=str(error))
            self._queue.remove(job.id)
        except Exception as error:
            log.exception("a job failed", job=job.kind, recording=job.recording)
            self._again(job, error)
        else:
            self._queue.remove(job.id)

    def _again(self, job: Job, error: Exception) -> None:
        store = self._settings.storage.s3
        tries = job.tries + 1
        delay = retry_delay_s(tries, first_s=store.retry_first_s, longest_s=store.retry_longest_s)
        if job.target != S3 and isinstance(error, TargetGone):
            delay = DISK_AGAIN_S
        text = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
        log.warning("to be tried again", job=job.kind, recording=job.recording, target=job.target, in_s=delay, why=text)
        self._queue.save_if_there(job, state="waiting", tries=tries, next_s=time.time() + delay, error=text)

    def _copy(self, job: Job) -> None:
        directory = self._data / "recordings" / job.recording
        if not (directory / "manifest.jsonl").exists():
            self._end_copy(job, "failed: there is no such recording")
            return
        result = mirror(
            directory,
            target_of(job.target, self._settings.storage.s3),
            data=self._data,
            on_progress=_Progress(self._queue, job),
        )
        self._end_copy(job, "ok" if result.verdict == "whole" else f"failed: the copy is {result.verdict}")

    def _end_copy(self, job: Job, result: str) -> None:
        facts = {"target": job.target, "job": job.id}
        log_use(self._data, job.recording, what="copy", who=job.person, purpose=job.purpose, result=result, **facts)

    def _destroy(self, job: Job) -> None:
        destroy(self._data, job.recording, self._settings)

    def _fixity(self, job: Job) -> None:
        progress = _Progress(self._queue, job)
        if job.recording:
            check_one(self._data, self._data / "recordings" / job.recording)
            return
        found = check_all(self._data, on_progress=progress)
        self._read_copies_again(job)
        bad = [*found["faulty"], *found["missing"]]
        if bad:
            log.error("FIXITY: recordings are not what they were", recordings=bad)
        else:
            log.info("fixity: all recordings are whole", checked=found["checked"])

    def _read_copies_again(self, job: Job) -> None:
        """What is not whole is copied anew from the original."""
        older_than_s = self._settings.storage.copies_days * 86_400.0
        checked, bad = check_copies(self._data, older_than_s=older_than_s, now=time.time())
        log.info("fixity: copies on other disks read again", checked=checked, bad=len(bad))
        for recording, target in bad:
            log.error("FIXITY: a copy is not what it was; it is copied anew", recording=recording, target=target)
            purpose = "Sửa bản sao bị hỏng / to mend a copy that is not whole"
            self._queue.add(COPY, recording, target=target, who=job.person, purpose=purpose)


class _Progress:
    """Notes how far a job is, once a second."""

    def __init__(self, queue: Queue, job: Job) -> None:
        self._queue, self._job, self._noted_s = queue, job, 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._noted_s > PROGRESS_S:
            self._noted_s = time.monotonic()
            there = self._queue.save_if_there(self._job, state="running", done_bytes=done, bytes=total)
            if not there:
                raise TakenBack(125, "taken back")


class TakenBack(OSError):
    """Somebody took the job back while it ran."""


if __name__ == "__main__":
    sys.exit(main())
