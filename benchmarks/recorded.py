"""A sealed recording of synthetic endpoints, written in virtual time by the recorder's own writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.clip import FPS, LAYERS, Clip, load_clip
from config.models import RecordingSettings
from recorder.batch import look_through
from recorder.completion import complete
from recorder.journal import RTP_HEAD, RecordType, build_json, build_record
from recorder.keys import load_or_make_key
from recorder.manifest import ManifestWriter
from recorder.readme import write_readme
from recorder.segment import SegmentFacts
from recorder.writer import JournalWriter, WriterLimits

BEGUN_S = 1000.0
WALL_OFFSET_US = 1_767_000_000_000_000
TURN_S = 7.0  # the floor goes round
LIMITS = WriterLimits(sync_interval_s=3600.0, segment_seconds=60.0, segment_bytes=256 << 20)
VIDEO = {"name": "VP8", "payload_type": 96, "clock_rate_hz": 90_000, "channels": 1, "fmtp": {}}
AUDIO = {"name": "opus", "payload_type": 111, "clock_rate_hz": 48_000, "channels": 2, "fmtp": {}}
NAMES = (
    "Trụ sở tiếp công dân tỉnh",
    "Xã Đô Lương",
    "Phường Trường Vinh",
    "Xã Mường Xén",
    "Xã Quỳ Châu",
    "Xã Nghĩa Đàn",
)


class _Endpoint:
    """One camera and one microphone as RTP."""

    def __init__(self, number: int, clip: Clip, layer: str) -> None:
        self.id = f"e{number}"
        self._ids = 2 * number + 1, 2 * number + 2
        self._clip, self._layer = clip, layer
        self._sequences = [0, 0]

    def begin(self) -> Iterator[bytes]:
        """The publications' records."""
        rows = (("camera", "video", VIDEO), ("microphone", "audio", AUDIO))
        for identifier, (source, kind, codec) in zip(self._ids, rows, strict=True):
            facts = {"publication": identifier, "endpoint_id": self.id, "stay": f"1-{self.id}"}
            facts |= {"source": source, "kind": kind, "codecs": [codec]}
            yield build_json(RecordType.PUBLICATION, facts, arrival_s=BEGUN_S)

    def frame(self, index: int) -> Iterator[bytes]:
        """The records of one picture and of the two voice packets with it."""
        frames = self._clip.video[self._layer]
        pieces = frames[index % len(frames)]
        at_s = BEGUN_S + index / FPS
        for position, piece in enumerate(pieces):
            last = position == len(pieces) - 1
            descriptor = bytes((0x10 if position == 0 else 0,))
            yield self._packet(0, 96 | (0x80 if last else 0), round(90_000 * index / FPS), descriptor + piece, at_s)
        for half in (0, 1):
            number = 2 * index + half
            payload = self._clip.audio[number % len(self._clip.audio)]
            yield self._packet(1, 111, 960 * number, payload, at_s + 0.02 * half)

    def _packet(self, kind: int, second: int, timestamp: int, payload: bytes, at_s: float) -> bytes:
        head = bytes((0x80, second)) + (self._sequences[kind] & 0xFFFF).to_bytes(2, "big")
        head += (timestamp & 0xFFFFFFFF).to_bytes(4, "big") + self._ids[kind].to_bytes(4, "big")
        self._sequences[kind] += 1
        return build_record(RecordType.RTP, RTP_HEAD.pack(self._ids[kind]) + head + payload, arrival_s=at_s)


def make_recording(data: Path, *, endpoints: int, seconds: float, layer: str) -> tuple[Path, str]:
    """(the directory DATA/recordings/bench, size and rate of each camera)."""
    directory = data / "recordings" / "bench"
    directory.mkdir(parents=True)
    write_readme(directory)
    key = load_or_make_key(data)
    rooms = [_Endpoint(number, load_clip(number, (layer,)), layer) for number in range(endpoints)]
    names = {room.id: NAMES[number % len(NAMES)] for number, room in enumerate(rooms)}
    facts = {"session_id": "bench", "title": "Bench", "endpoints": names, "wall_offset_us": WALL_OFFSET_US, "part": 1}
    manifest = ManifestWriter(directory, key)
    manifest.begin("part", part=1, session=facts, boot="", wall_ms=1)
    segment = SegmentFacts(session_id="bench", part=1, wall_offset_us=WALL_OFFSET_US)
    writer = JournalWriter(directory, manifest, LIMITS, segment, now=BEGUN_S)
    first = build_json(RecordType.PART, facts, arrival_s=BEGUN_S)
    writer.append(look_through(first + b"".join(each for room in rooms for each in room.begin())), now=BEGUN_S)
    for index in range(round(seconds * FPS)):
        now = BEGUN_S + index / FPS
        records = b"".join(each for room in rooms for each in room.frame(index))
        if index % round(TURN_S * FPS) == 0:
            speaker = rooms[round(index / FPS / TURN_S) % len(rooms)].id
            records += build_json(RecordType.EVENT, {"kind": "speak", "endpoint_id": speaker}, arrival_s=now)
        writer.append(look_through(records), now=now)
        writer.tick(now=now)
    writer.close(now=BEGUN_S + seconds)
    manifest.append("part_end", reason="end", wall_ms=2)
    manifest.close()
    complete(directory, key, RecordingSettings(), reason="ended")
    width, height, rate = next((width, height, rate) for rid, width, height, rate in LAYERS if rid == layer)
    return directory, f"VP8 {width}x{height}, {rate / 1e6:.2f} Mb/s"
