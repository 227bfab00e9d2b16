"""What came over the channel together, looked through once (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field

from recorder.framing import HEAD
from recorder.journal import RecordType

_NOTED = (RecordType.EVENT, RecordType.GAP, RecordType.PUBLICATION, RecordType.PUBLICATION_ENDED)
_HEADS = (RecordType.PART, RecordType.PUBLICATION, RecordType.PUBLICATION_ENDED)
_MEDIA = (RecordType.RTP, RecordType.SENDER_REPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A record that goes into the manifest as well. `facts` is JSON as text."""

    what: str
    facts: str
    arrival_s: float


@dataclass(slots=True)
class Batch:
    """Whole records. `notes`: of them what the manifest repeats; `words`: all that are not media, as they are; `heads`:
    of these what a reader must know before the media that follow."""

    data: bytes | bytearray
    first_s: float = 0.0
    last_s: float = 0.0
    packets: int = 0
    first_packet_s: float | None = None
    ending: RecordType | None = None
    notes: list[Note] = field(default_factory=list)
    words: bytearray = field(default_factory=bytearray)
    heads: bytearray = field(default_factory=bytearray)


def look_through(data: bytes | bytearray) -> Batch:
    """`data`: whole records, at least one."""
    found = Batch(data)
    position = 0
    arrival = found.first_s = float(HEAD.unpack_from(data, 0)[3])
    while position < len(data):
        length, _, kind, arrival = HEAD.unpack_from(data, position)
        start, position = position, position + HEAD.size + length
        if kind in _MEDIA:
            if kind == RecordType.RTP:
                found.packets += 1
                found.first_packet_s = arrival if found.first_packet_s is None else found.first_packet_s
            continue
        found.words += data[start:position]
        if kind in _HEADS:
            found.heads += data[start:position]
        if kind in _NOTED:
            facts = bytes(data[start + HEAD.size : position]).decode()
            found.notes.append(Note(what=RecordType(kind).name.lower(), facts=facts, arrival_s=arrival))
        elif kind in (RecordType.END, RecordType.SUSPEND):
            found.ending = RecordType(kind)
    found.last_s = arrival
    return found
