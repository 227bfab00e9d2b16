"""Synthetic endpoints whose picture flashes and whose sound beeps at known moments, and how to find both again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from recorder.completion import complete
from recorder.journal import RTP_HEAD, SENDER_REPORT, RecordType, build_json, build_record
from recorder.keys import load_or_make_key
from tests.recorder.made import PUBLICATIONS, SETTINGS, Part

FPS = 25
PERIOD_S = 1.0
LONG_S = 0.08
WIDTH, HEIGHT = 256, 144
NAMES = {"e0": "Trụ sở tiếp công dân tỉnh", "e1": "Xã Đô Lương", "e2": "Phường Trường Vinh", "e3": "Xã Mường Xén"}


def pitch_hz(number: int) -> int:
    """Each endpoint's own."""
    return 600 + 500 * number


@dataclass(slots=True)
class FlashingEndpoint:
    """Flashes and beeps at phase_s, phase_s + 1 s, … of the recording, while it is there. stays: (from_s, until_s)."""

    number: int
    stays: list[tuple[float, float]]
    skew_s: float = 0.0
    reports: bool = True
    records: list[tuple[float, bytes]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"e{self.number}"

    @property
    def phase_s(self) -> float:
        return 0.2 + 0.16 * self.number

    def moments(self) -> list[float]:
        """When it flashes and beeps, where it is there for long enough to be seen."""
        found = []
        for from_s, until_s in self.stays:
            at = self.phase_s
            while at + LONG_S < until_s:
                if at >= from_s:
                    found.append(round(at, 3))
                at += PERIOD_S
        return found

    def play(self, begun_s: float) -> None:
        """Fill `records`: (arrival, journal record)."""
        for stay, (from_s, until_s) in enumerate(self.stays):
            identifiers = (10 * self.number + 2 * stay + 1, 10 * self.number + 2 * stay + 2)
            self._publish(begun_s + from_s, identifiers, stay)
            self._video(begun_s, identifiers[0], from_s, until_s)
            self._audio(begun_s, identifiers[1], from_s, until_s)

    def _publish(self, at_s: float, identifiers: tuple[int, int], stay: int) -> None:
        for identifier, (_, source, kind, codec) in zip(identifiers, PUBLICATIONS, strict=True):
            facts = {"publication": identifier, "endpoint_id": self.name, "stay": f"1-{self.number}-{stay}"}
            facts |= {"source": source, "kind": kind, "codecs": [codec]}
            self.records.append((at_s, build_json(RecordType.PUBLICATION, facts, arrival_s=at_s)))

    def _video(self, begun_s: float, identifier: int, from_s: float, until_s: float) -> None:
        count = round((until_s - from_s) * FPS)
        lit = [self._lit(from_s + index / FPS) for index in range(count)]
        sequence = 65_000
        for index, frame in enumerate(pictures(self.number, tuple(lit))):
            at_s = from_s + index / FPS
            timestamp = (4_294_900_000 + round(90_000 * at_s)) & 0xFFFFFFFF
            arrival_s = begun_s + at_s + 0.03
            if index % FPS == 0:
                self._report(begun_s, identifier, at_s, timestamp)
            pieces = [frame[start : start + 1000] for start in range(0, len(frame), 1000)]
            for position, piece in enumerate(pieces):
                marker = 0x80 if position == len(pieces) - 1 else 0
                head = bytes((0x80, marker | 96)) + (sequence & 0xFFFF).to_bytes(2, "big")
                head += timestamp.to_bytes(4, "big") + identifier.to_bytes(4, "big")
                self._packet(identifier, head + bytes((0x10 if position == 0 else 0,)) + piece, arrival_s)
                sequence += 1

    def _audio(self, begun_s: float, identifier: int, from_s: float, until_s: float) -> None:
        for index, packet in enumerate(voice(self.number, from_s, until_s, self.phase_s)):
            at_s = from_s + 0.02 * index
            timestamp = (1_000 + round(48_000 * at_s)) & 0xFFFFFFFF
            if index % 50 == 0:
                self._report(begun_s, identifier, at_s, timestamp)
            head = bytes((0x80, 111)) + (index & 0xFFFF).to_bytes(2, "big")
            head += timestamp.to_bytes(4, "big") + identifier.to_bytes(4, "big")
            self._packet(identifier, head + packet, begun_s + at_s + 0.05)

    def _packet(self, identifier: int, data: bytes, arrival_s: float) -> None:
        body = RTP_HEAD.pack(identifier) + data
        self.records.append((arrival_s, build_record(RecordType.RTP, body, arrival_s=arrival_s)))

    def _report(self, begun_s: float, identifier: int, at_s: float, timestamp: int) -> None:
        if self.reports:
            ntp = int((3_900_000_000 + self.skew_s + at_s) * (1 << 32))
            arrival_s = begun_s + at_s + 0.005
            body = SENDER_REPORT.pack(identifier, identifier, ntp, timestamp)
            self.records.append((arrival_s, build_record(RecordType.SENDER_REPORT, body, arrival_s=arrival_s)))

    def _lit(self, at_s: float) -> bool:
        return (at_s - self.phase_s + 1e-6) % PERIOD_S < LONG_S - 1e-6


@lru_cache(maxsize=8)
def pictures(number: int, lit: tuple[bool, ...]) -> list[bytes]:
    """VP8 frames, a key frame each two seconds: dark, and white where lit."""
    grey = 40 + 10 * number
    with av.open(io.BytesIO(), "w", format="webm") as container:
        options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "threads": "1", "g": str(2 * FPS)}
        stream: Any = container.add_stream("libvpx", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, HEIGHT, "yuv420p", 200_000
        frames = []
        for each in lit:
            array = np.full((HEIGHT * 3 // 2, WIDTH), 128, dtype=np.uint8)
            array[:HEIGHT] = 230 if each else grey
            frames += [bytes(packet) for packet in stream.encode(av.VideoFrame.from_ndarray(array, format="yuv420p"))]
        return frames + [bytes(packet) for packet in stream.encode(None)]


@lru_cache(maxsize=8)
def voice(number: int, from_s: float, until_s: float, phase_s: float) -> list[bytes]:
    """Opus packets of 20 ms: silence, and beeps."""
    time = from_s + np.arange(round((until_s - from_s) * 48_000)) / 48_000
    sounding = (time - phase_s + 1e-6) % PERIOD_S < LONG_S - 1e-6
    samples = (9000 * np.sin(2 * np.pi * pitch_hz(number) * time) * sounding).astype(np.int16)
    packets: list[bytes] = []
    with av.open(io.BytesIO(), "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=48_000, layout="mono")
        stream.bit_rate = 64_000
        for start in range(0, len(samples) - 959, 960):
            frame = av.AudioFrame.from_ndarray(samples[start : start + 960].reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = 48_000
            packets += [bytes(packet) for packet in stream.encode(frame)]
    return packets


def flashing_recording(
    data: Path,
    endpoints: Iterable[FlashingEndpoint],
    *,
    later: Iterable[FlashingEndpoint] = (),
    events: Iterable[tuple[float, dict[str, Any]]] = (),
    encrypted: bool = False,
) -> Path:
    """A sealed recording of them. later: recorded by a second part, after the recorder was killed; events: (seconds
    from the beginning, facts)."""
    endpoints, later = list(endpoints), list(later)
    names = {each.name: NAMES[each.name] for each in [*endpoints, *later]}
    part = Part(data, endpoints=names, encrypted=encrypted)
    begun_s = part.sender.begun_s
    records: list[tuple[float, bytes]] = []
    for at_s, facts in events:
        kind = RecordType.GAP if "cause" in facts else RecordType.EVENT
        records.append((begun_s + at_s, build_json(kind, facts, arrival_s=begun_s + at_s)))
    _record(part, endpoints, begun_s, records)
    if later:
        part.writer.close(now=begun_s + 100)
        part.manifest.close()
        begin = begun_s + min(from_s for each in later for from_s, _ in each.stays)
        part = Part(data, 2, begun_s=begin, endpoints=names, encrypted=encrypted)
        _record(part, later, begun_s, [])
    part.end()
    complete(part.directory, load_or_make_key(data), SETTINGS, reason="ended")
    return part.directory


def _record(part: Part, endpoints: list[FlashingEndpoint], begun_s: float, records: list[tuple[float, bytes]]) -> None:
    for endpoint in endpoints:
        endpoint.records.clear()
        endpoint.play(begun_s)
        records += endpoint.records
    records.sort(key=lambda each: each[0])
    second: list[bytes] = []
    due = records[0][0] + 0.25
    for arrival_s, record in records:
        if arrival_s >= due and second:
            part.put(b"".join(second), due)
            second, due = [], due + 0.25
        second.append(record)
    part.put(b"".join(second), due)


def flashes(stream_of: Any) -> list[float]:
    """When the picture becomes light. stream_of: a video stream."""
    found, was_lit = [], False
    for frame in stream_of.container.decode(stream_of):
        level = np.frombuffer(frame.planes[0], np.uint8).mean()
        if level > 150 and not was_lit:
            found.append(float(frame.time))
        was_lit = level > 120
    return found


def beeps(stream_of: Any, number: int) -> list[float]:
    """When the endpoint's pitch begins to sound. stream_of: an audio stream."""
    pieces = [(float(frame.time), frame.to_ndarray()) for frame in stream_of.container.decode(stream_of)]
    start = pieces[0][0]
    rate = stream_of.codec_context.sample_rate
    length = round((pieces[-1][0] - start) * rate) + pieces[-1][1].shape[1]
    sound = np.zeros(length, dtype=np.float32)
    for at, samples in pieces:
        place = round((at - start) * rate)
        part = samples.mean(axis=0)[: length - place]
        sound[place : place + len(part)] = part
    block = rate // 200  # 5 ms
    usable = len(sound) // block * block
    wave = np.exp(-2j * np.pi * pitch_hz(number) * np.arange(usable) / rate)
    level = np.abs((sound[:usable] * wave).reshape(-1, block).mean(axis=1))
    level = np.convolve(level, np.ones(4) / 4, mode="same")
    loud = level > level.max() * 0.35
    return [start + index * block / rate for index in range(1, len(loud)) if loud[index] and not loud[index - 1]]


def found_share(expected: list[float], found: list[float], *, within_s: float = 0.04) -> float:
    """Which share of the expected moments was found."""
    hits = sum(1 for moment in expected if any(abs(moment - each) <= within_s for each in found))
    return hits / len(expected)
