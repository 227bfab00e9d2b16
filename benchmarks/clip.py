"""Real, pre-encoded media for synthetic endpoints: VP8 in three sizes and Opus, made once by PyAV."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import av
import numpy as np

FPS = 25
SECONDS = 4
MTU_PAYLOAD = 1100
LAYERS = (("q", 320, 180, 120_000), ("h", 640, 360, 450_000), ("f", 1280, 720, 1_500_000))


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames of each layer as lists of RTP payload pieces (without descriptor), the first a key frame; Opus packets."""

    video: dict[str, list[list[bytes]]]
    audio: list[bytes]


def make_clip(number: int, layers: tuple[str, ...] = ("q", "h", "f")) -> Clip:
    """A moving pattern that differs by `number`, and a tone."""
    return Clip(
        video={
            rid: [_pieces(frame) for frame in _encode(number, width, height, rate)]
            for rid, width, height, rate in LAYERS
            if rid in layers
        },
        audio=_tone(number),
    )


def _pieces(frame: bytes) -> list[bytes]:
    """Equal pieces, so that batches of them can be sent in one call."""
    count = -(-len(frame) // MTU_PAYLOAD)
    size = -(-len(frame) // count)
    return [frame[start : start + size] for start in range(0, len(frame), size)]


def _encode(number: int, width: int, height: int, rate_bps: int) -> list[bytes]:
    options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1", "g": "1000"}
    with av.open(io.BytesIO(), "w", format="webm") as container:
        stream: Any = container.add_stream("libvpx", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", rate_bps
        frames = []
        for index in range(FPS * SECONDS):
            frame = av.VideoFrame.from_ndarray(_picture(number, index, width, height), format="rgb24")
            frames += [bytes(packet) for packet in stream.encode(frame)]
        frames += [bytes(packet) for packet in stream.encode(None)]
    return frames


def _picture(number: int, index: int, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    hue = number * 67 % 255
    picture = np.full((height, width, 3), (hue // 3, 40 + hue // 4, 110 - hue // 4), dtype=np.uint8)
    x = (index * width // (FPS * SECONDS) + number * 37) % width
    picture[height // 3 : 2 * height // 3, x : min(width, x + width // 6)] = (217, 164, 65)
    noise = np.random.default_rng(index).integers(0, 40, (height // 4, width // 2, 1), dtype=np.uint8)
    picture[: height // 4, : width // 2] += noise
    return picture


def _tone(number: int) -> list[bytes]:
    packets: list[bytes] = []
    with av.open(io.BytesIO(), "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=48000, layout="mono")
        stream.bit_rate = 40_000
        time = np.arange(48_000) / 48_000
        samples = (6000 * np.sin(2 * np.pi * (220 + 40 * number) * time)).astype(np.int16)
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[start : start + 960].reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = 48_000
            packets += [bytes(packet) for packet in stream.encode(frame)]
    return packets
