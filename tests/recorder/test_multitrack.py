"""One MKV with every track: the flashes and beeps are where they were, names, chapters and the manifest are in it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import av
import pytest

from recorder.catalogue import read_entry
from recorder.master_key import KeyUnavailable
from recorder.multitrack import multitrack
from recorder.track_source import NothingToDerive
from tests.recorder.flashes import NAMES, FlashingEndpoint, beeps, flashes, flashing_recording, found_share
from tests.recorder.made import Part

ENDPOINTS = [
    FlashingEndpoint(0, [(0.0, 14.0)]),
    FlashingEndpoint(1, [(3.0, 14.0)], skew_s=-7.3),
    FlashingEndpoint(2, [(0.48, 5.0), (8.0, 14.0)], skew_s=2.5),
]
EVENTS: list[tuple[float, dict[str, Any]]] = [
    (0.1, {"kind": "start"}),
    (0.6, {"kind": "speak", "endpoint_id": "e0"}),
    (4.0, {"kind": "marker", "text": "Công dân Nguyễn Văn Ất trình bày"}),
    (5.0, {"cause": "recorder process died", "from_ms": 1_700_001_005_000, "to_ms": 1_700_001_007_500}),
    (6.0, {"kind": "speak", "endpoint_id": "e1"}),
    (10.0, {"kind": "speak", "endpoint_id": "e2"}),
]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flashing_recording(tmp_path_factory.mktemp("data"), ENDPOINTS, events=EVENTS)


@pytest.fixture(scope="module")
def made(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("out") / "all.mkv"
    shares: list[float] = []
    result = multitrack(recording, output, on_progress=shares.append)
    assert (result.tracks, result.chapters) == (6, 3)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return output


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def test_every_flash_and_beep_is_in_the_recorders_tracks(recording: Path) -> None:
    tracks = read_entry(recording).tracks
    assert len(tracks) == 4
    for track in tracks:
        endpoint = ENDPOINTS[int(track["endpoint_id"][1:])]
        offset = track["offset_ms"] / 1000
        until = offset + track["duration_ms"] / 1000 - 0.1
        expected = [moment for moment in endpoint.moments() if offset <= moment < until]
        with av.open(str(recording / track["path"])) as container:
            assert found_share(expected, [offset + at for at in flashes(container.streams.video[0])]) >= 0.99
        with av.open(str(recording / track["path"])) as container:
            found = [offset + at for at in beeps(container.streams.audio[0], endpoint.number)]
            assert found_share(expected, found) >= 0.99


def test_every_flash_and_beep_is_in_the_mkv(made: Path) -> None:
    for endpoint in ENDPOINTS:
        name = NAMES[endpoint.name]
        for kind in ("video", "audio"):
            with av.open(str(made)) as container:
                streams = getattr(container.streams, kind)
                stream = next(each for each in streams if each.metadata["title"] == name)
                found = flashes(stream) if kind == "video" else beeps(stream, endpoint.number)
            assert found_share(endpoint.moments(), found) >= 0.99, (name, kind, endpoint.moments(), found)


def test_stays_are_one_track_and_names_language_chapters_and_manifest_are_in_it(made: Path, recording: Path) -> None:
    found = probe(made)
    media = [stream for stream in found["streams"] if stream["codec_type"] in ("video", "audio")]
    assert len(media) == 6
    assert {stream["tags"]["title"] for stream in media} == {NAMES[each.name] for each in ENDPOINTS}
    assert {stream["tags"]["language"] for stream in media} == {"vie"}
    assert [chapter["tags"]["title"] for chapter in found["chapters"]] == [
        "Bắt đầu",
        "Công dân Nguyễn Văn Ất trình bày",
        "Gián đoạn bản ghi 2 giây: Tiến trình ghi dừng",
    ]
    starts = [float(chapter["start_time"]) for chapter in found["chapters"]]
    assert starts == pytest.approx([0.0, 4.0, 5.0], abs=0.01)
    assert found["format"]["tags"]["RECORDING_SEAL"] == read_entry(recording).seal
    with av.open(str(made)) as container:
        (attachment,) = container.streams.attachments
        assert attachment.name == "manifest.jsonl"
        assert attachment.data == (recording / "manifest.jsonl").read_bytes()


def test_nothing_is_transcoded(made: Path, recording: Path) -> None:
    before: dict[str, list[bytes]] = {}
    for track in read_entry(recording).tracks:
        with av.open(str(recording / track["path"])) as container:
            for packet in container.demux():
                if packet.size:
                    key = f"{track['endpoint_name']}/{packet.stream.type}"
                    before.setdefault(key, []).append(bytes(packet))
    after: dict[str, list[bytes]] = {}
    with av.open(str(made)) as container:
        for packet in container.demux():
            if packet.size:
                after.setdefault(f"{packet.stream.metadata['title']}/{packet.stream.type}", []).append(bytes(packet))
    assert after == before


def test_a_recording_without_tracks_says_what_to_do(tmp_path: Path) -> None:
    part = Part(tmp_path)
    part.end()
    with pytest.raises(NothingToDerive, match="recover"):
        multitrack(part.directory, tmp_path / "x.mkv")
    assert not list(tmp_path.glob("x.mkv*"))


def test_an_encrypted_recording_is_read_with_its_key(tmp_path: Path) -> None:
    endpoint = FlashingEndpoint(0, [(0.0, 3.0)])
    directory = flashing_recording(tmp_path, [endpoint], encrypted=True)
    assert [path.suffix for path in (directory / "tracks").iterdir()] == [".enc"]
    multitrack(directory, tmp_path / "all.mkv")
    with av.open(str(tmp_path / "all.mkv")) as container:
        assert found_share(endpoint.moments(), flashes(container.streams.video[0])) == 1.0
    (tmp_path / "keys" / "master.key").unlink()
    with pytest.raises(KeyUnavailable):
        multitrack(directory, tmp_path / "again.mkv")
