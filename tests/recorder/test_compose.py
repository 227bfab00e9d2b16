"""One MP4 of all endpoints: flashes and beeps where they were, whoever speaks large, names and the clock."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from recorder.catalogue import read_entry
from recorder.compose import compose
from recorder.composition.canvas import clock_text
from recorder.composition.grid import Rect, cells
from recorder.composition.painter import scenes_of
from recorder.track_source import read_sources
from tests.recorder.flashes import beeps, flashing_recording, found_share
from tests.recorder.test_multitrack import ENDPOINTS, EVENTS


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flashing_recording(tmp_path_factory.mktemp("data"), ENDPOINTS, events=EVENTS)


@pytest.fixture(scope="module")
def made(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("out") / "all.mp4"
    shares: list[float] = []
    result = compose(recording, output, on_progress=shares.append)
    assert (result.endpoints, result.width, result.height) == (3, 1280, 720)
    assert result.duration_s == pytest.approx(14.0, abs=0.1)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return output


def places_over_time(recording: Path) -> list[tuple[float, float, dict[str, Rect]]]:
    scenes = scenes_of(read_sources(recording))
    return [
        (scene.from_s, scene.until_s, dict(zip(scene.tiles, cells(len(scene.tiles), 1280, 720), strict=True)))
        for scene in scenes
    ]


def flashes_in_tiles(path: Path, recording: Path) -> dict[str, list[float]]:
    """By endpoint: when its tile becomes light, wherever it is at the time."""
    scenes = places_over_time(recording)
    found: dict[str, list[float]] = {}
    lit: dict[str, bool] = {}
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            luma, now = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size), frame.time
            places = next(each for begin, _, each in reversed(scenes) if begin <= now + 1e-6)
            for name, place in places.items():
                x, y = place.x + place.width // 2, place.y + place.height // 2
                level = luma[y - 20 : y + 20, x - 20 : x + 20].mean()
                if level > 170 and not lit.get(name):
                    found.setdefault(name, []).append(now)
                lit[name] = level > 130
    return found


def test_every_flash_and_beep_is_in_the_mp4(made: Path, recording: Path) -> None:
    found = flashes_in_tiles(made, recording)
    for endpoint in ENDPOINTS:
        assert found_share(endpoint.moments(), found[endpoint.name]) >= 0.99
        with av.open(str(made)) as container:
            assert found_share(endpoint.moments(), beeps(container.streams.audio[0], endpoint.number)) >= 0.99


def test_it_is_h264_and_aac_with_its_index_first_and_chapters(made: Path) -> None:
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", str(made)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    streams = {stream["codec_type"]: stream for stream in found["streams"]}
    video, audio = streams["video"], streams["audio"]
    assert (video["codec_name"], video["width"], video["height"], video["pix_fmt"]) == ("h264", 1280, 720, "yuv420p")
    assert (audio["codec_name"], audio["sample_rate"]) == ("aac", "48000")
    assert abs(float(video["duration"]) - float(audio["duration"])) < 0.1
    data = made.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [chapter["tags"]["title"] for chapter in found["chapters"]][1] == "Công dân Nguyễn Văn Ất trình bày"


def picture_at(path: Path, at_s: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with av.open(str(path)) as container:
        container.seek(int(at_s * 1_000_000))
        for frame in container.decode(video=0):
            if frame.time >= at_s - 0.001:
                return frame.to_ndarray(format="rgb24")
    raise AssertionError(f"no picture at {at_s} s")


def test_whoever_speaks_is_large_and_has_a_red_plate(made: Path, recording: Path) -> None:
    for from_s, speaker in ((1.5, "e0"), (7.0, "e1"), (12.0, "e2")):
        places = next(each for begin, end, each in places_over_time(recording) if begin <= from_s < end)
        assert next(iter(places)) == speaker
        picture = picture_at(made, from_s)
        for name, place in places.items():
            corner = picture[place.y + place.height - 10 : place.y + place.height - 5, place.x + 5 : place.x + 7]
            red, _, blue = corner.reshape(-1, 3).mean(axis=0)
            assert (red > blue) == (name == speaker), (from_s, name)


def test_the_clock_changes_each_second_and_names_stand_on_their_plates(made: Path) -> None:
    first, same, later = (picture_at(made, at)[8:34, 8:300].astype(int) for at in (2.04, 2.72, 3.04))
    assert np.abs(first - same).mean() < 2.0
    assert np.abs(first - later).mean() > 1.0


def test_the_clock_is_of_viet_nam() -> None:
    assert clock_text(1_700_000_000_000) == "15/11/2023  05:13:20"


def test_a_cancelled_composition_leaves_nothing(recording: Path, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0.3:
            raise Enough

    with pytest.raises(Enough):
        compose(recording, tmp_path / "x.mp4", on_progress=stop)
    assert not list(tmp_path.iterdir())


def test_every_second_of_the_recording_has_a_scene(recording: Path) -> None:
    scenes = scenes_of(read_sources(recording))
    assert scenes[0].from_s == 0.0
    assert all(before.until_s == after.from_s for before, after in pairwise(scenes))
    entry = read_entry(recording)
    assert scenes[-1].until_s == pytest.approx((entry.end_ms - entry.start_ms) / 1000, abs=0.2)
