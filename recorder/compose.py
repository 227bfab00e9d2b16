"""One MP4 of all endpoints in a grid, made from the tracks (first version: pictures where they are, no name plates)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from recorder.catalogue import read_entry

WIDTH, HEIGHT, FPS = 1280, 720, 25
RATE = 48_000
BLOCK = RATE // FPS
STALE_S = 2.0  # a picture older than this is not shown any more


class NothingToCompose(Exception):
    """The recording has no tracks (yet)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeResult:
    """The file written."""

    path: str
    duration_s: float
    endpoints: int


class _Pictures:
    """One track's video, shown at the time asked for."""

    def __init__(self, path: Path, offset_s: float, size: tuple[int, int]) -> None:
        self._container: Any = av.open(str(path))
        self._frames = iter(self._container.decode(video=0))
        self._offset_s = offset_s
        self._size = size
        self._next: Any = next(self._frames, None)
        self._shown: tuple[float, npt.NDArray[np.uint8]] | None = None

    def at(self, now_s: float) -> npt.NDArray[np.uint8] | None:
        """The RGB picture at this time of the recording, None if there is none."""
        newest = None
        while self._next is not None and self._time(self._next) <= now_s:
            newest, self._next = self._next, next(self._frames, None)
        if newest is not None:
            width, height = self._size
            picture = newest.to_ndarray(format="rgb24", width=width, height=height)
            self._shown = (self._time(newest), picture)
        if self._shown is None or now_s - self._shown[0] > STALE_S:
            return None
        return self._shown[1]

    def _time(self, frame: Any) -> float:
        return self._offset_s + float(frame.time or 0.0)


def compose(directory: Path, output: Path, *, on_progress: Callable[[float], None] = lambda _: None) -> ComposeResult:
    """Write the MP4 (H.264, AAC, faststart). `on_progress` hears shares from 0 to 1. Raises NothingToCompose."""
    tracks = read_entry(directory).tracks
    if not tracks:
        raise NothingToCompose(f"{directory} has no tracks; run `diemcau recording recover` first")
    duration = max((track["offset_ms"] + track["duration_ms"]) / 1000 for track in tracks)
    videos = [track for track in tracks if track["video"]]
    columns = max(1, math.ceil(math.sqrt(len(videos))))
    rows = max(1, math.ceil(len(videos) / columns))
    size = (WIDTH // columns // 2 * 2, HEIGHT // rows // 2 * 2)
    pictures = [_Pictures(directory / track["path"], track["offset_ms"] / 1000, size) for track in videos]
    sound = _mix(directory, tracks, duration)
    partial = output.with_name(output.name + ".partial")
    with av.open(str(partial), "w", format="mp4", options={"movflags": "faststart"}) as container:
        video: Any = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "23"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio: Any = container.add_stream("aac", rate=RATE, layout="mono")
        count = math.ceil(duration * FPS)
        for number in range(count):
            canvas = _paste(pictures, number / FPS, columns, size)
            frame = av.VideoFrame.from_ndarray(canvas, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(video.encode(frame))
            container.mux(audio.encode(_sound_block(sound, number)))
            on_progress((number + 1) / count)
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    partial.replace(output)
    return ComposeResult(path=str(output), duration_s=duration, endpoints=len(videos))


def _paste(pictures: list[_Pictures], now_s: float, columns: int, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    canvas = np.full((HEIGHT, WIDTH, 3), 16, dtype=np.uint8)
    for index, each in enumerate(pictures):
        picture = each.at(now_s)
        if picture is not None:
            x, y = index % columns * size[0], index // columns * size[1]
            canvas[y : y + size[1], x : x + size[0]] = picture
    return canvas


def _mix(directory: Path, tracks: list[dict[str, Any]], duration: float) -> npt.NDArray[np.float32]:
    """All voices at their times, mono, clipped."""
    mixed = np.zeros(int((duration + 1) * RATE), dtype=np.float32)
    for track in tracks:
        if not track["audio"]:
            continue
        with av.open(str(directory / track["path"])) as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in container.decode(audio=0):
                start = int((track["offset_ms"] / 1000 + float(frame.time or 0.0)) * RATE)
                for part in resampler.resample(frame):
                    samples = part.to_ndarray()[0][: max(0, len(mixed) - start)]
                    mixed[start : start + len(samples)] += samples
                    start += len(samples)
    return np.clip(mixed, -1.0, 1.0)


def _sound_block(sound: npt.NDArray[np.float32], number: int) -> Any:
    block = sound[number * BLOCK : (number + 1) * BLOCK]
    block = np.pad(block, (0, BLOCK - len(block)))
    frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = RATE
    frame.pts, frame.time_base = number * BLOCK, Fraction(1, RATE)
    return frame
