"""A recording from the tap to sealed, playable files, through the recorder's real process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from config.models import RecordingSettings
from recorder.catalogue import read_entry
from recorder.journal import RecordType, segment_path
from recorder.reader import read_journal
from recorder.service import Recorder, RecorderUnavailable, RecordingFacts
from recorder.verify import verify
from tests.recorder.streams import CAMERA, MICROPHONE, Sender, publications

FACTS = RecordingFacts(
    session_id="s1", title="Buổi thử", kind="rehearsal", endpoints={"e1": "Xã Đô Lương"}, wall_offset_s=1_700_000_000.0
)


def settings(**changes: Any) -> RecordingSettings:
    return RecordingSettings(**{"min_free_mib": 16, **changes})


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-count_frames", "-of", "json", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def feed(recording: Any, sender: Sender, frames: range, *, lose: frozenset[int] = frozenset()) -> None:
    """Frames with their voices and a sender report each second; lost frames never come."""
    for index in frames:
        second = index / 25
        if index % 25 == 0:
            at = sender.begun_s + second + 0.03
            video_time, audio_time = 4_294_960_000 + round(90_000 * second), 1_000 + round(48_000 * second)
            recording.on_sender_report(
                CAMERA, ssrc=11, ntp=sender.ntp(second), rtp_timestamp=video_time & 0xFFFFFFFF, arrival_s=at
            )
            recording.on_sender_report(
                MICROPHONE, ssrc=12, ntp=sender.ntp(second), rtp_timestamp=audio_time & 0xFFFFFFFF, arrival_s=at
            )
        for packet in sender.video(index):
            if index not in lose:
                recording.on_packet(CAMERA, packet)
        for half in (0, 1):
            recording.on_packet(MICROPHONE, sender.audio(2 * index + half))


async def begin(tmp_path: Path, faults: list[str] | None = None, **changes: Any) -> Any:
    recorder = Recorder(settings(**changes), data=tmp_path)
    told = faults if faults is not None else []
    recording = await recorder.start(FACTS, on_fault=told.append)
    for facts in publications():
        recording.on_publication(facts, now=1000.0)
    return recording


async def test_sound_and_picture_come_back_together_and_the_seal_holds(tmp_path: Path) -> None:
    recording = await begin(tmp_path)
    feed(recording, Sender(), range(150))
    recording.event("speak", endpoint_id="e1")
    await recording.finish()
    directory = tmp_path / "recordings" / "s1"
    entry = read_entry(directory)
    (track,) = entry.tracks
    assert track["endpoint_name"] == "Xã Đô Lương"
    assert track["path"].endswith("001-xa-do-luong.webm")
    found = probe(directory / track["path"])
    streams = {stream["codec_type"]: stream for stream in found["streams"]}
    assert int(streams["video"]["nb_read_frames"]) == 150
    assert int(streams["audio"]["nb_read_frames"]) in range(296, 302)
    assert abs(float(found["format"]["duration"]) - 6.0) < 0.1
    # Both began at the same moment of the sender's clock, though voices arrived 30 ms later than pictures.
    assert abs(float(streams["video"]["start_time"]) - float(streams["audio"]["start_time"])) < 0.04
    assert [event["kind"] for event in entry.events] == ["speak"]
    assert verify(directory).verdict == "whole"


async def test_a_lost_frame_costs_pictures_until_the_next_key_frame_and_is_in_the_gaps(tmp_path: Path) -> None:
    recording = await begin(tmp_path)
    feed(recording, Sender(), range(150), lose=frozenset({30}))
    recording.on_gap(CAMERA, ssrc=11, sequences=[65_600, 65_601], now=1002.0)
    await recording.finish()
    directory = tmp_path / "recordings" / "s1"
    found = probe(directory / read_entry(directory).tracks[0]["path"])
    video = next(stream for stream in found["streams"] if stream["codec_type"] == "video")
    assert int(video["nb_read_frames"]) == 30 + 50  # the clip's next key frame is frame 100
    assert read_entry(directory).gaps[0]["cause"] == "not received"


async def test_a_killed_process_is_replaced_and_costs_at_most_half_a_second(tmp_path: Path) -> None:
    faults: list[str] = []
    recording = await begin(tmp_path, faults)
    sender = Sender()
    feed(recording, sender, range(50))
    await asyncio.sleep(0.6)
    before = recording._process.pid
    os.kill(before, signal.SIGKILL)
    for _ in range(100):
        await asyncio.sleep(0.1)
        if recording._process.pid != before and not recording.status.fault:
            break
    feed(recording, sender, range(50, 100))
    await recording.finish()
    directory = tmp_path / "recordings" / "s1"
    assert faults[0]
    assert faults[-1] == ""
    assert [gap["cause"] for gap in read_entry(directory).gaps] == ["recorder process died"]
    kept = sum(1 for record in read_journal(directory) if record.type is RecordType.RTP)
    expected = 4 * 25 * 2 + sender.video_sequence - 65_530
    assert kept >= expected - 5, (kept, expected)
    assert verify(directory).verdict == "whole"


async def test_a_full_disk_refuses_to_start_with_the_reason(tmp_path: Path) -> None:
    recorder = Recorder(settings(min_free_mib=10_000_000), data=tmp_path)
    with pytest.raises(RecorderUnavailable) as refused:
        await recorder.start(FACTS, on_fault=lambda _: None)
    assert refused.value.code == "disk_full"
    assert "MiB" in refused.value.reason_vi


@pytest.fixture
async def sealed(tmp_path: Path) -> Path:
    recording = await begin(tmp_path)
    feed(recording, Sender(), range(75))
    await recording.finish()
    directory = tmp_path / "recordings" / "s1"
    for path in directory.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return directory


async def test_verification_names_what_was_altered_truncated_removed_or_added(sealed: Path) -> None:
    journal = segment_path(sealed, 1)
    original = journal.read_bytes()
    altered = bytearray(original)
    altered[len(original) // 2] ^= 1
    journal.write_bytes(altered)
    (fault,) = verify(sealed).faults
    assert (fault.kind, fault.file) == ("altered", "journal/000001.journal")
    assert fault.first_byte is not None
    assert fault.last_byte is not None
    assert fault.first_byte <= len(original) // 2 <= fault.last_byte
    assert fault.at
    journal.write_bytes(original[:-10])
    assert verify(sealed).faults[0].kind == "truncated"
    journal.write_bytes(original + b"x")
    assert {fault.kind for fault in verify(sealed).faults} & {"added", "altered"}
    journal.unlink()
    assert verify(sealed).faults[0].kind == "missing"
    journal.write_bytes(original)
    (sealed / "tracks" / "stranger.webm").write_bytes(b"x")
    assert [(fault.kind, fault.file) for fault in verify(sealed).faults] == [("added", "tracks/stranger.webm")]
    (sealed / "tracks" / "stranger.webm").unlink()
    assert verify(sealed).verdict == "whole"


async def test_a_forged_manifest_line_breaks_the_chain(sealed: Path) -> None:
    manifest = sealed / "manifest.jsonl"
    lines = manifest.read_bytes().splitlines()
    manifest.write_bytes(b"\n".join([lines[0], lines[2], lines[1], *lines[3:]]) + b"\n")
    assert verify(sealed).faults[0].kind == "reordered"
    manifest.write_bytes(b"\n".join(lines[:-1]) + b"\n")
    assert verify(sealed).verdict == "not_sealed"


async def test_the_tap_never_waits_for_a_frozen_process(tmp_path: Path) -> None:
    recording = await begin(tmp_path, queue_mib=1)
    os.kill(recording._process.pid, signal.SIGSTOP)
    sender = Sender()
    packets = [packet for index in range(1500) for packet in sender.video(index)]
    begun = time.monotonic()
    for packet in packets * 3:
        recording.on_packet(CAMERA, packet)
    await asyncio.sleep(0.2)
    os.kill(recording._process.pid, signal.SIGCONT)
    assert time.monotonic() - begun < 20
    assert recording.status.dropped > 0
    for _ in range(100):
        await asyncio.sleep(0.1)
        if not recording._channel.waiting_bytes:
            break
    await recording.finish()
    gaps = read_entry(tmp_path / "recordings" / "s1").gaps
    assert [gap["cause"] for gap in gaps] == ["recorder too slow"]
    assert gaps[0]["count"] == recording.status.dropped
