"""Tracks cut to a range, nothing transcoded: pictures from the key frame before it, sound from its beginning on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from recorder.cipher import DataKey
from recorder.derived_file import derived_file
from recorder.track_source import TrackSource

Timed = tuple[Any, float, Any]  # input stream, seconds from the recording's beginning, packet
LEAD_S = 30.0  # so far before the range a key frame is looked for; the recorder asks for one each 10 s


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTrack:
    """A file written. Times in seconds from the recording's beginning."""

    path: Path
    offset_s: float
    until_s: float
    video: bool
    audio: bool


def key_frame_before(source: TrackSource, at_s: float) -> float | None:
    """When the last key frame at or before `at_s` was, from the recording's beginning; None if there is none."""
    found = None
    with source.open() as container:
        for stream, start, packet in _packets(container, source.offset_s, at_s):
            if start > at_s:
                break
            if stream.type == "video" and packet.is_keyframe:
                found = start
    return found


def cut_track(
    source: TrackSource, output: Path, *, from_s: float, to_s: float, encrypt: DataKey | None = None
) -> CutTrack | None:
    """Write what lies within the range; None if nothing does. `encrypt`: the file is encrypted by it, and named so.

    Raises OSError, KeyUnavailable, av.error.FFmpegError.
    """
    with source.open() as container:
        kept = _kept(_packets(container, source.offset_s, from_s), from_s, to_s)
        if not kept:
            return None
        with derived_file(output, encrypt) as target:
            return _write(kept, target, output, source.title)


def _write(kept: list[Timed], target: Any, output: Path, title: str) -> CutTrack:
    zero = min(start for _, start, _ in kept)
    until = max(start for _, start, _ in kept)
    format_name = "webm" if ".webm" in output.name else "matroska"
    options = {"cluster_time_limit": "1000", "avoid_negative_ts": "disabled"}
    kinds = {stream.type for stream, _, _ in kept}
    with av.open(target, "w", format=format_name, options=options) as container:
        container.metadata["title"] = title
        streams = {stream.index: stream for stream, _, _ in kept}
        outputs = {index: container.add_stream_from_template(streams[index]) for index in sorted(streams)}
        for stream, start, packet in kept:
            packet.pts = packet.dts = round((start - zero) / packet.time_base)
            packet.stream = outputs[stream.index]
            container.mux_one(packet)
    return CutTrack(path=output, offset_s=zero, until_s=until, video="video" in kinds, audio="audio" in kinds)


def _kept(packets: Iterator[Timed], from_s: float, to_s: float) -> list[Timed]:
    """In order of time."""
    lead: list[Timed] = []  # pictures since the last key frame before the range
    kept: list[Timed] = []
    begun = False
    for stream, start, packet in packets:
        if start >= to_s:
            continue
        if stream.type == "video":
            if packet.is_keyframe and start <= from_s:
                lead, begun = [], True
            if start < from_s or (begun and start <= from_s):
                lead.append((stream, start, packet))
            elif begun or packet.is_keyframe:
                begun = True
                kept.append((stream, start, packet))
        elif start >= from_s:
            kept.append((stream, start, packet))
    lead = lead if any(packet.is_keyframe for _, _, packet in lead) else []
    return sorted([*lead, *kept], key=lambda each: each[1])


def _packets(container: Any, offset_s: float, at_s: float) -> Iterator[Timed]:
    """From some time before `at_s` on, to the end. They are good while the container is open."""
    back_s = at_s - offset_s - LEAD_S
    if back_s > 0:
        container.seek(int(back_s * 1_000_000))  # to a key frame before that
    for packet in container.demux():
        if packet.pts is not None and packet.size:
            yield packet.stream, offset_s + float(packet.pts * packet.time_base), packet
