"""The queue on disk."""

from __future__ import annotations

import time
from pathlib import Path

from recorder.custody import Person
from recorder.storage.queue import COPY, Queue, retry_delay_s

LAN = Person(identity="u1", name="Lan", role="archivist")


def test_a_job_survives_and_the_same_is_not_there_twice(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    first = queue.add(COPY, "s1", target="s3", who=LAN, purpose="p")
    queue.save(first, tries=3, next_s=time.time() + 900, error="away")
    assert Queue(tmp_path).due(now=time.time()) == []
    again = queue.add(COPY, "s1", target="s3", who=LAN, purpose="p")
    assert again.id == first.id
    assert [job.id for job in queue.due(now=time.time())] == [first.id], "who asks again need not wait"
    queue.add(COPY, "s1", target="/media/x", who=LAN, purpose="p")
    queue.add(COPY, "s2", target="s3", who=LAN, purpose="p")
    assert [(job.recording, job.target) for job in Queue(tmp_path).jobs()] == [
        ("s1", "s3"),
        ("s1", "/media/x"),
        ("s2", "s3"),
    ]
    assert queue.jobs()[0].person == LAN


def test_what_a_killed_process_had_in_hand_is_done_again_and_what_was_taken_back_is_not(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    job = queue.save(queue.add(COPY, "s1", who=LAN, purpose="p"), state="running")
    assert queue.due(now=time.time()) == []
    queue.release_running()
    assert [each.id for each in queue.due(now=time.time())] == [job.id]
    assert queue.remove(job.id)
    assert not queue.remove(job.id)
    assert not queue.remove("../../x")
    assert not queue.save_if_there(job, done_bytes=5)
    assert queue.jobs() == []


def test_a_file_that_is_no_job_disturbs_nobody(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    (tmp_path / "storage" / "queue" / "x.json").write_text("{")
    (tmp_path / "storage" / "queue" / "y.json").write_text('{"id": "y", "unknown": 1}')
    job = queue.add(COPY, "s1", who=LAN, purpose="p")
    assert queue.jobs() == [job]


def test_tries_come_ever_later_up_to_a_limit() -> None:
    delays = [retry_delay_s(tries, first_s=10, longest_s=900) for tries in (1, 2, 3, 7, 8, 1000)]
    assert delays == [10, 20, 40, 640, 900, 900]
