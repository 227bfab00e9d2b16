"""First reading of a journal: what was published, when, with which clocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recorder.journal import RTP_HEAD, SENDER_REPORT, Record, RecordType
from recorder.master_key import Keyring
from recorder.reader import read_journal
from recorder.timeline import Mark, SenderClock

PublicationKey = tuple[int, int]  # index of the part, id of the publication


@dataclass(slots=True)
class Published:
    """One publication as found in the journal."""

    key: PublicationKey
    facts: dict[str, Any]
    begun_s: float
    ended_s: float | None = None
    packets: int = 0
    payload_types: Counter[int] = field(default_factory=Counter)
    marks: dict[int, list[Mark]] = field(default_factory=dict)

    @property
    def stay(self) -> tuple[int, str, str]:
        """Which file it belongs to: part, stay, and "screen" apart from the rest."""
        apart = self.facts["source"] if self.facts["source"] in ("screen", "camera2") else "room"
        return self.key[0], str(self.facts["stay"]), str(apart)

    def overlaps(self, other: Published) -> bool:
        """Whether both are the same source at the same time."""
        if self.facts["source"] != other.facts["source"]:
            return False
        first, second = sorted((self, other), key=lambda each: each.begun_s)
        return first.ended_s is None or first.ended_s > second.begun_s

    @property
    def codec(self) -> dict[str, Any]:
        """The codec that most packets had; RED counts as what is in it."""
        codecs = {codec["payload_type"]: codec for codec in self.facts["codecs"] if codec["name"] != "red"}
        used = [codecs[number] for number, _ in self.payload_types.most_common() if number in codecs]
        found: dict[str, Any] = (used or list(codecs.values()))[0]
        return found

    @property
    def red_types(self) -> set[int]:
        """Payload types that carry RED."""
        return {codec["payload_type"] for codec in self.facts["codecs"] if codec["name"] == "red"}


@dataclass(slots=True)
class Survey:
    """The whole recording at a glance. Times on the media clock; `wall_offset_s` per part makes wall time of them."""

    parts: list[dict[str, Any]] = field(default_factory=list)
    published: dict[PublicationKey, Published] = field(default_factory=dict)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    first_s: float | None = None
    last_s: float = 0.0

    def wall_s(self, part: int, media_s: float) -> float:
        """Unix time."""
        return media_s + float(self.parts[part]["wall_offset_us"]) / 1e6

    @property
    def start_wall_s(self) -> float:
        """When the recording began."""
        return self.wall_s(0, self.parts[0]["begun_s"])

    @property
    def end_wall_s(self) -> float:
        """The last record's time."""
        return self.wall_s(len(self.parts) - 1, self.last_s)

    def clock(self, published: Published) -> SenderClock:
        """The sender's clock of a publication: of all that endpoint's publications of the same stay."""
        marks = [
            mark
            for other in self.published.values()
            if other.key[0] == published.key[0] and other.facts["stay"] == published.facts["stay"]
            for series in other.marks.values()
            for mark in series
        ]
        return SenderClock(marks)


def survey(directory: Path, *, keys: Keyring | None = None) -> Survey:
    """Read the whole journal once. Raises as read_journal."""
    found = Survey()
    for record in read_journal(directory, keys=keys):
        read_record(found, record)
    return found


def read_record(found: Survey, record: Record) -> None:
    """One record more, in the order of the journal."""
    if record.type is not RecordType.SEGMENT:  # of the process's clock, not of what was received
        found.first_s = record.arrival_s if found.first_s is None else found.first_s
        found.last_s = record.arrival_s
    _READERS.get(record.type, _nothing)(found, record)


def _part(found: Survey, record: Record) -> None:
    facts = record.json()
    if found.parts and found.parts[-1].get("part") == facts.get("part"):
        return  # repeated for who has not what a dead disk holds
    found.parts.append({**facts, "begun_s": record.arrival_s})


def _publication(found: Survey, record: Record) -> None:
    facts = record.json()
    key = (len(found.parts) - 1, int(facts["publication"]))
    found.published.setdefault(key, Published(key, facts, record.arrival_s))  # a restart may repeat it


def _ended(found: Survey, record: Record) -> None:
    published = found.published.get((len(found.parts) - 1, int(record.json()["publication"])))
    if published is not None:
        published.ended_s = record.arrival_s


def _rtp(found: Survey, record: Record) -> None:
    (identifier,) = RTP_HEAD.unpack_from(record.body)
    published = found.published.get((len(found.parts) - 1, identifier))
    if published is not None:
        published.packets += 1
        published.payload_types[record.body[RTP_HEAD.size + 1] & 0x7F] += 1


def _report(found: Survey, record: Record) -> None:
    identifier, ssrc, ntp, timestamp = SENDER_REPORT.unpack(record.body)
    published = found.published.get((len(found.parts) - 1, identifier))
    if published is not None:
        mark = Mark(arrival_s=record.arrival_s, ntp_s=ntp / (1 << 32), rtp_timestamp=timestamp)
        published.marks.setdefault(ssrc, []).append(mark)


def _gap(found: Survey, record: Record) -> None:
    found.gaps.append({**record.json(), "part": len(found.parts) - 1, "at_s": record.arrival_s})


def _event(found: Survey, record: Record) -> None:
    found.events.append({**record.json(), "part": len(found.parts) - 1, "at_s": record.arrival_s})


def _nothing(found: Survey, record: Record) -> None:
    """The end needs no note: the last record's time says it. Nor does a segment: its part says all."""


_READERS = {
    RecordType.PART: _part,
    RecordType.PUBLICATION: _publication,
    RecordType.PUBLICATION_ENDED: _ended,
    RecordType.RTP: _rtp,
    RecordType.SENDER_REPORT: _report,
    RecordType.GAP: _gap,
    RecordType.EVENT: _event,
}
