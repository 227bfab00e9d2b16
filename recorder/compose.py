"""One MP4 of all endpoints for everybody to play: the grid follows who speaks, with name plates and the clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from recorder.chapters import chapters_of
from recorder.cipher import DataKey
from recorder.composition.painter import Painter
from recorder.composition.voices import RATE, Sound, TrackVoice, mixed
from recorder.derived_file import derived_file, stored_path
from recorder.master_key import Keyring
from recorder.track_source import NothingToDerive, Sources, read_sources

__all__ = ["ComposeResult", "NothingToDerive", "compose"]

WIDTH, HEIGHT, FPS = 1280, 720, 25
# Looking 10 pictures ahead makes a fifth of the bytes for a third less time: most of a grid stands still.
ENCODER = {"preset": "superfast", "crf": "24", "x264-params": "mbtree=1:rc-lookahead=10"}
KEY_FRAME_EVERY_S = 4
INDEX_BYTES, INDEX_BYTES_PER_S = 1 << 17, 3000  # 25 pictures and 47 pieces of sound a second need 1900
SMPTE_170M = 6  # the matrix of webcams' pictures; without it players take 720 lines for BT.709


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeResult:
    """The file written. `speed`: times real time."""

    path: str
    duration_s: float
    endpoints: int
    width: int
    height: int
    bytes: int
    took_s: float
    speed: float


def compose(
    directory: Path,
    output: Path,
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    keys: Keyring | None = None,
    encrypt: DataKey | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> ComposeResult:
    """Write the MP4 (H.264, AAC, faststart). `on_progress` hears shares from 0 to 1; what it raises ends the work.

    `keys` as of read_sources; `encrypt`: the file is encrypted by it, and named so. Raises NothingToDerive, OSError,
    KeyUnavailable.
    """
    begun = time.monotonic()
    sources = read_sources(directory, keys=keys)
    painter = Painter(sources, width=width, height=height, fps=FPS)
    voices = [TrackVoice(track.open, offset_s=track.offset_s) for track in sources.tracks if track.audio]
    try:
        with (
            derived_file(output, encrypt) as target,
            av.open(
                target, "w", format="mp4", options=_index_first(sources, encrypted=encrypt is not None)
            ) as container,
        ):
            _write(container, sources, painter, voices, size=(width, height), on_progress=on_progress)
    finally:
        painter.close()
        for voice in voices:
            voice.close()
    took_s = time.monotonic() - begun
    stored = stored_path(output, encrypt)
    return ComposeResult(
        path=str(stored),
        duration_s=sources.length_s,
        endpoints=len({track.endpoint_id for track in sources.tracks}),
        width=width,
        height=height,
        bytes=stored.stat().st_size,
        took_s=round(took_s, 3),
        speed=round(sources.length_s / max(took_s, 1e-3), 2),
    )


def _index_first(sources: Sources, *, encrypted: bool) -> dict[str, str]:
    """The muxer moves the index to the front when it is done; what it cannot read again gets room for it beforehand."""
    if not encrypted:
        return {"movflags": "faststart"}
    return {"moov_size": str(INDEX_BYTES + INDEX_BYTES_PER_S * math.ceil(sources.length_s))}


def _write(
    container: Any,
    sources: Sources,
    painter: Painter,
    voices: list[TrackVoice],
    *,
    size: tuple[int, int],
    on_progress: Callable[[float], None],
) -> None:
    container.metadata["title"] = sources.entry.title
    container.set_chapters(chapters_of(sources))
    options = {**ENCODER, "g": str(KEY_FRAME_EVERY_S * FPS)}
    video: Any = container.add_stream("libx264", rate=FPS, options=options)
    video.width, video.height, video.pix_fmt = *size, "yuv420p"
    context = video.codec_context
    context.colorspace = context.color_primaries = context.color_trc = SMPTE_170M
    audio: Any = container.add_stream("aac", rate=RATE, layout="mono")
    audio.bit_rate = 96_000
    count = max(1, math.ceil(sources.length_s * FPS))
    block = RATE // FPS
    for number in range(count):
        container.mux(video.encode(painter.paint(number)))
        container.mux(audio.encode(_sound(mixed(voices, number * block, block), number * block)))
        if number % FPS == 0:
            on_progress(number / count)
    container.mux(video.encode(None))
    container.mux(audio.encode(None))
    on_progress(1.0)


def _sound(block: Sound, start: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = RATE
    frame.pts, frame.time_base = start, Fraction(1, RATE)
    return frame
