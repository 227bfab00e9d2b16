"""Two hours in virtual time, clocks that drift apart, jitter, loss and a return: all stay within 40 ms of each other.

Through the journal, the survey, the muxer and the files as a player reads them.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from benchmarks.clip import Clip
from recorder.completion import complete
from recorder.journal import RTP_HEAD, SENDER_REPORT, RecordType, build_json, build_record
from recorder.keys import load_or_make_key
from recorder.verify import verify
from tests.recorder.made import PUBLICATIONS, SETTINGS, Part
from tests.recorder.streams import usual_clip

EVENT_EVERY_S = 10  # a picture and a voice packet at once: flash and beep
VOICE_EVERY_S = 0.5  # sparse, so that hours are quick: the clocks are what is tested
REPORT_EVERY_S = 5
TOLERANCE_S = 0.040


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How fast an endpoint's clocks run, ppm: its NTP clock, its microphone, its camera. `skew_s`: how far its clock is
    off; `delay_s`: the shortest way to the server; `jitter_s`: how much longer the way may take."""

    ppm: float
    audio_ppm: float
    video_ppm: float
    skew_s: float
    delay_s: float = 0.02
    jitter_s: float = 0.06


class Endpoint:
    """A microphone and a camera, from a moment to another. A stay after a return has numbers and offsets of its own."""

    def __init__(self, number: int, name: str, clocks: Clocks, *, from_s: float, to_s: float) -> None:
        self.name, self.stay = name, f"1-{number + 10}"
        self.from_s, self.to_s = from_s, to_s
        self.identifiers = (2 * number + 11, 2 * number + 12)
        self._clocks = clocks
        self._rates = (90_000 * (1 + clocks.video_ppm * 1e-6), 48_000 * (1 + clocks.audio_ppm * 1e-6))
        self._chance = random.Random(number)
        self._offsets = [self._chance.randrange(1 << 32) for _ in range(2)]
        self._sequences = [self._chance.randrange(1 << 16) for _ in range(2)]
        self._clip: Clip = usual_clip()
        self.whole: list[float] = []  # events of which every packet came

    def _way_s(self) -> float:
        """Mostly near the shortest, now and then far from it."""
        return self._clocks.delay_s + min(self._clocks.jitter_s, self._chance.expovariate(5 / self._clocks.jitter_s))

    def _timestamp(self, kind: int, at_s: float) -> int:
        return (self._offsets[kind] + round(self._rates[kind] * at_s)) & 0xFFFFFFFF

    def publications(self, at_s: float) -> list[tuple[float, bytes]]:
        records = []
        for identifier, (_, source, kind, codec) in zip(self.identifiers, PUBLICATIONS, strict=True):
            facts = {"publication": identifier, "endpoint_id": self.name, "stay": self.stay, "source": source}
            record = build_json(RecordType.PUBLICATION, {**facts, "kind": kind, "codecs": [codec]}, arrival_s=at_s)
            records.append((at_s, record))
        return records

    def reports(self, begun_s: float, at_s: float, *, loss: float) -> list[tuple[float, bytes]]:
        records = []
        ntp = int((3_900_000_000 + self._clocks.skew_s + at_s * (1 + self._clocks.ppm * 1e-6)) * (1 << 32))
        for kind, identifier in enumerate(self.identifiers):
            if self._chance.random() < loss:
                continue
            body = SENDER_REPORT.pack(identifier, identifier, ntp, self._timestamp(kind, at_s))
            arrival_s = begun_s + at_s + self._way_s()
            records.append((arrival_s, build_record(RecordType.SENDER_REPORT, body, arrival_s=arrival_s)))
        return records

    def media(self, kind: int, begun_s: float, at_s: float, *, loss: float) -> list[tuple[float, bytes]]:
        """A key frame, or a voice packet, captured `at_s` after the beginning."""
        identifier = self.identifiers[kind]
        frame = self._clip.video["q"][0]
        pieces = [b"\x10" + frame[0], *(b"\x00" + each for each in frame[1:])] if kind == 0 else [self._clip.audio[0]]
        records = []
        for index, payload in enumerate(pieces):
            marker = 0x80 if kind == 0 and index == len(pieces) - 1 else 0
            head = bytes((0x80, marker | (96, 111)[kind])) + (self._sequences[kind] & 0xFFFF).to_bytes(2, "big")
            head += self._timestamp(kind, at_s).to_bytes(4, "big") + identifier.to_bytes(4, "big")
            self._sequences[kind] += 1
            if self._chance.random() >= loss:
                arrival_s = begun_s + at_s + self._way_s() + (0.03 if kind else 0.0)
                body = RTP_HEAD.pack(identifier) + head + payload
                records.append((arrival_s, build_record(RecordType.RTP, body, arrival_s=arrival_s)))
        if kind == 0 and len(records) == len(pieces):
            self.whole.append(at_s)
        return records


def record(data: Path, endpoints: list[Endpoint], hours: float, *, loss: float) -> Path:
    """In the order of arrival, minute by minute."""
    part = Part(data)
    begun_s = part.sender.begun_s
    records: list[tuple[float, bytes]] = []
    for step in range(round(3600 * hours / VOICE_EVERY_S)):
        at_s = step * VOICE_EVERY_S
        for endpoint in endpoints:
            if not endpoint.from_s <= at_s < endpoint.to_s:
                continue
            if at_s == endpoint.from_s:
                records += endpoint.publications(begun_s + at_s)
            if at_s % REPORT_EVERY_S == 0:
                records += endpoint.reports(begun_s, at_s, loss=loss)
            if at_s % EVENT_EVERY_S == 0:
                records += endpoint.media(0, begun_s, at_s, loss=loss)
            records += endpoint.media(1, begun_s, at_s, loss=loss)
        if at_s % 60 == 59:
            records.sort(key=lambda each: each[0])
            part.put(b"".join(each for _, each in records), begun_s + at_s)
            records = []
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


def check_together(directory: Path, endpoints: list[Endpoint]) -> None:
    """Each picture beside its voice, and the same moment of all endpoints beside each other."""
    lines = [json.loads(line) for line in (directory / "manifest.jsonl").read_bytes().splitlines()]
    tracks = [line for line in lines if line["type"] == "track"]
    assert [track["endpoint_id"] for track in tracks] == [endpoint.name for endpoint in endpoints]
    moments: dict[float, list[float]] = {}
    for endpoint, track in zip(endpoints, tracks, strict=True):
        pictures = times(directory / track["path"], track["offset_ms"], "video")
        voices = times(directory / track["path"], track["offset_ms"], "audio")
        assert len(pictures) == len(endpoint.whole)
        offsets = [min((abs(voice - picture) for voice in voices), default=9.0) for picture in pictures]
        heard = [offset for offset in offsets if offset < VOICE_EVERY_S / 2]
        assert len(heard) >= 0.97 * len(pictures), "what was not lost"
        assert max(heard) <= TOLERANCE_S
        for at_s, picture in zip(endpoint.whole, pictures, strict=True):
            moments.setdefault(at_s, []).append(picture)
    apart = [max(found) - min(found) for found in moments.values()]
    assert len([found for found in moments.values() if len(found) >= 3]) > 0.8 * len(moments)
    assert max(apart) <= TOLERANCE_S, max(apart)
    moved = [sum(found) / len(found) - at_s for at_s, found in moments.items()]
    assert max(moved) - min(moved) <= TOLERANCE_S, "nor does the whole drift from our clock"


@pytest.mark.parametrize(("hours", "loss"), [(1.0, 0.0), (2.0, 0.01)], ids=["an hour", "two hours with loss"])
def test_clocks_100_ppm_off_stay_within_40_ms(tmp_path: Path, hours: float, loss: float) -> None:
    end_s = 3600 * hours
    fast = Clocks(ppm=100, audio_ppm=-100, video_ppm=100, skew_s=7.3, delay_s=0.03)
    endpoints = [
        Endpoint(0, "e1", Clocks(ppm=0, audio_ppm=100, video_ppm=-100, skew_s=0.0), from_s=0, to_s=end_s),
        Endpoint(1, "e2", fast, from_s=0, to_s=end_s / 2),
        Endpoint(2, "e3", Clocks(ppm=-100, audio_ppm=0, video_ppm=0, skew_s=-86_400.0), from_s=0, to_s=end_s),
        Endpoint(3, "e4", Clocks(ppm=100, audio_ppm=100, video_ppm=100, skew_s=-1.0), from_s=600, to_s=end_s),
        Endpoint(4, "e2", fast, from_s=end_s / 2 + 90, to_s=end_s),  # it came back
    ]
    directory = record(tmp_path, endpoints, hours, loss=loss)
    assert verify(directory).verdict == "whole"
    check_together(directory, endpoints)


def test_a_clock_that_is_set_right_in_the_middle_is_followed(tmp_path: Path) -> None:
    """NTP steps the sender's clock by two seconds: pictures and voices step together and are right after a minute."""
    it = Endpoint(0, "e1", Clocks(ppm=20, audio_ppm=30, video_ppm=-30, skew_s=-2.0), from_s=0, to_s=600)
    other = Endpoint(1, "e2", Clocks(ppm=0, audio_ppm=0, video_ppm=0, skew_s=0.0), from_s=0, to_s=600)
    stepped = it.reports

    def reports(begun_s: float, at_s: float, *, loss: float) -> list[tuple[float, bytes]]:
        if at_s == 300:
            it._clocks = Clocks(ppm=20, audio_ppm=30, video_ppm=-30, skew_s=0.0)
        return stepped(begun_s, at_s, loss=loss)

    it.reports = reports  # type: ignore[method-assign]
    directory = record(tmp_path, [it, other], 1 / 6, loss=0.0)
    lines = [json.loads(line) for line in (directory / "manifest.jsonl").read_bytes().splitlines()]
    tracks = [line for line in lines if line["type"] == "track"]
    found = [times(directory / track["path"], track["offset_ms"], "video") for track in tracks]
    right = [abs(ours - theirs) for ours, theirs in zip(*found, strict=True)]
    assert max(right[:23] + right[37:]) <= TOLERANCE_S, "all but a minute around the step"
    voices = times(directory / tracks[0]["path"], tracks[0]["offset_ms"], "audio")
    beside = [min(abs(voice - picture) for voice in voices) for picture in found[0]]
    assert max(beside) <= TOLERANCE_S, "picture and voice stay together all the time"
