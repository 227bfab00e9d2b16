"""All voices, mixed block by block: two hours take no more memory than a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from recorder.composition.decoding import decoded

RATE = 48_000
JUMP = RATE // 25  # farther off than this (40 ms) is a gap, and stays one
DEAD = RATE // 500  # files tell milliseconds: nearer than this (2 ms) is on time
STRETCH = 2  # samples by which a packet is made longer or shorter to follow a drifting clock: not heard

Sound = npt.NDArray[np.float32]


class TrackVoice:
    """One track's sound, mono, on the recording's time."""

    def __init__(self, open_track: Callable[[], Any], *, offset_s: float) -> None:
        self._open = open_track
        self._offset_s = offset_s
        self._packets: Iterator[tuple[int, Sound]] | None = None
        self._pending: tuple[int, Sound] | None = None

    def add_to(self, block: Sound, start: int) -> None:
        """Add what falls into `block`, whose first sample is number `start`. Call with blocks in order."""
        if self._packets is None:
            self._packets = self._read()
            self._pending = next(self._packets, None)
        end = start + len(block)
        while self._pending is not None and self._pending[0] < end:
            at, samples = self._pending
            skipped = max(0, start - at)
            piece = samples[skipped : end - at]
            if len(piece):
                place = at + skipped - start
                block[place : place + len(piece)] += piece
            if at + len(samples) > end:
                self._pending = (end, samples[end - at :]) if at < end else self._pending
                return
            self._pending = next(self._packets, None)

    def close(self) -> None:
        """Close the file."""
        if self._packets is not None:
            self._packets.close()  # type: ignore[attr-defined]

    def _read(self) -> Iterator[tuple[int, Sound]]:
        """(number of the first sample, samples), one behind the other but where there is a gap."""
        with self._open() as container:
            resampler = AudioResampler(format="fltp", layout="mono", rate=RATE)
            due: int | None = None
            for frame in decoded(container, container.streams.audio[0]):
                start = round((self._offset_s + float(frame.time or 0.0)) * RATE)
                for part in _plain(frame, resampler):
                    off = 0 if due is None else start - due
                    if due is None or abs(off) > JUMP:
                        due = start
                    elif abs(off) > DEAD:
                        part = _stretched(part, max(-STRETCH, min(STRETCH, off)))
                    yield due, part
                    due += len(part)
                    start += len(part)


def _plain(frame: Any, resampler: AudioResampler) -> Iterator[Sound]:
    if frame.sample_rate == RATE and frame.format.name == "fltp":
        samples = frame.to_ndarray()
        yield samples[0] if len(samples) == 1 else samples.mean(axis=0)
        return
    for part in resampler.resample(frame):
        yield part.to_ndarray()[0]


def _stretched(samples: Sound, by: int) -> Sound:
    count = len(samples)
    at = np.linspace(0, count - 1, count + by, dtype=np.float32)
    return np.interp(at, np.arange(count, dtype=np.float32), samples).astype(np.float32)


def mixed(voices: list[TrackVoice], start: int, length: int) -> Sound:
    """A block of all voices, clipped."""
    block = np.zeros(length, dtype=np.float32)
    for voice in voices:
        voice.add_to(block, start)
    return np.clip(block, -1.0, 1.0, out=block)
