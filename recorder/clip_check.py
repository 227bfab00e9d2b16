"""Decodes a short recording from end to end: whether there is a picture that moves and a sound that is heard."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

SILENCE_DBFS = -70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """Seconds from first to last picture, pictures decoded, and the loudest sample (dBFS; None without sound)."""

    seconds: float
    pictures: int
    peak_dbfs: float | None

    @property
    def fps(self) -> float:
        """Pictures a second."""
        return self.pictures / self.seconds if self.seconds > 0 else 0.0

    @property
    def audible(self) -> bool:
        """Whether there is more than silence."""
        return self.peak_dbfs is not None and self.peak_dbfs > SILENCE_DBFS


def check_clip(path: Path) -> ClipFacts:
    """Decode it all. Raises av.error.FFmpegError, OSError; blocks."""
    times: list[float] = []
    peak = -1.0
    with av.open(str(path)) as container:
        for video in container.decode(video=0) if container.streams.video else ():
            times.append(float(video.time or 0.0))
    with av.open(str(path)) as container:
        for audio in container.decode(audio=0) if container.streams.audio else ():
            samples = audio.to_ndarray()
            scale = 1.0 if samples.dtype.kind == "f" else float(np.iinfo(samples.dtype).max)
            peak = max(peak, float(np.abs(samples.astype(np.float64)).max(initial=0.0)) / scale)
    seconds = max(times) - min(times) if times else 0.0
    loudness = None if peak < 0 else 20 * math.log10(max(peak, 1e-6))
    return ClipFacts(seconds=seconds, pictures=len(times), peak_dbfs=loudness)
