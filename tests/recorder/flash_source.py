"""A clip with a flash and a beep at the same moment each second, a source that sends it, and what finds them again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np

from benchmarks.clip import FPS, Clip
from benchmarks.outgoing_layer import OutgoingLayer
from benchmarks.sending import AUDIO_S, TICKS_PER_FRAME, MediaSource

EVENT_S = 1.0
AT_S = 0.4  # within each second
LENGTH_S = 0.12
WIDTH, HEIGHT, RATE = 320, 180, 48_000
BEEP_HZ = 1000.0


def is_on(at_s: float) -> bool:
    """Whether flash and beep are on at this moment of the clip."""
    return AT_S <= at_s % EVENT_S + 1e-9 < AT_S + LENGTH_S


def flash_clip(seconds: int = 4) -> Clip:
    """Every picture a key frame, so that the source may go on anywhere."""
    pictures = _pictures(seconds)
    return Clip(video={"q": [[picture] for picture in pictures]}, audio=_voices(seconds))


def _pictures(seconds: int) -> list[bytes]:
    options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "g": "0", "threads": "1"}
    with av.open(io.BytesIO(), "w", format="webm") as container:
        stream: Any = container.add_stream("libvpx", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, HEIGHT, "yuv420p", 400_000
        frames: list[bytes] = []
        for index in range(FPS * seconds):
            level = 235 if is_on(index / FPS) else 40
            frame = av.VideoFrame.from_ndarray(np.full((HEIGHT, WIDTH, 3), level, dtype=np.uint8), format="rgb24")
            frames += [bytes(packet) for packet in stream.encode(frame)]
        frames += [bytes(packet) for packet in stream.encode(None)]
    assert max(map(len, frames)) < 1100, "each fits a packet"
    return frames


def _voices(seconds: int) -> list[bytes]:
    moments = np.arange(RATE * seconds) / RATE
    on = (moments % EVENT_S >= AT_S) & (moments % EVENT_S < AT_S + LENGTH_S)
    samples = (np.where(on, 0.6, 0.0) * np.sin(2 * np.pi * BEEP_HZ * moments) * 32767).astype(np.int16)
    with av.open(io.BytesIO(), "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=RATE, layout="mono")
        packets: list[bytes] = []
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[start : start + 960].reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            packets += [bytes(packet) for packet in stream.encode(frame)]
    return packets


class FlashSource(MediaSource):
    """Its picture is the one that belongs to the voice of that moment, whatever was asked for."""

    def _send_frame(self, layer: OutgoingLayer, elapsed_s: float) -> None:
        voice = self._voice
        number = (voice.index - 1) if voice is not None else self._tick_count
        layer.index = number // TICKS_PER_FRAME
        super()._send_frame(layer, number * AUDIO_S)


def flashes(file: Path | BinaryIO | str) -> list[float]:
    """When flashes begin, seconds of the file's timeline."""
    with av.open(str(file) if isinstance(file, Path) else file) as container:
        return edges(
            (float(frame.time or 0.0), float(frame.to_ndarray(format="gray")[::8, ::8].mean()))
            for frame in container.decode(video=0)
        )


def beeps(file: Path | BinaryIO | str) -> list[float]:
    """When beeps begin, seconds of the file's timeline, to 5 ms."""
    return edges(_loudness(file), threshold=0.1, apart_s=0.3)


def _loudness(file: Path | BinaryIO | str) -> Any:
    step = RATE // 200
    with av.open(str(file) if isinstance(file, Path) else file) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            at_s = float(frame.time or 0.0)
            for part in resampler.resample(frame):
                samples = part.to_ndarray()[0]
                for start in range(0, len(samples), step):
                    yield at_s + start / RATE, float(np.sqrt(np.mean(samples[start : start + step] ** 2)))
                at_s += len(samples) / RATE


def edges(levels: Any, *, threshold: float = 128.0, apart_s: float = 0.3) -> list[float]:
    """When a level rises above the threshold; rises closer than `apart_s` count once."""
    found: list[float] = []
    before = 0.0
    for at_s, level in levels:
        if level >= threshold > before and (not found or at_s - found[-1] > apart_s):
            found.append(at_s)
        before = level
    return found


def matched(pictures: list[float], voices: list[float], *, tolerance_s: float = 0.040) -> tuple[float, float]:
    """(share of the events of which both are there and together, largest offset of those near each other).

    Of the time in which both were published: a stay may begin or end in the middle of an event.
    """
    if not pictures or not voices:
        return 0.0, 0.0
    begin, end = max(pictures[0], voices[0]) - tolerance_s, min(pictures[-1], voices[-1]) + tolerance_s
    pictures = [at for at in pictures if begin <= at <= end]
    voices = [at for at in voices if begin <= at <= end]
    near = [min((abs(voice - picture) for voice in voices), default=9.0) for picture in pictures]
    events = max(len(pictures), len(voices), 1)
    together = [offset for offset in near if offset <= tolerance_s]
    return len(together) / events, max((offset for offset in near if offset < EVENT_S / 2), default=0.0)
