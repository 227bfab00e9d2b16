"""An hour in virtual time with clocks that drift: sound and picture of all endpoints stay within 40 ms."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from benchmarks.clip import make_clip
from recorder.completion import complete
from recorder.journal import RTP_HEAD, SENDER_REPORT, RecordType, build_json, build_record
from recorder.keys import load_or_make_key
from tests.recorder.made import PUBLICATIONS, SETTINGS, Part

HOUR_S = 3600
EVENT_EVERY_S = 10  # a picture and a voice packet at once: flash and beep
VOICE_EVERY_S = 0.5  # sparse, so that an hour is quick: the clocks are what is tested


class Endpoint:
    """A microphone and a camera whose clocks run `audio_ppm` and `video_ppm` fast, and a clock that is `skew_s` off and
    runs `ppm` fast."""

    def __init__(self, number: int, *, ppm: float, audio_ppm: float, video_ppm: float, skew_s: float) -> None:
        self.name = f"e{number}"
        self.identifiers = (2 * number + 1, 2 * number + 2)
        self._ppm, self._skew_s = ppm, skew_s
        self._rates = (90_000 * (1 + video_ppm * 1e-6), 48_000 * (1 + audio_ppm * 1e-6))
        self._delay_s = 0.02 + 0.01 * number
        self._sequences = [65_000, 65_000]
        self._clip = make_clip(number, ("q",))

    def _timestamp(self, kind: int, at_s: float) -> int:
        return (4_294_000_000 + round(self._rates[kind] * at_s)) & 0xFFFFFFFF

    def publications(self, at_s: float) -> bytes:
        records = b""
        for identifier, (_, source, kind, codec) in zip(self.identifiers, PUBLICATIONS, strict=True):
            facts = {"publication": identifier, "endpoint_id": self.name, "stay": f"1-{self.name}", "source": source}
            records += build_json(RecordType.PUBLICATION, {**facts, "kind": kind, "codecs": [codec]}, arrival_s=at_s)
        return records

    def reports(self, begun_s: float, at_s: float, jitter_s: float) -> bytes:
        records = b""
        ntp = int((3_900_000_000 + self._skew_s + at_s * (1 + self._ppm * 1e-6)) * (1 << 32))
        for kind, identifier in enumerate(self.identifiers):
            body = SENDER_REPORT.pack(identifier, identifier, ntp, self._timestamp(kind, at_s))
            arrival_s = begun_s + at_s + self._delay_s + jitter_s
            records += build_record(RecordType.SENDER_REPORT, body, arrival_s=arrival_s)
        return records

    def media(self, kind: int, begun_s: float, at_s: float) -> bytes:
        """A key frame, or a voice packet, captured `at_s` after the beginning."""
        identifier = self.identifiers[kind]
        pieces = [b"\x10" + self._clip.video["q"][0][0], *(b"\x00" + each for each in self._clip.video["q"][0][1:])]
        records = b""
        for index, payload in enumerate(pieces if kind == 0 else [self._clip.audio[0]]):
            marker = 0x80 if kind == 0 and index == len(pieces) - 1 else 0
            head = bytes((0x80, marker | (96, 111)[kind])) + (self._sequences[kind] & 0xFFFF).to_bytes(2, "big")
            head += self._timestamp(kind, at_s).to_bytes(4, "big") + identifier.to_bytes(4, "big")
            self._sequences[kind] += 1
            body = RTP_HEAD.pack(identifier) + head + payload
            arrival_s = begun_s + at_s + self._delay_s + (0.03 if kind else 0.0)
            records += build_record(RecordType.RTP, body, arrival_s=arrival_s)
        return records


def record_an_hour(data: Path, endpoints: list[Endpoint]) -> Path:
    part = Part(data)
    begun_s = part.sender.begun_s
    for endpoint in endpoints:
        part.put(endpoint.publications(begun_s), begun_s)
    records = b""
    for step in range(round(HOUR_S / VOICE_EVERY_S)):
        at_s = step * VOICE_EVERY_S
        for endpoint in endpoints:
            if at_s % 5 == 0:
                records += endpoint.reports(begun_s, at_s, jitter_s=0.05 if step % 3 else 0.0)
            if at_s % EVENT_EVERY_S == 0:
                records += endpoint.media(0, begun_s, at_s)
            records += endpoint.media(1, begun_s, at_s)
        if at_s % 60 == 59:
            part.put(records, begun_s + at_s)
            records = b""
    part.put(records, begun_s + HOUR_S)
    part.end()
    complete(part.directory, load_or_make_key(data), SETTINGS, reason="ended")
    return part.directory


def times(path: Path, offset_ms: int, kind: str) -> list[float]:
    """Presentation times on the recording's timeline, seconds."""
    with av.open(str(path)) as container:
        stream: Any = getattr(container.streams, kind)[0]
        return [
            float(packet.pts * Fraction(packet.time_base)) + offset_ms / 1000
            for packet in container.demux(stream)
            if packet.pts is not None
        ]


def test_clocks_100_ppm_off_stay_within_40_ms_for_an_hour(tmp_path: Path) -> None:
    endpoints = [
        Endpoint(0, ppm=0, audio_ppm=100, video_ppm=-100, skew_s=0.0),
        Endpoint(1, ppm=100, audio_ppm=-100, video_ppm=100, skew_s=7.3),
        Endpoint(2, ppm=-100, audio_ppm=0, video_ppm=0, skew_s=-86_400.0),
    ]
    directory = record_an_hour(tmp_path, endpoints)
    lines = [json.loads(line) for line in (directory / "manifest.jsonl").read_bytes().splitlines()]
    tracks = [line for line in lines if line["type"] == "track"]
    assert len(tracks) == 3
    flashes = [times(directory / track["path"], track["offset_ms"], "video") for track in tracks]
    beeps = [times(directory / track["path"], track["offset_ms"], "audio") for track in tracks]
    expected = HOUR_S // EVENT_EVERY_S
    for picture, voice in zip(flashes, beeps, strict=True):
        assert len(picture) == expected
        offsets = [min(abs(beep - flash) for beep in voice) for flash in picture]
        assert max(offsets) <= 0.040
    for event in range(expected):
        moments = [picture[event] for picture in flashes]
        assert max(moments) - min(moments) <= 0.040
    assert max(abs(picture[-1] - picture[0] - (HOUR_S - EVENT_EVERY_S)) for picture in flashes) <= 0.040
