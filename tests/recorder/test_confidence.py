"""The last seconds played back from the disk while the recording goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import av
import pytest

from recorder.confidence import EXIT_ALTERED, EXIT_NO_KEY, EXIT_NOTHING, NotAsSigned, NothingThere, last_seconds
from tests.recorder.made import Part


def probe(path: Path) -> dict[str, float]:
    """Duration in seconds of each kind of stream, by its packets; the pictures can be decoded."""
    with av.open(str(path)) as container:
        times: dict[str, list[float]] = {}
        for packet in container.demux():
            if packet.pts is not None:
                times.setdefault(packet.stream.type, []).append(float(packet.pts * packet.time_base))
        container.seek(0)
        assert sum(1 for _ in container.decode(video=0)) == len(times["video"])
    return {kind: max(each) - min(each) for kind, each in times.items()}


def running(data: Path, seconds: float = 15.0, *, encrypted: bool = False) -> Part:
    part = Part(data, encrypted=encrypted)
    part.run(seconds)
    return part


def test_the_last_ten_seconds_are_a_file_that_plays_while_the_recording_goes_on(tmp_path: Path) -> None:
    part = running(tmp_path)
    clip = last_seconds(part.directory, "e1", tmp_path / "clip")
    assert (clip.video, clip.audio, clip.suffix) == ("VP8", True, ".webm")
    assert abs(clip.to_ms - clip.from_ms - 10_000) < 100
    lengths = probe(tmp_path / "clip.webm")
    assert 9.8 < lengths["video"] - clip.start_s < 10.2
    assert 9.8 < lengths["audio"] - clip.start_s < 10.2
    begun_ms = 1_700_000_000_000 + 1_000_000
    assert 13_500 < clip.to_ms - begun_ms < 15_100, "what was hashed last"
    part.end()


def test_an_encrypted_recording_is_played_back_with_its_key_alone(tmp_path: Path) -> None:
    part = running(tmp_path, 4.0, encrypted=True)
    clip = last_seconds(part.directory, "e1", tmp_path / "clip", seconds=2.0)
    assert 1.8 < probe(tmp_path / "clip.webm")["audio"] - clip.start_s < 2.2
    (tmp_path / "keys" / "master.key").unlink()
    assert command(part.directory, "e1", tmp_path).returncode == EXIT_NO_KEY
    part.end()


def test_less_than_asked_is_there_at_the_beginning(tmp_path: Path) -> None:
    part = running(tmp_path, 3.0)
    clip = last_seconds(part.directory, "e1", tmp_path / "clip", seconds=10.0)
    assert clip.start_s == 0
    assert 1.5 < probe(tmp_path / "clip.webm")["video"] < 3.1
    part.end()


def test_of_an_endpoint_without_media_there_is_nothing(tmp_path: Path) -> None:
    part = running(tmp_path, 3.0)
    for endpoint, source in (("e2", "room"), ("e1", "screen")):
        with pytest.raises(NothingThere):
            last_seconds(part.directory, endpoint, tmp_path / "clip", source=source)
    part.end()


def test_what_is_not_as_it_was_signed_is_said(tmp_path: Path) -> None:
    part = running(tmp_path, 3.0)
    journal = part.directory / "journal" / "000001.journal"
    journal.chmod(0o644)
    with journal.open("r+b") as file:
        file.seek(2000)
        byte = file.read(1)
        file.seek(2000)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(NotAsSigned, match="segment 1"):
        last_seconds(part.directory, "e1", tmp_path / "clip")
    assert command(part.directory, "e1", tmp_path).returncode == EXIT_ALTERED
    part.end()


def test_the_process_prints_what_it_wrote(tmp_path: Path) -> None:
    part = running(tmp_path, 3.0)
    done = command(part.directory, "e1", tmp_path)
    assert json.loads(done.stdout)["suffix"] == ".webm"
    assert command(part.directory, "nobody", tmp_path).returncode == EXIT_NOTHING
    part.end()


def command(directory: Path, endpoint: str, to: Path) -> subprocess.CompletedProcess[bytes]:
    arguments = [sys.executable, "-m", "recorder.confidence", str(directory), endpoint, "-o", str(to / "clip")]
    return subprocess.run(arguments, capture_output=True, timeout=60, check=False)
