"""Recordings made without processes and clocks: the recorder's own writer, fed in virtual time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.models import RecordingSettings
from recorder.adoption import adopt, interruption
from recorder.batch import look_through
from recorder.completion import complete
from recorder.journal import RTP_HEAD, RecordType, build_json, build_record
from recorder.keys import load_or_make_key
from recorder.manifest import ManifestWriter
from recorder.master_key import Keyring
from recorder.reader import writing_key
from recorder.readme import write_readme
from recorder.second_disk import home_of
from recorder.segment import SegmentFacts
from recorder.writer import JournalWriter, WriterLimits
from tests.recorder.streams import CAMERA, MICROPHONE, Sender

WALL_OFFSET_US = 1_700_000_000_000_000
SETTINGS = RecordingSettings(min_free_mib=16)
LIMITS = WriterLimits(sync_interval_s=3600.0, segment_seconds=2.0, segment_bytes=64 << 20)
PUBLICATIONS = (
    (
        CAMERA,
        "camera",
        "video",
        {"name": "VP8", "payload_type": 96, "clock_rate_hz": 90_000, "channels": 1, "fmtp": {}},
    ),
    (
        MICROPHONE,
        "microphone",
        "audio",
        {"name": "opus", "payload_type": 111, "clock_rate_hz": 48_000, "channels": 2, "fmtp": {}},
    ),
)


def session_facts(part: int, endpoints: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "session_id": "s1",
        "title": "Buổi thử",
        "kind": "rehearsal",
        "endpoints": endpoints or {"e1": "Xã Đô Lương"},
        "wall_offset_us": WALL_OFFSET_US,
        "part": part,
    }


def part_record(part: int, at_s: float, endpoints: dict[str, str] | None = None) -> bytes:
    return build_json(RecordType.PART, session_facts(part, endpoints), arrival_s=at_s)


def publication_records(part: int, at_s: float) -> bytes:
    records = b""
    for identifier, source, kind, codec in PUBLICATIONS:
        facts: dict[str, Any] = {
            "publication": identifier,
            "endpoint_id": "e1",
            "stay": f"{part}-1",
            "source": source,
            "kind": kind,
            "codecs": [codec],
        }
        records += build_json(RecordType.PUBLICATION, facts, arrival_s=at_s)
    return records


def media_records(sender: Sender, frames: Iterable[int]) -> bytes:
    records = bytearray()
    for index in frames:
        packets = [(CAMERA, packet) for packet in sender.video(index)]
        packets += [(MICROPHONE, sender.audio(2 * index + half)) for half in (0, 1)]
        for identifier, packet in packets:
            body = RTP_HEAD.pack(identifier) + packet.data
            records += build_record(RecordType.RTP, body, arrival_s=packet.arrival_s)
    return bytes(records)


class Part:
    """One part of the recording DATA/recordings/s1, written in virtual time."""

    def __init__(
        self,
        data: Path,
        part: int = 1,
        *,
        begun_s: float = 1000.0,
        limits: WriterLimits = LIMITS,
        encrypted: bool = False,
        endpoints: dict[str, str] | None = None,
    ) -> None:
        """endpoints: names by id; with them nothing is published yet."""
        self.directory = data / "recordings" / "s1"
        self.directory.mkdir(parents=True, exist_ok=True)
        write_readme(self.directory, encrypted=encrypted)
        fallback = home_of(limits.second, self.directory) if limits.second is not None else None
        self.manifest = ManifestWriter(self.directory, load_or_make_key(data), fallback=fallback)
        self.found = interruption(self.directory, self.manifest.lines, boot="b")
        self.manifest.begin("part", part=part, session=session_facts(part, endpoints), boot="b", wall_ms=1)
        adopt(self.directory, self.manifest)
        self.manifest.sync()
        key = writing_key(self.directory, Keyring.of(data), wanted=encrypted)
        facts = SegmentFacts(session_id="s1", part=part, wall_offset_us=WALL_OFFSET_US, key=key)
        self.writer = JournalWriter(self.directory, self.manifest, limits, facts, now=begun_s)
        self.sender = Sender(begun_s=begun_s)
        first = part_record(part, begun_s, endpoints)
        self.put(first if endpoints else first + publication_records(part, begun_s), begun_s)

    def put(self, records: bytes, now: float) -> None:
        self.writer.append(look_through(records), now=now)
        self.writer.tick(now=now)

    def run(self, seconds: float) -> None:
        self._frame = 0
        self.run_on(seconds)

    def run_on(self, seconds: float) -> None:
        """Where `run` ended."""
        for _ in range(round(25 * seconds)):
            self.put(media_records(self.sender, [self._frame]), self.sender.begun_s + self._frame / 25)
            self._frame += 1

    @property
    def sent(self) -> int:
        """Packets so far, of the first run."""
        return self.sender.video_sequence + self.sender.audio_sequence - 2 * 65_530

    def end(self) -> None:
        self.writer.close(now=self.sender.begun_s + 100)
        self.manifest.append("part_end", reason="end", wall_ms=2)
        self.manifest.close()


def make_sealed(data: Path, *, seconds: float = 5.0, encrypted: bool = False) -> Path:
    """Three segments, one track, one seal; the files may be written to, for those who want to spoil them."""
    part = Part(data, encrypted=encrypted)
    part.run(seconds)
    part.put(build_json(RecordType.EVENT, {"kind": "speak", "endpoint_id": "e1"}, arrival_s=1002.0), 1002.0)
    part.end()
    complete(part.directory, load_or_make_key(data), SETTINGS, reason="ended")
    return part.directory


def writable(directory: Path) -> Path:
    for path in directory.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return directory
