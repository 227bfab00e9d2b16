"""The worker: one file after the other, at the lowest priority, whatever is killed in the middle."""

from __future__ import annotations

import asyncio
import ctypes
import dataclasses
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from recorder.catalogue import read_entry
from recorder.custody import Person, read_log
from recorder.derivatives.jobs import BUSY, Job, Kind, Queue, State
from recorder.derivatives.process import MAX_ATTEMPTS, take_up
from recorder.derivatives.service import Derivatives
from recorder.encrypted_file import DecryptingFile
from recorder.extract.compare import compare
from recorder.master_key import Keyring
from recorder.verify import verify
from tests.recorder.flashes import FlashingEndpoint, flashes, flashing_recording, found_share


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    flashing_recording(data, [FlashingEndpoint(0, [(0.0, 4.0)]), FlashingEndpoint(1, [(1.0, 4.0)])])
    return data


@pytest.fixture
def data(recorded: Path, tmp_path: Path) -> Path:
    shutil.copytree(recorded, tmp_path / "data")
    return tmp_path / "data"


LAN = Person(identity="u1", name="Lan", role="archivist")


def worker(data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "recorder.derivatives.process", "--data", str(data)])


def until(what: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    while not what():
        assert process.poll() is None, "the worker ended before that"
        time.sleep(0.02)


async def over(derivatives: Derivatives) -> None:
    while derivatives._has_work():  # noqa: ASYNC110 (files are what there is to look at)
        await asyncio.sleep(0.05)


async def begun(derivatives: Derivatives, job: Job) -> None:
    while job_of(derivatives.queue, job).state is not State.RUNNING:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


def job_of(queue: Queue, job: Job) -> Job:
    found = queue.get(job.id)
    assert found is not None
    return found


async def test_files_are_made_one_after_the_other_and_the_recording_stays_whole(data: Path) -> None:
    derivatives = Derivatives(data)
    first = derivatives.queue.add("s1", Kind.MULTITRACK, purpose="Gửi Thanh tra tỉnh", who=LAN)
    second = derivatives.queue.add("s1", Kind.COMPOSED)
    again = derivatives.queue.add("s1", Kind.COMPOSED)
    assert again == second, "what waits already is not made twice"
    derivatives.wake()
    await over(derivatives)
    await derivatives.stop()
    done = derivatives.queue.jobs("s1")
    assert [job.state for job in done] == [State.DONE, State.DONE]
    assert done[0].ended_ms <= done[1].started_ms
    assert [job.progress for job in done] == [1.0, 1.0]
    assert (done[0].id, done[0].purpose, done[0].requested_by) == (first.id, "Gửi Thanh tra tỉnh", "Lan")
    lines = read_log(data, "s1")
    assert [(line["what"], line["result"]) for line in lines] == [
        ("derived multitrack", "ok"),
        ("derived composed", "ok"),
    ]
    assert (lines[0]["who"]["identity"], lines[0]["purpose"]) == ("u1", "Gửi Thanh tra tỉnh")
    assert lines[0]["facts"]["file"] == "derived/multitrack.mkv"
    directory = data / "recordings" / "s1"
    assert {path.name for path in (directory / "derived").iterdir()} == {"multitrack.mkv", "composed.mp4"}
    assert [job.bytes for job in done] == [(directory / job.file).stat().st_size for job in done]
    assert verify(directory).verdict == "whole"


def test_it_gives_way_to_everything(data: Path) -> None:
    queue = Queue(data)
    job = queue.add("s1", Kind.COMPOSED)
    process = worker(data)
    until(lambda: job_of(queue, job).state is State.RUNNING, process)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
    disk = ctypes.CDLL(None).syscall({"x86_64": 252, "aarch64": 31}[os.uname().machine], 1, process.pid)
    assert disk >> 13 == 3, "the disk when nobody else uses it"
    assert worker(data).wait() == BUSY, "one process at a time"
    assert process.wait() == 0


def test_a_killed_worker_begins_anew_at_the_next_start(data: Path) -> None:
    queue = Queue(data)
    job = queue.add("s1", Kind.COMPOSED)
    process = worker(data)
    until(lambda: (data / "recordings" / "s1" / "derived" / "composed.mp4.partial").exists(), process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert job_of(queue, job).state is State.RUNNING, "nobody was left to say otherwise"
    assert worker(data).wait() == 0
    done = job_of(queue, job)
    assert (done.state, done.attempts) == (State.DONE, 2)
    assert [path.name for path in (data / "recordings" / "s1" / "derived").iterdir()] == ["composed.mp4"]


def test_what_a_killed_worker_left_half_done_goes_even_if_it_is_not_wanted_any_more(data: Path) -> None:
    queue = Queue(data)
    job = queue.begin(queue.add("s1", Kind.EXTRACT, from_ms=1, to_ms=2))
    derived = data / "recordings" / "s1" / "derived"
    (derived / "extract-1-2.tar.work" / "journal").mkdir(parents=True)
    (derived / "extract-1-2.tar.enc.partial").touch()
    (derived / "composed.mp4").touch()
    queue.cancel(job)
    assert worker(data).wait() == 0
    assert job_of(queue, job).state is State.CANCELLED
    assert [path.name for path in derived.iterdir()] == ["composed.mp4"]


async def test_the_server_starts_the_worker_again_when_it_is_killed(data: Path) -> None:
    derivatives = Derivatives(data)
    job = derivatives.queue.add("s1", Kind.COMPOSED)
    derivatives.wake()
    await begun(derivatives, job)
    assert derivatives._process is not None
    derivatives._process.kill()
    await over(derivatives)
    await derivatives.stop()
    assert (job_of(derivatives.queue, job).state, job_of(derivatives.queue, job).attempts) == (State.DONE, 2)


async def test_a_stopped_server_takes_its_worker_along(data: Path) -> None:
    derivatives = Derivatives(data)
    job = derivatives.queue.add("s1", Kind.COMPOSED)
    derivatives.wake()
    await begun(derivatives, job)
    await derivatives.stop()
    assert derivatives._process is not None
    assert derivatives._process.returncode is not None
    assert job_of(derivatives.queue, job).state is State.RUNNING


def test_a_job_is_cancelled_while_it_waits_and_while_it_runs(data: Path) -> None:
    queue = Queue(data)
    running, waiting = queue.add("s1", Kind.COMPOSED), queue.add("s1", Kind.MULTITRACK)
    assert queue.cancel(waiting).state is State.CANCELLED
    process = worker(data)
    until(lambda: job_of(queue, running).state is State.RUNNING, process)
    queue.cancel(job_of(queue, running))
    assert process.wait() == 0
    assert {job.state for job in queue.jobs()} == {State.CANCELLED}
    assert not list((data / "recordings" / "s1" / "derived").iterdir())


def test_what_kills_the_process_each_time_is_given_up(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    job = queue.add("s1", Kind.COMPOSED)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert queue.begin(job_of(queue, job)).attempts == attempt
        take_up(queue, tmp_path)
    failed = job_of(queue, job)
    assert failed.state is State.FAILED
    assert str(MAX_ATTEMPTS) in failed.error


def test_a_recording_that_cannot_be_read_fails_with_the_reason(data: Path) -> None:
    queue = Queue(data)
    job = queue.add("s1", Kind.MULTITRACK)
    track = next((data / "recordings" / "s1" / "tracks").iterdir())
    track.chmod(0o644)
    track.write_bytes(b"nothing")
    assert worker(data).wait() == 0
    failed = job_of(queue, job)
    assert failed.state is State.FAILED
    assert failed.error
    assert queue.add("s1", Kind.MULTITRACK).id != job.id, "it may be tried again"


def test_a_half_written_job_is_passed_over(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    job = queue.add("s1", Kind.COMPOSED)
    (queue.directory / "000000000000aa.json").write_text("{")
    assert queue.jobs() == [job]
    assert dataclasses.replace(job, state=State.DONE) != job


def test_what_is_made_of_an_encrypted_recording_is_encrypted(tmp_path: Path) -> None:
    endpoint = FlashingEndpoint(0, [(0.0, 4.0)])
    directory = flashing_recording(tmp_path, [endpoint], encrypted=True)
    start = read_entry(directory).start_ms
    queue = Queue(tmp_path)
    jobs = [queue.add("s1", Kind.COMPOSED), queue.add("s1", Kind.MULTITRACK)]
    jobs.append(queue.add("s1", Kind.EXTRACT, from_ms=start + 1000, to_ms=start + 3000))
    assert worker(tmp_path).wait() == 0
    done = [job_of(queue, job) for job in jobs]
    assert [job.state for job in done] == [State.DONE] * 3, [job.error for job in done]
    assert {path.suffix for path in (directory / "derived").iterdir()} == {".enc"}
    keys = Keyring.of(tmp_path)
    with DecryptingFile(directory / done[0].file, keys) as file:
        head = file.read(4096)
        assert head[4:8] == b"ftyp"
        assert b"moov" in head, "the index comes first"
        file.seek(0)
        with av.open(io.BufferedReader(file)) as container:
            assert found_share(endpoint.moments(), flashes(container.streams.video[0])) == 1.0
    with (
        DecryptingFile(directory / done[2].file, keys) as file,
        tarfile.open(fileobj=io.BufferedReader(file)) as archive,
    ):
        archive.extractall(tmp_path / "extracts", filter="data")
    (extract,) = (tmp_path / "extracts").iterdir()
    assert verify(extract).verdict == "whole"
    assert not compare(extract, keys=keys)
    assert verify(directory).verdict == "whole"
