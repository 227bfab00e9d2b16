"""A track whose picture changes its size when the recorder switches layers."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from recorder.completion import complete
from recorder.journal import RTP_HEAD, SENDER_REPORT, RecordType, build_record
from recorder.keys import load_or_make_key
from tests.recorder.made import SETTINGS, Part
from tests.recorder.streams import CAMERA, Sender

LAYERS = (("q", 11, 4_294_960_000), ("h", 21, 77_000))


def test_a_track_goes_on_through_a_change_of_size(tmp_path: Path) -> None:
    part = Part(tmp_path)
    sender: Sender = part.sender
    for _, ssrc, offset in LAYERS:
        for second in range(8):
            timestamp = (offset + 90_000 * second) & 0xFFFFFFFF
            report = SENDER_REPORT.pack(CAMERA, ssrc, sender.ntp(second), timestamp)
            at_s = sender.begun_s + second + 0.03
            part.put(build_record(RecordType.SENDER_REPORT, report, arrival_s=at_s), at_s)
    for index in range(200):
        rid, ssrc, offset = LAYERS[index // 100]
        for packet in sender.video(index, rid=rid, ssrc=ssrc, offset=offset):
            body = RTP_HEAD.pack(CAMERA) + packet.data
            part.put(build_record(RecordType.RTP, body, arrival_s=packet.arrival_s), packet.arrival_s)
    part.end()
    complete(part.directory, load_or_make_key(tmp_path), SETTINGS, reason="ended")
    (path,) = (part.directory / "tracks").iterdir()
    with av.open(str(path)) as container:
        frames: list[Any] = list(container.decode(video=0))
    sizes = [(frame.width, frame.height) for frame in frames]
    assert sizes == [(320, 180)] * 100 + [(640, 360)] * 100
    moments = [float(frame.time) for frame in frames]
    steps = [later - earlier for earlier, later in pairwise(moments)]
    assert max(abs(step - 0.04) for step in steps) < 0.002, "no jump where the layer changes"
