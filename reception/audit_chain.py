"""The chain of the audit log (pure): each entry's hash covers the one before, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64


class Result(StrEnum):
    """How it went."""

    OK = "ok"
    REFUSED = "refused"  # not permitted
    REJECTED = "rejected"  # permitted, but not possible as asked
    FAILED = "failed"  # the server's fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what, when, to what, and how it went. at: RFC 3339, UTC, milliseconds. hash: of all the rest."""

    sequence: int
    at: str
    actor: str
    actor_id: str
    role: str
    address: str
    action: str
    object: str
    result: str
    facts: Mapping[str, Any]
    previous: str
    hash: str = ""

    def as_json(self) -> str:
        """One line, the same for the same entry."""
        return _canonical(asdict(self))


class FaultKind(StrEnum):
    """What is wrong with a chain."""

    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    UNKNOWN_HEAD = "unknown_head"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """What is wrong, and at which entry."""

    kind: FaultKind
    sequence: int


@dataclass(slots=True, kw_only=True)
class ChainVerdict:
    """What a walk over the chain found. head: the newest hash, to be kept elsewhere."""

    entries: int = 0
    sequence: int = 0
    head: str = GENESIS
    faults: list[ChainFault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


class ChainWalk:
    """A walk over all entries from the first on, in their order, one at a time.

    known: hashes by sequence number that were noted apart; the chain must still have them. head: a hash that was noted
    without its number.
    """

    def __init__(self, *, known: Mapping[int, str] | None = None, head: str = "") -> None:
        self.verdict = ChainVerdict()
        self._noted = dict(known or {})
        self._head = head

    def take(self, entry: AuditEntry) -> None:
        """The next entry."""
        verdict = self.verdict
        verdict.entries += 1
        if entry.sequence != verdict.sequence + 1:
            kind = FaultKind.REORDERED if entry.sequence <= verdict.sequence else FaultKind.MISSING
            self._fault(kind, min(entry.sequence, verdict.sequence + 1))
        elif sealed(entry) != entry.hash or entry.previous != verdict.head:
            self._fault(FaultKind.ALTERED, entry.sequence)
        if self._noted.pop(entry.sequence, entry.hash) != entry.hash:
            self._fault(FaultKind.UNKNOWN_HEAD, entry.sequence)
        if entry.hash == self._head:
            self._head = ""
        verdict.sequence, verdict.head = entry.sequence, entry.hash

    def end(self) -> ChainVerdict:
        """There are no more."""
        for sequence in sorted({*self._noted, *([0] if self._head else [])}):
            self._fault(FaultKind.TRUNCATED, sequence)
        return self.verdict

    def _fault(self, kind: FaultKind, sequence: int) -> None:
        self.verdict.faults.append(ChainFault(kind=kind, sequence=sequence))


def sealed(entry: AuditEntry) -> str:
    """The hash of an entry: SHA-256 over its canonical JSON without the hash."""
    values = asdict(entry)
    del values["hash"]
    return hashlib.sha256(_canonical(values).encode()).hexdigest()


def from_json(line: str) -> AuditEntry:
    """An exported line as an entry. Raises ValueError."""
    try:
        return AuditEntry(**json.loads(line))
    except TypeError as error:
        raise ValueError(f"not an entry: {error}") from None


def verify_chain(entries: Iterable[AuditEntry], *, head: str = "") -> ChainVerdict:
    """The verdict on entries that are at hand, e.g. of an export. head: a hash that was noted earlier."""
    walk = ChainWalk(head=head)
    for entry in entries:
        walk.take(entry)
    return walk.end()


def syslog_line(entry: AuditEntry, *, host: str) -> str:
    """The entry as RFC 5424 has it, with JSON for the message: facility 13 (log audit), severity by the result."""
    severity = {Result.OK: 6, Result.REJECTED: 5, Result.REFUSED: 4}.get(Result(entry.result), 3)
    return f"<{13 * 8 + severity}>1 {entry.at} {host or '-'} diemcau - audit - @cee: {entry.as_json()}"


def _canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
