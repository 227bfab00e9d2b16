"""Matroska/WebM files from frames as they came: no encoder, no decoder (PyAV)."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from recorder.depacketize.frames import Frame
from recorder.depacketize.voice import Voice

VIDEO_BASE = Fraction(1, 90000)
AUDIO_BASE = Fraction(1, 48000)
_NAMES = {"VP8": "vp8", "VP9": "vp9", "H264": "h264", "AV1": "av1"}


def container_for(video_codec: str | None) -> tuple[str, str]:
    """(format, suffix): WebM where the codecs permit it, so that browsers play it; Matroska for H264."""
    return ("matroska", ".mkv") if video_codec == "H264" else ("webm", ".webm")


def _opus_template() -> bytes:
    """An Ogg file whose stream has the OpusHead that a Matroska header needs (RFC 7845 §5.1)."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=48000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1920), dtype=np.int16), format="s16", layout="stereo")
        frame.sample_rate = 48000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return out.getvalue()


_template: list[bytes] = []


class TrackFile:
    """One file with at most one video and one audio track. Times are seconds from the file's zero."""

    def __init__(self, path: Path, *, video: tuple[str, int, int] | None, audio: bool, title: str) -> None:
        """`video`: (codec name, width, height) of the first key frame."""
        self.path = path
        self.duration_s = 0.0
        name, _ = container_for(video[0] if video else None)
        self._container: Any = av.open(str(path), "w", format=name, options={"cluster_time_limit": "1000"})
        self._container.metadata["title"] = title
        self._video: Any = None
        self._audio: Any = None
        self._template: Any = None
        if video is not None:
            codec, width, height = video
            self._video = self._container.add_mux_stream(
                _NAMES[codec], rate=30, width=width, height=height, time_base=VIDEO_BASE
            )
        if audio:
            if not _template:
                _template.append(_opus_template())
            self._template = av.open(io.BytesIO(_template[0]), format="ogg")
            self._audio = self._container.add_stream_from_template(self._template.streams.audio[0])
        self._last_video = -1
        self._last_audio = -1

    def write_frame(self, frame: Frame, at_s: float) -> bool:
        """A video frame; False if it is not later than the one before (then it is left out)."""
        pts = round(at_s * 90000)
        if pts <= self._last_video or self._video is None:
            return False
        self._last_video = pts
        self._write(self._video, frame.data, pts, VIDEO_BASE, keyframe=frame.keyframe, duration=0)
        self.duration_s = max(self.duration_s, at_s)
        return True

    def write_voice(self, voice: Voice, at_s: float) -> bool:
        """An Opus packet; False if it is not later than the one before."""
        pts = round(at_s * 48000)
        if pts <= self._last_audio or self._audio is None:
            return False
        self._last_audio = pts
        self._write(self._audio, voice.data, pts, AUDIO_BASE, keyframe=True, duration=voice.samples)
        self.duration_s = max(self.duration_s, at_s + voice.samples / 48000)
        return True

    def _write(self, stream: Any, data: bytes, pts: int, base: Fraction, *, keyframe: bool, duration: int) -> None:
        packet = av.Packet(data)
        packet.stream = stream
        packet.pts = packet.dts = pts
        packet.time_base = base
        packet.is_keyframe = keyframe
        if duration:
            packet.duration = duration
        self._container.mux(packet)

    def close(self) -> None:
        """Finish the file: its duration and its index."""
        self._container.close()
        if self._template is not None:
            self._template.close()
