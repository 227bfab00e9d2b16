"""Whether a trial recording can be seen and heard."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from recorder.clip_check import check_clip


@pytest.mark.parametrize(("amplitude", "audible"), [(0.3, True), (0.0, False)])
def test_a_clip_is_decoded_from_end_to_end(tmp_path: Path, amplitude: float, audible: bool) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libvpx", rate=25)
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        audio = container.add_stream("libopus", rate=48000)
        for number in range(50):
            picture = av.VideoFrame.from_ndarray(np.full((90, 160, 3), number, dtype=np.uint8), format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 25)
            container.mux(video.encode(picture))
        time = np.arange(96_000) / 48_000
        tone = (amplitude * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
        for start in range(0, tone.size, 960):
            sound = av.AudioFrame.from_ndarray(tone[None, start : start + 960], format="flt", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = 48_000, start, Fraction(1, 48_000)
            container.mux(audio.encode(sound))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    facts = check_clip(path)
    assert facts.pictures == 50
    assert facts.seconds == pytest.approx(1.96, abs=0.05)
    assert facts.fps == pytest.approx(25, rel=0.05)
    assert facts.audible is audible


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.webm"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(av.error.FFmpegError):
        check_clip(path)
