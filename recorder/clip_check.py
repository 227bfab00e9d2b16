"""Decodes a short recording from end to end: whether there is a picture that moves and a sound that is heard."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    with av.open(str(path)) as container:
        pictures = container.decode(video=0) if container.streams.video else ()
        times = [float(picture.time or 0.0) for picture in pictures]
    with av.open(str(path)) as container:
        sounds = container.decode(audio=0) if container.streams.audio else ()
        peak = max((_peak(sound.to_ndarray()) for sound in sounds), default=-1.0)
    seconds = max(times) - min(times) if times else 0.0
    loudness = None if peak < 0 else 20 * math.log10(max(peak, 1e-6))
    return ClipFacts(seconds=seconds, pictures=len(times), peak_dbfs=loudness)


def _peak(samples: np.ndarray[Any, np.dtype[Any]]) -> float:
    """The largest sample, 1 being full scale."""
    scale = 1.0 if samples.dtype.kind == "f" else float(2 ** (8 * samples.dtype.itemsize - 1))
    return float(np.abs(samples.astype(np.float64)).max(initial=0.0)) / scale
