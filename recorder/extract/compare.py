"""Does every track of an extract say what its journal says? Finds words cut out of a track even by who holds the key.

The pictures and voices of a track must follow each other in the journal's stretches as they do in the file, none left
out. Standard formats are read here, so this is not part of the verifier that travels with recordings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av

from recorder.extract.stretches import Stretches
from recorder.findings import Fault, iso
from recorder.journal import RTP_HEAD, RecordType
from recorder.master_key import Keyring, KeyUnavailable
from recorder.stream import Stream
from recorder.survey import Published
from recorder.verify_extract import STATEMENT
from sfu.errors import MalformedPacket
from sfu.rtp.packet import parse_rtp_untrusted

EDGE_MS = (
    400  # at the range's ends: the clocks of a stretch are a little less certain than those of the whole recording
)
SKIPPED = 3  # so many in a row the muxer may have left out, as not later than the one before
SAME_BYTES = ("VP8", "VP9", "opus")  # what containers hold exactly as it was sent; others are counted


@dataclass(slots=True)
class _Series:
    """What the journal has of one stay's pictures or voices: (Unix ms, digest)."""

    endpoint_id: str
    source: str
    kind: str
    items: list[tuple[float, bytes]] = field(default_factory=list)
    used: bool = False


def compare(directory: Path, *, keys: Keyring | None = None) -> list[Fault]:
    """The faults found in an extract that was verified; none if its key is not here. Raises OSError."""
    statement = json.loads((directory / STATEMENT).read_bytes())
    try:
        series = _journal_says(Stretches(directory, statement, keys=keys))
    except KeyUnavailable:
        return []
    faults: list[Fault] = []
    named: set[tuple[str, str, str]] = set()
    for track in statement["tracks"]:
        for kind in ("video", "audio"):
            said = _file_says(directory / track["path"], kind, exact=kind == "audio" or track["video"] in SAME_BYTES)
            if said and not _is_told(said, _of(series, track, kind), statement):
                named.add((track["endpoint_id"], _apart(track), kind))
                faults.append(_fault(statement, track["path"], f"its {kind} is not what the journal holds"))
    faults += [
        _fault(statement, "tracks", f"the {each.kind} of {each.endpoint_id} is in no track")
        for each in series
        if not each.used
        and _within(each, statement) > SKIPPED
        and (each.endpoint_id, each.source, each.kind) not in named
    ]
    return faults


def _journal_says(stretches: Stretches) -> list[_Series]:
    found = stretches.survey()
    streams: dict[tuple[tuple[int, int], int], Stream] = {}
    series: dict[tuple[Any, ...], _Series] = {}

    def take(published: Published, media: Iterator[tuple[float, Any]]) -> None:
        facts = published.facts
        one = series.setdefault(
            (*published.stay, facts["kind"]), _Series(str(facts["endpoint_id"]), published.stay[2], facts["kind"])
        )
        exact = facts["kind"] == "audio" or published.codec["name"] in SAME_BYTES
        for at, each in media:
            one.items.append((1000 * found.wall_s(published.key[0], at), _digest(each.data) if exact else b""))

    for part, record in stretches.records():
        if record.type is not RecordType.RTP:
            continue
        (identifier,) = RTP_HEAD.unpack_from(record.body)
        published = found.published.get((part, identifier))
        if published is None:
            continue
        try:
            packet = parse_rtp_untrusted(record.body[RTP_HEAD.size :], arrival_s=record.arrival_s)
        except MalformedPacket:
            continue
        key = published.key, packet.ssrc
        if key not in streams:
            streams[key] = Stream(published, packet.ssrc, found.clock(published))
        take(published, streams[key].push(packet))
    for (identity, _), stream in streams.items():
        take(found.published[identity], stream.flush())
    return list(series.values())


def _file_says(path: Path, kind: str, *, exact: bool) -> list[bytes]:
    with av.open(str(path)) as container:
        streams = getattr(container.streams, kind)
        if not streams:
            return []
        return [_digest(bytes(each)) if exact else b"" for each in container.demux(streams[0]) if each.size]


def _digest(data: bytes | bytearray | memoryview) -> bytes:
    return hashlib.sha256(data).digest()[:16]


def _of(series: list[_Series], track: dict[str, Any], kind: str) -> list[_Series]:
    wanted = track["endpoint_id"], _apart(track), kind
    return [each for each in series if (each.endpoint_id, each.source, each.kind) == wanted and not each.used]


def _apart(track: dict[str, Any]) -> str:
    return str(track["source"]) if track["source"] in ("screen", "camera2") else "room"


def _is_told(said: list[bytes], candidates: list[_Series], statement: dict[str, Any]) -> bool:
    for each in candidates:
        starts = [index for index, (_, digest) in enumerate(each.items) if digest == said[0]]
        if any(_follows(said, each.items, start, statement) for start in starts):
            each.used = True
            return True
    return False


def _follows(said: list[bytes], items: list[tuple[float, bytes]], start: int, statement: dict[str, Any]) -> bool:
    """Whether the file's packets are the journal's from `start` on, and none of the range is left out."""
    if start and items[start - 1][0] > statement["from_ms"] + EDGE_MS:
        return False
    at = start
    for digest in said:
        for ahead in range(SKIPPED + 1):
            if at + ahead < len(items) and items[at + ahead][1] == digest:
                at += ahead + 1
                break
        else:
            return False
    return at >= len(items) or items[at][0] >= statement["to_ms"] - EDGE_MS


def _within(series: _Series, statement: dict[str, Any]) -> int:
    begin, end = statement["from_ms"] + EDGE_MS, statement["to_ms"] - EDGE_MS
    return sum(1 for at, _ in series.items if begin < at < end)


def _fault(statement: dict[str, Any], file: str, detail: str) -> Fault:
    at, until = iso(statement["from_ms"]), iso(statement["to_ms"])
    return Fault(kind="altered", file=file, at=at, until=until, detail=detail)
