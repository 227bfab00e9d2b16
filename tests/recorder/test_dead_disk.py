"""The first disk dies under a recording: it goes on on the second, chain and all, and both are one again afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import av
import pytest

from config.models import RecordingSettings
from recorder.catalogue import read_entry
from recorder.chain import read_chain
from recorder.completion import complete
from recorder.journal import RTP_HEAD, RecordType, build_json
from recorder.keys import load_or_make_key
from recorder.reader import read_journal
from recorder.second_disk import usable
from recorder.service import Recorder, RecordingFacts
from recorder.verify import verify
from recorder.writer import WriterLimits
from tests.recorder.made import Part, writable
from tests.recorder.mounts import die, disk_that_stalls, needs_root, revive
from tests.recorder.streams import CAMERA, publications
from tests.recorder.test_kills import numbers, packet

pytestmark = needs_root


def settings(second: Path | None) -> RecordingSettings:
    return RecordingSettings(min_free_mib=16, reserve_mib=1, second_directory=str(second or ""))


def limits(second: Path | None) -> WriterLimits:
    return WriterLimits(
        sync_interval_s=0.25, segment_seconds=1.5, segment_bytes=8 << 20, reserve_bytes=1 << 20, second=second
    )


def frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def run_into_death(
    disk: Path, second: Path | None, *, before_s: float, after_s: float, encrypted: bool = False
) -> Part:
    part = Part(disk, limits=limits(second), encrypted=encrypted)
    part.run(before_s)
    die(disk)
    part.run_on(after_s)
    return part


@pytest.mark.parametrize("encrypted", [False, True])
def test_it_goes_on_on_the_second_disk_and_nothing_is_lost(tmp_path: Path, encrypted: bool) -> None:
    second = tmp_path / "second"
    with disk_that_stalls(tmp_path / "disk", 64) as disk:
        part = run_into_death(disk, second, before_s=4.2, after_s=3.8, encrypted=encrypted)
        assert part.writer.on_second
        assert part.writer.failed
        assert not part.writer.full
        said = build_json(RecordType.EVENT, {"kind": "speak", "endpoint_id": "e1"}, arrival_s=1008.0)
        part.put(said, 1008.0)
        part.end()
        home = second / "s1"
        chain = read_chain((home / "manifest.jsonl").read_bytes())
        assert chain.lines[0]["type"] == "part", "the whole chain, from its first line"
        assert chain.lines[-1]["type"] == "part_end"
        faults = verify(home).faults
        assert {fault.kind for fault in faults} == {"missing"}, "what lies on the dead disk, and nothing else"
        revive(disk)
        complete(part.directory, load_or_make_key(disk), settings(second), reason="ended")
        assert verify(part.directory).verdict == "whole", verify(part.directory).faults
        entry = read_entry(part.directory)
        assert [event["kind"] for event in entry.events] == ["speak"]
        assert entry.gaps == []
        if not encrypted:
            (track,) = entry.tracks
            assert frames(part.directory / track["path"]) == 200
        kept = {record.body for record in read_journal(part.directory) if record.type is RecordType.RTP}
        assert len(kept) == part.sent


def test_the_second_disk_alone_is_a_recording_if_the_first_never_comes_back(tmp_path: Path) -> None:
    second = tmp_path / "second"
    with disk_that_stalls(tmp_path / "disk", 64) as disk:
        key = load_or_make_key(disk)
        part = run_into_death(disk, second, before_s=4.2, after_s=6.0)
        part.end()
    home = second / "s1"
    complete(home, key, settings(second), reason="recovered")
    report = verify(home)
    assert {fault.kind for fault in report.faults} == {"missing"}
    assert {fault.file for fault in report.faults} <= {f"journal/{number:06d}.journal" for number in range(1, 5)}
    (track,) = read_entry(home).tracks
    assert frames(home / track["path"]) >= 50, "from the first key frame on"


def test_without_a_second_disk_the_gap_says_that_the_disk_failed(tmp_path: Path) -> None:
    with disk_that_stalls(tmp_path / "disk", 64) as disk:
        part = run_into_death(disk, None, before_s=2.0, after_s=3.0)
        assert part.writer.full
        assert part.writer.cause == "disk failed"
        revive(disk)
        other = Part(disk, 2, begun_s=1020.0)
        other.run(1)
        other.end()
        complete(other.directory, load_or_make_key(disk), settings(None), reason="ended")
        assert verify(other.directory).verdict == "whole"
        last_s = max(
            record.arrival_s
            for record in read_journal(other.directory)
            if record.type is RecordType.RTP and record.arrival_s < 1010
        )
        assert last_s > 1001.4, "half a second at most of what came before"
        writable(other.directory)


FACTS = RecordingFacts(
    session_id="s1", title="t", kind="rehearsal", endpoints={}, wall_offset_s=time.time() - time.monotonic()
)


async def feed(recording: Any, seconds: float, number: int) -> int:
    """Packets, each with its number; the next number."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        recording.on_packet(CAMERA, packet(number))
        number += 1
        await asyncio.sleep(0.005)
    return number


@pytest.mark.timeout(120)
async def test_a_live_recording_loses_no_packet(tmp_path: Path) -> None:
    second = tmp_path / "second"
    with disk_that_stalls(tmp_path / "disk", 64) as disk:
        faults: list[str] = []
        recording = await Recorder(settings(second), data=disk).start(FACTS, on_fault=faults.append)
        for published in publications():
            recording.on_publication(published, now=time.monotonic())
        number = await feed(recording, 1.5, 0)
        die(disk)
        number = await feed(recording, 2.5, number)
        assert recording.status.warning == "disk_failed"
        assert faults == []
        await recording.suspend()
        revive(disk)
        complete(disk / "recordings" / "s1", load_or_make_key(disk), settings(second), reason="test")
        directory = disk / "recordings" / "s1"
        assert set(numbers(directory)) == set(range(number))
        assert read_entry(directory).gaps == []
        assert verify(directory).verdict == "whole"


def test_a_part_begins_on_the_second_disk_while_the_first_is_dead(tmp_path: Path) -> None:
    second = tmp_path / "second"
    with disk_that_stalls(tmp_path / "disk", 64) as disk:
        directory = disk / "recordings" / "s1"
        directory.mkdir(parents=True)
        assert usable(directory, second) == directory
        assert list(directory.parent.iterdir()) == [directory]
        die(disk)
        assert usable(directory, None) == directory
        assert usable(directory, second) == second / "s1"


def test_a_packet_that_was_written_twice_is_one(tmp_path: Path) -> None:
    second = tmp_path / "second"
    with disk_that_stalls(tmp_path / "disk", 64) as disk:
        part = run_into_death(disk, second, before_s=2.0, after_s=2.0)
        part.end()
        revive(disk)
        complete(part.directory, load_or_make_key(disk), settings(second), reason="ended")
        bodies = [
            record.body[RTP_HEAD.size :] for record in read_journal(part.directory) if record.type is RecordType.RTP
        ]
        assert len(set(bodies)) == part.sent
        (track,) = read_entry(part.directory).tracks
        assert frames(part.directory / track["path"]) == 100
        assert any(path.is_symlink() for path in (part.directory / "journal").iterdir())


async def test_a_power_cut_costs_at_most_half_a_second(tmp_path: Path) -> None:
    """The disk keeps what was synced and nothing else, and both processes are gone."""
    with disk_that_stalls(tmp_path / "disk", 64) as disk:
        recording = await Recorder(settings(None), data=disk).start(FACTS, on_fault=lambda _: None)
        for published in publications():
            recording.on_publication(published, now=time.monotonic())
        number = await feed(recording, 2.3, 0)
        die(disk)
        recording._writing_wanted = False
        os.kill(recording.process_id, signal.SIGKILL)
        assert recording._watcher is not None
        await recording._watcher
        revive(disk)
        directory = disk / "recordings" / "s1"
        complete(directory, load_or_make_key(disk), settings(None), reason="test")
        kept = numbers(directory)
        assert kept == list(range(len(kept)))
        assert (number - len(kept)) * 0.005 <= 0.5
        assert verify(directory).verdict == "whole"
