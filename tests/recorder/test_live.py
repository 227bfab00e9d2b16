"""Tracks that can be played while the session is recorded: made behind the journal, copies, and gone with the seal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import pytest

from config.models import RecordingSettings
from recorder.catalogue import read_entry
from recorder.encrypted_file import open_media
from recorder.journal import SENDER_REPORT, RecordType, build_json, build_record
from recorder.live import LiveMuxer
from recorder.live_index import FOLDER, live_tracks
from recorder.master_key import Keyring
from recorder.service import Recorder, RecordingFacts
from recorder.verify import verify
from sfu.tap import Tap
from tests.recorder.made import Part, media_records
from tests.recorder.streams import CAMERA, MICROPHONE, Sender, publications


def report_records(sender: Sender, second: int) -> bytes:
    at_s = sender.begun_s + second + 0.03
    rows = ((CAMERA, 11, 4_294_960_000 + 90_000 * second), (MICROPHONE, 12, 1_000 + 48_000 * second))
    return b"".join(
        build_record(
            RecordType.SENDER_REPORT,
            SENDER_REPORT.pack(publication, ssrc, sender.ntp(second), timestamp & 0xFFFFFFFF),
            arrival_s=at_s,
        )
        for publication, ssrc, timestamp in rows
    )


def run(part: Part, frames: range) -> None:
    for index in frames:
        if index % 25 == 0:
            at_s = part.sender.begun_s + index / 25
            part.put(report_records(part.sender, index // 25), at_s)
        part.put(media_records(part.sender, [index]), part.sender.begun_s + index / 25)


def played(directory: Path, track: dict[str, Any], data: Path) -> tuple[int, int, float]:
    """Pictures, voices, and the last picture's time."""
    keys = Keyring.of(data)
    with open_media(directory / track["path"], keys, unfinished=True) as file, av.open(file) as container:
        moments = [float(frame.time or 0) for frame in container.decode(video=0)]
    with open_media(directory / track["path"], keys, unfinished=True) as file, av.open(file) as container:
        voices = sum(1 for _ in container.decode(audio=0))
    return len(moments), voices, moments[-1]


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_track_is_played_while_it_grows(tmp_path: Path, encrypted: bool) -> None:
    part = Part(tmp_path, encrypted=encrypted)
    muxer = LiveMuxer(part.directory, 1, Keyring.of(tmp_path), part=1)
    run(part, range(150))
    muxer.follow()
    (track,) = live_tracks(part.directory)
    assert track["path"].startswith("derived/live/1-001-xa-do-luong.webm")
    assert track["path"].endswith(".enc") == encrypted
    assert (track["video"], track["width"], track["height"], track["audio"], track["open"]) == (
        *("VP8", 320, 180),
        *(True, True),
    )
    assert (track["endpoint_name"], track["source"]) == ("Xã Đô Lương", "room")
    pictures, voices, last_s = played(part.directory, track, tmp_path)
    assert 150 - 50 <= pictures <= 150, "a second or two behind"
    assert voices > 190
    run(part, range(150, 300))
    muxer.follow()
    more, _, later_s = played(part.directory, track, tmp_path)
    assert more - pictures > 125
    assert later_s - last_s > 4.5
    assert verify(part.directory).faults == []
    assert read_entry(part.directory).tracks == live_tracks(part.directory)
    muxer.close()
    assert played(part.directory, track, tmp_path)[0] == 300
    part.end()


def test_sound_alone_begins_a_file_and_a_camera_that_comes_later_another(tmp_path: Path) -> None:
    part = Part(tmp_path)
    muxer = LiveMuxer(part.directory, 1, Keyring.of(tmp_path), part=1)
    sender = part.sender
    for index in range(500):
        records = b""
        if index >= 250:
            for packet in sender.video(index):
                body = CAMERA.to_bytes(4, "little") + packet.data
                records += build_record(RecordType.RTP, body, arrival_s=packet.arrival_s)
        for half in (0, 1):
            voice = sender.audio(2 * index + half)
            body = MICROPHONE.to_bytes(4, "little") + voice.data
            records += build_record(RecordType.RTP, body, arrival_s=voice.arrival_s)
        part.put(records, sender.begun_s + index / 25)
    muxer.follow()
    for identifier in (CAMERA, MICROPHONE):
        ended = build_json(RecordType.PUBLICATION_ENDED, {"publication": identifier}, arrival_s=1021.0)
        part.put(ended, 1021.0)
    muxer.follow()
    first, second = live_tracks(part.directory)
    assert (first["video"], first["audio"], first["open"]) == ("", True, False)
    assert (second["video"], second["audio"], second["open"]) == ("VP8", True, False)
    assert 11_500 < second["offset_ms"] < 12_500, "the clip's first key frame after the camera came"
    muxer.close()


def facts() -> RecordingFacts:
    return RecordingFacts(
        session_id="s1", title="t", kind="rehearsal", endpoints={"e1": "Xã"}, wall_offset_s=1_700_000_000.0
    )


def send(recording: Tap, sender: Sender, frames: range) -> None:
    for index in frames:
        for packet in sender.video(index):
            recording.on_packet(CAMERA, packet)
        for half in (0, 1):
            recording.on_packet(MICROPHONE, sender.audio(2 * index + half))


def child_of(pid: int, mark: bytes) -> int:
    """The process's child whose command line has `mark`; 0 if there is none."""
    for line in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if mark in Path(f"/proc/{line}/cmdline").read_bytes():
            return int(line)
    return 0


async def until(condition: Any, what: str) -> Any:
    for _ in range(300):
        if found := condition():
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(what)


@pytest.mark.timeout(120)
async def test_a_muxer_that_stands_still_or_dies_delays_nothing_and_comes_back(tmp_path: Path) -> None:
    settings = RecordingSettings(min_free_mib=16, reserve_mib=1)
    recording = await Recorder(settings, data=tmp_path).start(facts(), on_fault=lambda _: None)
    for each in publications():
        recording.on_publication(each, now=time.monotonic())
    sender = Sender(begun_s=time.monotonic())
    directory = tmp_path / "recordings" / "s1"
    send(recording, sender, range(100))
    pid = recording.process_id
    muxer = await until(lambda: child_of(pid, b"recorder.live"), "the muxer was started")
    await until(lambda: live_tracks(directory), "a live track")
    assert int(Path(f"/proc/{muxer}/stat").read_text().rpartition(")")[2].split()[16]) >= 15, "of low priority"
    os.kill(muxer, signal.SIGSTOP)
    send(recording, sender, range(100, 200))
    await until(lambda: not recording._channel.waiting_bytes, "the journal goes on")
    os.kill(muxer, signal.SIGKILL)
    other = await until(lambda: child_of(pid, b"recorder.live") not in (0, muxer), "it is started again")
    assert other
    await until(lambda: (live_tracks(directory) or [{}])[-1].get("duration_ms", 0) > 6000, "all of it made anew")
    await recording.finish()
    entry = read_entry(directory)
    assert entry.state == "done"
    assert entry.gaps == []
    assert [track["path"] for track in entry.tracks] == ["tracks/001-xa.webm"]
    assert not (directory / "derived").exists(), "the copies are gone"
    assert verify(directory).verdict == "whole"


@pytest.mark.timeout(60)
async def test_it_ends_with_the_recorder_and_makes_room_for_the_journal(tmp_path: Path) -> None:
    part = Part(tmp_path)
    run(part, range(100))
    command = [sys.executable, "-m", "recorder.live", "--part", "1", "--segment", "1"]
    settings = RecordingSettings(min_free_mib=16).model_dump_json()
    with subprocess.Popen([*command, "--settings", settings, str(part.directory)], stdin=subprocess.PIPE) as following:
        await until(lambda: live_tracks(part.directory), "a live track")
        assert following.stdin is not None
        following.stdin.close()
        assert following.wait(20) == 0
    (track,) = live_tracks(part.directory)
    assert not track["open"]
    assert played(part.directory, track, tmp_path)[0] == 100
    settings = RecordingSettings(min_free_mib=10_000_000).model_dump_json()
    with subprocess.Popen([*command, "--settings", settings, str(part.directory)], stdin=subprocess.PIPE) as refusing:
        assert refusing.wait(20) == 0
    assert not (part.directory / FOLDER).exists()
    part.end()


def test_an_index_that_names_what_is_gone_is_no_trouble(tmp_path: Path) -> None:
    assert live_tracks(tmp_path) == []
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "index.json").write_text(json.dumps([{"path": "derived/live/x.webm"}]))
    assert live_tracks(tmp_path) == []
    (tmp_path / FOLDER / "index.json").write_text("[{")
    assert live_tracks(tmp_path) == []
