"""`python -m recorder.confidence DIR ENDPOINT -o FILE`: the last seconds of one endpoint, as they lie on the disk.

Reads the journal where the manifest's newest lines say that it was synced, past the page cache, checks each second's
hash, and muxes what is there without transcoding. A process of its own at the lowest priority, beside the recorder's.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.depacketize.frames import Frame
from recorder.depacketize.voice import Voice
from recorder.framing import HEAD, MAGIC
from recorder.journal import RTP_HEAD, SENDER_REPORT, Record, RecordType, segment_path
from recorder.master_key import Keyring, KeyUnavailable
from recorder.muxer import TrackFile, container_for
from recorder.reader import decrypted, encryption_of
from recorder.stream import Stream
from recorder.survey import Published
from recorder.timeline import Mark, SenderClock
from sfu.errors import MalformedPacket
from sfu.rtp.packet import Packet, parse_rtp_untrusted

LEAD_S = 12.0  # the recorder asks for a key frame each 10 s: so far back there is one to begin with
EXIT_NOTHING, EXIT_ALTERED, EXIT_NO_KEY = 3, 4, 5

Media = tuple[float, Frame | Voice]


class NothingThere(Exception):
    """Of this endpoint nothing came to the disk in that time."""


class NotAsSigned(Exception):
    """What lies on the disk is not what was hashed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What was written. `start_s`: where in the file the asked seconds begin (a key frame comes before); Unix ms."""

    from_ms: int
    to_ms: int
    start_s: float
    video: str
    audio: bool
    suffix: str


@dataclass(slots=True)
class _Tail:
    """The newest part's end in the manifest: its clock, what is published, the last seconds' places."""

    wall_offset_us: int
    publications: list[dict[str, Any]]
    seconds: list[dict[str, Any]]


def read_tail(manifest: bytes, *, seconds: float) -> _Tail:
    """`seconds`: how far back. Raises NothingThere before anything was synced."""
    tail, hashed = _Tail(0, [], []), list[bytes]()
    for raw in manifest.split(b"\n")[:-1]:
        if b'"type":"part"' in raw:
            tail, hashed = _Tail(int(json.loads(raw)["session"]["wall_offset_us"]), [], []), []
        elif b'"type":"note"' in raw and b'"what":"publication"' in raw:
            tail.publications.append(json.loads(json.loads(raw)["facts"]))
        elif b'"type":"second"' in raw:
            hashed.append(raw)
    for raw in reversed(hashed):
        line = json.loads(raw)
        if tail.seconds and line["to_ms"] < tail.seconds[-1]["to_ms"] - 1000 * seconds:
            break
        tail.seconds.insert(0, line)
    if not tail.seconds:
        raise NothingThere
    return tail


def records_of(directory: Path, line: dict[str, Any], keys: Keyring) -> Iterator[Record]:
    """The records of a signed second, from the disk itself, decrypted. Raises NotAsSigned, OSError, KeyUnavailable."""
    number, offset, length = int(line["segment"]), int(line["offset"]), int(line["length"])
    descriptor = os.open(segment_path(directory, number), os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_DONTNEED)
        data = os.pread(descriptor, length, offset)
    finally:
        os.close(descriptor)
    if hashlib.sha256(data).hexdigest() != line["sha256"]:
        raise NotAsSigned(f"segment {number}, bytes {offset} to {offset + length - 1}")
    encryption = encryption_of(directory, number)
    key = keys.unwrap(encryption) if encryption else None
    position = len(MAGIC) if offset == 0 else 0
    while position + HEAD.size <= len(data):
        size, _, kind, arrival = HEAD.unpack_from(data, position)
        start, position = position, position + HEAD.size + size
        if kind not in RecordType._value2member_map_:
            continue
        record = Record(RecordType(kind), arrival, data[start + HEAD.size : position], number, offset + start)
        if record.type is not RecordType.ENCRYPTED:
            yield record
        elif key is not None:
            yield from decrypted(record, key)


class _Gatherer:
    """One endpoint's packets and reports of these seconds, made into media with their times."""

    def __init__(self, facts: list[dict[str, Any]]) -> None:
        self._published = {
            int(each["publication"]): Published((0, int(each["publication"])), each, 0.0) for each in facts
        }
        self._packets: list[tuple[int, Packet]] = []

    def take(self, record: Record) -> None:
        """A record of the journal; most are of others."""
        if record.type is RecordType.RTP:
            (identifier,) = RTP_HEAD.unpack_from(record.body)
            if identifier in self._published:
                try:
                    packet = parse_rtp_untrusted(record.body[RTP_HEAD.size :], arrival_s=record.arrival_s)
                except MalformedPacket:
                    return
                self._published[identifier].payload_types[packet.payload_type] += 1
                self._packets.append((identifier, packet))
        elif record.type is RecordType.SENDER_REPORT:
            identifier, ssrc, ntp, timestamp = SENDER_REPORT.unpack(record.body)
            if identifier in self._published:
                mark = Mark(arrival_s=record.arrival_s, ntp_s=ntp / (1 << 32), rtp_timestamp=timestamp)
                self._published[identifier].marks.setdefault(ssrc, []).append(mark)

    def media(self) -> tuple[list[Media], str]:
        """Everything in the order of time, and the pictures' codec ("" without pictures)."""
        marks = [mark for each in self._published.values() for series in each.marks.values() for mark in series]
        clock = SenderClock(marks)
        found: list[Media] = []
        codec = ""
        for (identifier, ssrc), packets in self._streams().items():
            published = self._published[identifier]
            if published.facts["kind"] == "video":
                codec = str(published.codec["name"])
            stream = Stream(published, ssrc, clock)
            found += [each for packet in packets for each in stream.push(packet)]
            found += stream.flush()
        return sorted(found, key=lambda each: each[0]), codec

    def _streams(self) -> dict[tuple[int, int], list[Packet]]:
        streams: dict[tuple[int, int], list[Packet]] = {}
        for identifier, packet in self._packets:
            streams.setdefault((identifier, packet.ssrc), []).append(packet)
        return streams


def last_seconds(
    directory: Path,
    endpoint_id: str,
    output: Path,
    *,
    seconds: float = 10.0,
    source: str = "room",
    keys: Keyring | None = None,
) -> Clip:
    """Write the clip, not encrypted; `output` gets the suffix that fits. `source`: room, screen or camera2.

    Raises NothingThere, NotAsSigned, OSError, KeyUnavailable.
    """
    keys = keys or Keyring.beside(directory)
    tail = read_tail((directory / "manifest.jsonl").read_bytes(), seconds=seconds + LEAD_S)
    sources = {"room": ("camera", "microphone")}.get(source, (source,))
    gatherer = _Gatherer(
        [each for each in tail.publications if each["endpoint_id"] == endpoint_id and each["source"] in sources]
    )
    for line in tail.seconds:
        for record in records_of(directory, line, keys):
            gatherer.take(record)
    media, codec = gatherer.media()
    newest_s = (tail.seconds[-1]["to_ms"] - tail.wall_offset_us / 1000) / 1000
    if not media or media[-1][0] < newest_s - seconds:
        raise NothingThere
    from_s = media[-1][0] - seconds
    chosen, picture = choose(media, from_s)
    zero_s = chosen[0][0]
    video = (codec, picture.width, picture.height) if picture is not None else None
    _, suffix = container_for(codec if video else None)
    _write(output.with_suffix(suffix), chosen, video)
    offset_ms = tail.wall_offset_us / 1000
    return Clip(
        from_ms=round(1000 * max(from_s, zero_s) + offset_ms),
        to_ms=round(1000 * media[-1][0] + offset_ms),
        start_s=round(max(0.0, from_s - zero_s), 3),
        video=codec if video else "",
        audio=any(isinstance(item, Voice) for _, item in chosen),
        suffix=suffix,
    )


def choose(media: list[Media], from_s: float) -> tuple[list[Media], Frame | None]:
    """What to write so that everything from `from_s` on can be decoded, and the picture it begins with, if any."""
    keys = [(at, item) for at, item in media if isinstance(item, Frame) and item.keyframe and item.width]
    before = [each for each in keys if each[0] <= from_s]
    first = before[-1] if before else (keys[0] if keys else None)
    begin_s = min(first[0], from_s) if first else from_s
    chosen = [
        (at, item)
        for at, item in media
        if (at >= begin_s if isinstance(item, Voice) else first is not None and at >= first[0])
    ]
    return chosen, first[1] if first else None


def _write(path: Path, media: list[Media], video: tuple[str, int, int] | None) -> None:
    audio = any(isinstance(item, Voice) for _, item in media)
    file = TrackFile(path, video=video, audio=audio, title=path.stem)
    for at, item in media:
        if isinstance(item, Voice):
            file.write_voice(item, at - media[0][0])
        else:
            file.write_frame(item, at - media[0][0])
    file.close()


def main() -> int:
    """Entry: facts as JSON on the standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("endpoint")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--source", default="room")
    parser.add_argument("--master-key", default="", help="file, where it is not in the usual place")
    asked = parser.parse_args()
    os.nice(19)
    keys = Keyring.beside(asked.directory, asked.master_key)
    how = {"seconds": asked.seconds, "source": asked.source, "keys": keys}
    try:
        clip = last_seconds(asked.directory, asked.endpoint, asked.output, **how)
    except NothingThere:
        return EXIT_NOTHING
    except NotAsSigned as error:
        print(error, file=sys.stderr)
        return EXIT_ALTERED
    except KeyUnavailable as error:
        print(error, file=sys.stderr)
        return EXIT_NO_KEY
    print(json.dumps(dataclasses.asdict(clip)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
