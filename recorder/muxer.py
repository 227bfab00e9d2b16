"""Matroska/WebM files from frames as they came: no encoder, no decoder (PyAV)."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from recorder.cipher import DataKey
from recorder.depacketize.frames import Frame
from recorder.depacketize.voice import Voice
from recorder.encrypted_file import EncryptingFile

VIDEO_BASE = Fraction(1, 90000)
AUDIO_BASE = Fraction(1, 48000)
# bitexact: no random track ids, so that the same journal gives the same bytes.
FINAL_OPTIONS = {"cluster_time_limit": "1000", "fflags": "+bitexact"}
# One silent track would hold the other back for ten seconds.
LIVE_OPTIONS = {"cluster_time_limit": "500", "flush_packets": "1", "live": "1", "max_interleave_delta": "1000000"}
FRAME_STEP = 90  # a millisecond: what Matroska can tell apart
BACKWARD_S = 0.5  # a picture whose time is so little before the last one's is shown just after it; others need it
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

    def __init__(
        self,
        path: Path,
        *,
        video: tuple[str, int, int] | None,
        audio: bool,
        title: str,
        key: DataKey | None = None,
        live: bool = False,
    ) -> None:
        """`video`: (codec name, width, height) of the first key frame; `key`: encrypts what is written; `live`: it
        can be played while it grows, and has no index at its end."""
        self.path = path
        self.duration_s = 0.0
        name, _ = container_for(video[0] if video else None)
        self._target: Any = EncryptingFile(path, key) if key is not None else None
        self._container: Any = av.open(
            self._target or str(path), "w", format=name, options=LIVE_OPTIONS if live else FINAL_OPTIONS
        )
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
        self._last_video = -FRAME_STEP
        self._last_audio = -1

    @property
    def has_video(self) -> bool:
        """Whether it has a video track."""
        return self._video is not None

    @property
    def has_audio(self) -> bool:
        """Whether it has an audio track."""
        return self._audio is not None

    def write_frame(self, frame: Frame, at_s: float) -> bool:
        """A video frame; False if it belongs well before the last one (then it is left out)."""
        pts = round(at_s * 90000)
        if self._video is None or pts < self._last_video - BACKWARD_S * 90000:
            return False
        pts = max(pts, self._last_video + FRAME_STEP)
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

    def flush(self) -> None:
        """What was written lies in the file; a live one can be read so far. Raises OSError."""
        if self._target is not None:
            self._target.flush()

    def close(self) -> None:
        """Finish the file: its duration and its index."""
        self._container.close()
        if self._target is not None:
            self._target.close()
        if self._template is not None:
            self._template.close()
