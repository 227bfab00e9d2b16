"""Real, pre-encoded media for synthetic endpoints: VP8 in three sizes and Opus, made once by PyAV, kept on disk."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

FPS = 25
SECONDS = 4
LONG_SECONDS = 20  # a benchmark's clip: it begins again, with a key frame, three times a minute
MTU_PAYLOAD = 1100
LAYERS = (("q", 320, 180, 120_000), ("h", 640, 360, 450_000), ("f", 1280, 720, 1_500_000))
ENCODER = {
    "deadline": "realtime",
    "cpu-used": "8",
    "lag-in-frames": "0",
    "error-resilient": "1",
    "g": "100000",  # no key frame by itself but the first
    "threads": "1",  # several take thrice the CPU
}
CACHE = Path("bench-out/clips")
_FORMAT = 1  # of the cached files and the pictures in them


Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Scenery:
    """What a clip shows and how it sounds instead of the pattern and the tone.

    name: tells it from others in the cache. picture: (index of the frame, frames) → RGB, height × width × 3, 720p;
    sound: a second at 48 kHz, mono, that can be repeated.
    """

    name: str
    picture: Callable[[int, int], Pixels]
    sound: np.ndarray[Any, np.dtype[np.int16]]


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames of each layer as lists of RTP payload pieces (without descriptor), only the first a key frame; Opus."""

    video: dict[str, list[list[bytes]]]
    audio: list[bytes]


def make_clip(number: int, layers: tuple[str, ...] = ("q", "h", "f"), *, seconds: int = SECONDS) -> Clip:
    """A moving pattern that differs by `number`, and a tone; encoded now."""
    return _cut(_encode_all(number, layers, seconds))


def load_clip(
    number: int,
    layers: tuple[str, ...] = ("q", "h", "f"),
    *,
    seconds: int = LONG_SECONDS,
    cache: Path = CACHE,
    scenery: Scenery | None = None,
) -> Clip:
    """The same from the cache, where it is put the first time; or what the scenery shows."""
    name = (scenery.name,) if scenery is not None else ()
    parameters = (_FORMAT, number, layers, seconds, FPS, LAYERS, sorted(ENCODER.items()), av.__version__, *name)
    path = cache / f"{hashlib.sha256(repr(parameters).encode()).hexdigest()[:16]}.clip"
    if path.exists():
        return _cut(_read(path.read_bytes()))
    streams = _encode_all(number, layers, seconds) if scenery is None else _encode_scenery(scenery, layers, seconds)
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(_write(streams))
    unfinished.replace(path)
    return _cut(streams)


def _encode_all(number: int, layers: tuple[str, ...], seconds: int) -> dict[str, list[bytes]]:
    streams = {
        rid: _encode(number, width, height, rate, seconds) for rid, width, height, rate in LAYERS if rid in layers
    }
    return {**streams, "audio": _tone(number)}


def _encode_scenery(scenery: Scenery, layers: tuple[str, ...], seconds: int) -> dict[str, list[bytes]]:
    """Each picture is drawn once and made small for the lower layers."""
    frames = [
        av.VideoFrame.from_ndarray(scenery.picture(index, FPS * seconds), format="rgb24").reformat(format="yuv420p")
        for index in range(FPS * seconds)
    ]
    streams = {rid: _encode_frames(frames, width, height, rate) for rid, width, height, rate in LAYERS if rid in layers}
    return {**streams, "audio": _encode_sound(scenery.sound)}


def _write(streams: dict[str, list[bytes]]) -> bytes:
    """A line of JSON with the sizes of all frames, then the frames."""
    sizes = {name: [len(frame) for frame in frames] for name, frames in streams.items()}
    return json.dumps(sizes).encode() + b"\n" + b"".join(frame for frames in streams.values() for frame in frames)


def _read(data: bytes) -> dict[str, list[bytes]]:
    head, _, body = data.partition(b"\n")
    streams: dict[str, list[bytes]] = {}
    position = 0
    for name, sizes in json.loads(head).items():
        streams[name] = []
        for size in sizes:
            streams[name].append(body[position : position + size])
            position += size
    return streams


def _cut(streams: dict[str, list[bytes]]) -> Clip:
    video = {name: [_pieces(frame) for frame in frames] for name, frames in streams.items() if name != "audio"}
    return Clip(video=video, audio=streams["audio"])


def _pieces(frame: bytes) -> list[bytes]:
    """Equal pieces, so that batches of them can be sent in one call."""
    count = -(-len(frame) // MTU_PAYLOAD)
    size = -(-len(frame) // count)
    return [frame[start : start + size] for start in range(0, len(frame), size)]


def _encode(number: int, width: int, height: int, rate_bps: int, seconds: int) -> list[bytes]:
    pictures = (_picture(number, index, width, height, seconds) for index in range(FPS * seconds))
    return _encode_frames(
        (av.VideoFrame.from_ndarray(each, format="rgb24") for each in pictures), width, height, rate_bps
    )


def _encode_frames(pictures: Iterable[av.VideoFrame], width: int, height: int, rate_bps: int) -> list[bytes]:
    with av.open(io.BytesIO(), "w", format="webm") as container:
        stream: Any = container.add_stream("libvpx", rate=FPS, options=ENCODER)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", rate_bps
        frames = []
        for picture in pictures:
            frames += [bytes(packet) for packet in stream.encode(picture.reformat(width, height, "yuv420p"))]
        frames += [bytes(packet) for packet in stream.encode(None)]
    return frames


def _picture(number: int, index: int, width: int, height: int, seconds: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    hue = number * 67 % 255
    picture = np.full((height, width, 3), (hue // 3, 40 + hue // 4, 110 - hue // 4), dtype=np.uint8)
    x = (index * width // (FPS * seconds) + number * 37) % width
    picture[height // 3 : 2 * height // 3, x : min(width, x + width // 6)] = (217, 164, 65)
    noise = np.random.default_rng(index).integers(0, 40, (height // 4, width // 2, 1), dtype=np.uint8)
    picture[: height // 4, : width // 2] += noise
    return picture


def _tone(number: int) -> list[bytes]:
    time = np.arange(48_000) / 48_000
    return _encode_sound((6000 * np.sin(2 * np.pi * (220 + 40 * number) * time)).astype(np.int16))


def _encode_sound(samples: np.ndarray[Any, np.dtype[np.int16]]) -> list[bytes]:
    packets: list[bytes] = []
    with av.open(io.BytesIO(), "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=48000, layout="mono")
        stream.bit_rate = 40_000
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[start : start + 960].reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = 48_000
            packets += [bytes(packet) for packet in stream.encode(frame)]
    return packets
