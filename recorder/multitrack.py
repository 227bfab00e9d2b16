"""One Matroska file with every track of a recording, copied as they are, on one timeline.

Stays of one endpoint become one track where codec and size allow. Chapters are the session's course, its markers and
its gaps; the manifest is attached.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from recorder.chapters import chapters_of
from recorder.cipher import DataKey
from recorder.derived_file import derived_file, stored_path
from recorder.master_key import Keyring
from recorder.track_source import Sources, TrackSource, read_sources

BASE = Fraction(1, 48_000)
LANGUAGE = "vie"


@dataclass(frozen=True, slots=True, kw_only=True)
class MultitrackResult:
    """The file written. `tracks`: of pictures and of sound."""

    path: str
    duration_s: float
    tracks: int
    chapters: int
    bytes: int


@dataclass(slots=True)
class _Stay:
    """One input file, open."""

    source: TrackSource
    container: Any


def multitrack(
    directory: Path,
    output: Path,
    *,
    keys: Keyring | None = None,
    encrypt: DataKey | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> MultitrackResult:
    """Write the MKV. `on_progress` hears shares from 0 to 1; what it raises ends the work.

    `keys` as of read_sources; `encrypt`: the file is encrypted by it, and named so. Raises NothingToDerive, OSError,
    KeyUnavailable.
    """
    sources = read_sources(directory, keys=keys)
    chapters = chapters_of(sources)
    with ExitStack() as stack:
        stays = [_Stay(track, stack.enter_context(track.open())) for track in sources.tracks]
        target = stack.enter_context(derived_file(output, encrypt))
        options = {"cluster_time_limit": "1000", "avoid_negative_ts": "disabled"}
        container: Any = stack.enter_context(av.open(target, "w", format="matroska", options=options))
        container.metadata.update(_facts(sources))
        container.set_chapters(chapters)
        outputs = _add_streams(container, stays)
        manifest = (directory / "manifest.jsonl").read_bytes()
        container.add_attachment("manifest.jsonl", "application/jsonl", manifest)
        _copy(container, stays, outputs, sources.length_s, on_progress)
    on_progress(1.0)
    stored = stored_path(output, encrypt)
    return MultitrackResult(
        path=str(stored),
        duration_s=sources.length_s,
        tracks=len({id(stream) for stream in outputs.values()}),
        chapters=len(chapters),
        bytes=stored.stat().st_size,
    )


def _facts(sources: Sources) -> dict[str, str]:
    return {"title": sources.entry.title, "RECORDING_ID": sources.entry.id, "RECORDING_SEAL": sources.entry.seal}


def _add_streams(container: Any, stays: list[_Stay]) -> dict[tuple[int, str], Any]:
    """The output stream of each (stay, "video" or "audio")."""
    outputs: dict[tuple[int, str], Any] = {}
    ends: dict[int, float] = {}  # by output stream: until when it is taken
    signs: dict[int, tuple[object, ...]] = {}
    counts: dict[tuple[str, str], int] = {}
    for index, stay in enumerate(stays):
        for kind in ("video", "audio"):
            streams = getattr(stay.container.streams, kind)
            if not streams:
                continue
            sign = _sign(stay.source, kind, streams[0])
            fits = (
                stream
                for stream in {id(each): each for each in outputs.values()}.values()
                if signs[id(stream)] == sign and ends[id(stream)] <= stay.source.offset_s
            )
            stream = next(fits, None)
            if stream is None:
                stream = container.add_stream_from_template(streams[0])
                number = counts[stay.source.tile, kind] = counts.get((stay.source.tile, kind), 0) + 1
                again = f" ({number})" if number > 1 else ""
                stream.metadata.update({"title": stay.source.title + again, "language": LANGUAGE})
                signs[id(stream)] = sign
            outputs[index, kind] = stream
            ends[id(stream)] = stay.source.until_s
    return outputs


def _sign(source: TrackSource, kind: str, stream: Any) -> tuple[object, ...]:
    """What must be the same for two stays to be one track."""
    context = stream.codec_context
    if kind == "audio":
        return source.tile, kind, context.name, context.sample_rate, context.layout.name
    return source.tile, kind, context.name, context.width, context.height, context.extradata


def _copy(
    container: Any,
    stays: list[_Stay],
    outputs: dict[tuple[int, str], Any],
    length_s: float,
    on_progress: Callable[[float], None],
) -> None:
    """All packets in order of time."""
    told = 0.0
    last: dict[int, int] = {}
    streams = [_packets(index, stay) for index, stay in enumerate(stays)]
    for at, index, _, packet in heapq.merge(*streams, key=lambda each: each[:3]):
        stream = outputs[index, packet.stream.type]
        start = max(at, last.get(id(stream), -1) + 1)  # where one stay follows another, and in no other case
        last[id(stream)] = start
        packet.stream = stream
        packet.time_base = BASE
        packet.pts = packet.dts = start
        container.mux_one(packet)
        if start / 48_000 - told >= 1.0:
            told = start / 48_000
            on_progress(min(1.0, told / max(length_s, 1e-3)))


def _packets(index: int, stay: _Stay) -> Iterator[tuple[int, int, int, Any]]:
    """(start in 1/48000 s from the recording's beginning, index, number, packet)."""
    for number, packet in enumerate(stay.container.demux()):
        if packet.pts is None or packet.size == 0:
            continue
        start = stay.source.offset_s + float(packet.pts * packet.time_base)
        if packet.duration:
            packet.duration = round(float(packet.duration * packet.time_base) * 48_000)
        yield max(0, round(start * 48_000)), index, number, packet
