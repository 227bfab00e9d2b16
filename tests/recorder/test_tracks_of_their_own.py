"""Who comes late, returns, has a second camera or shows a screen gets tracks of their own, on one timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest

from recorder.catalogue import read_entry
from recorder.completion import complete
from recorder.journal import RTP_HEAD, SENDER_REPORT, RecordType, build_json, build_record
from recorder.keys import load_or_make_key
from recorder.verify import verify
from tests.recorder.made import PUBLICATIONS, SETTINGS, Part
from tests.recorder.streams import Sender

VP8 = PUBLICATIONS[0][3]


class Source:
    """One publication that sends pictures or voices from a moment to another (seconds after the beginning)."""

    def __init__(
        self, part: Part, identifier: int, endpoint: str, stay: str, source: str, from_s: float, to_s: float
    ) -> None:
        self._part, self._identifier = part, identifier
        self._facts = {"publication": identifier, "endpoint_id": endpoint, "stay": stay, "source": source}
        self.from_s, self.to_s = from_s, to_s
        self._sender = Sender(begun_s=part.sender.begun_s, sequence=identifier * 7919)
        self._video = source != "microphone"
        self._offset = identifier * 1_000_000_007 & 0xFFFFFFFF
        self._ssrc = 1000 + identifier
        self._first = round(25 * from_s)

    def records(self, index: int) -> bytes:
        """What is due at frame `index`."""
        at_s = self._part.sender.begun_s + index / 25
        if not self.from_s <= index / 25 < self.to_s:
            if index == round(25 * self.to_s):
                return build_json(RecordType.PUBLICATION_ENDED, {"publication": self._identifier}, arrival_s=at_s)
            return b""
        records = b""
        if index == self._first:
            kind, codec = ("video", VP8) if self._video else ("audio", PUBLICATIONS[1][3])
            facts = {**self._facts, "kind": kind, "codecs": [codec]}
            records += build_json(RecordType.PUBLICATION, facts, arrival_s=at_s)
        if index % 25 == 0:
            rate = 90_000 if self._video else 48_000
            timestamp = (self._offset + rate * index // 25) & 0xFFFFFFFF
            report = SENDER_REPORT.pack(self._identifier, self._ssrc, self._sender.ntp(index / 25), timestamp)
            records += build_record(RecordType.SENDER_REPORT, report, arrival_s=at_s + 0.03)
        for packet in self._packets(index):
            body = RTP_HEAD.pack(self._identifier) + packet.data
            records += build_record(RecordType.RTP, body, arrival_s=packet.arrival_s)
        return records

    def _packets(self, index: int) -> list[Any]:
        if not self._video:
            return [self._sender.audio(2 * index + half, offset=self._offset) for half in (0, 1)]
        # Each begins with the clip's key frame, whenever it begins.
        clip_index = index - self._first
        packets = self._sender.video(clip_index, ssrc=self._ssrc, offset=self._offset + 3600 * self._first)
        for packet in packets:
            packet.arrival_s += self._first / 25
        return packets


def record(data: Path, rows: list[tuple[str, str, str, float, float]], seconds: float) -> list[dict[str, Any]]:
    """`rows`: endpoint, stay, source, from, to. The tracks, with what a player finds in them."""
    part = Part(data)
    sources = [Source(part, 10 + number, *row) for number, row in enumerate(rows)]
    for index in range(round(25 * seconds)):
        records = b"".join(source.records(index) for source in sources)
        part.put(records, part.sender.begun_s + index / 25) if records else None
    part.end()
    complete(part.directory, load_or_make_key(data), SETTINGS, reason="ended")
    assert verify(part.directory).verdict == "whole"
    tracks = read_entry(part.directory).tracks
    for track in tracks:
        with av.open(str(part.directory / track["path"])) as container:
            for kind in ("video", "audio"):
                found: list[Any] = list(getattr(container.streams, kind))
                track[f"{kind}_streams"] = len(found)
        if track["video"]:
            with av.open(str(part.directory / track["path"])) as container:
                moments = [track["offset_ms"] / 1000 + float(frame.time or 0) for frame in container.decode(video=0)]
            track["pictures"], track["from_s"], track["to_s"] = len(moments), moments[0], moments[-1]
    return tracks


def test_late_comers_and_who_returns_have_a_file_for_each_stay(tmp_path: Path) -> None:
    tracks = record(
        tmp_path,
        [
            ("e1", "1-1", "camera", 0, 12),
            ("e1", "1-1", "microphone", 0, 12),
            ("late", "1-2", "camera", 5, 12),
            ("late", "1-2", "microphone", 5, 12),
            ("back", "1-3", "camera", 0, 3),
            ("back", "1-4", "camera", 7, 12),
        ],
        12.5,
    )
    rows = {(track["endpoint_id"], round(track["from_s"]), round(track["to_s"])) for track in tracks}
    assert rows == {("e1", 0, 12), ("late", 5, 12), ("back", 0, 3), ("back", 7, 12)}
    for track in tracks:
        expected = {"e1": 0.0, "late": 5.0, "back": 0.0 if track["from_s"] < 5 else 7.0}[track["endpoint_id"]]
        assert track["from_s"] == pytest.approx(expected + 0.03, abs=0.04), "on the recording's timeline"
        assert track["audio_streams"] == (0 if track["endpoint_id"] == "back" else 1)


def test_second_cameras_and_screens_are_tracks_of_their_own(tmp_path: Path) -> None:
    tracks = record(
        tmp_path,
        [
            ("e1", "1-1", "camera", 0, 6),
            ("e1", "1-1", "microphone", 0, 6),
            ("e1", "1-1", "camera2", 1, 6),
            ("e1", "1-1", "screen", 2, 5),
        ],
        6.5,
    )
    assert [(track["source"], track["pictures"], track["audio"]) for track in tracks] == [
        ("room", 150, True),
        ("camera2", 125, False),
        ("screen", 75, False),
    ]
    assert [Path(track["path"]).stem.rpartition("-")[2] for track in tracks[1:]] == ["camera2", "screen"]
    assert [round(track["from_s"]) for track in tracks] == [0, 1, 2]


def test_what_an_endpoint_sends_twice_at_once_is_not_mixed(tmp_path: Path) -> None:
    tracks = record(tmp_path, [("e1", "1-1", "camera", 0, 4), ("e1", "1-1", "camera", 1, 4)], 4.5)
    assert [track["pictures"] for track in tracks] == [100, 75]
    assert len({track["path"] for track in tracks}) == 2


def test_a_screen_shared_again_in_one_stay_goes_on_in_its_file(tmp_path: Path) -> None:
    tracks = record(tmp_path, [("e1", "1-1", "screen", 0, 2), ("e1", "1-1", "screen", 3, 5)], 5.5)
    (track,) = tracks
    assert (track["source"], track["pictures"]) == ("screen", 100)
    assert track["to_s"] == pytest.approx(5.0, abs=0.1)
