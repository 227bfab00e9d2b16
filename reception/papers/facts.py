"""What papers are made of (pure): everything that is known of one session, gathered from the stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from config.office_texts import OfficeTexts
from reception.attendance import Attendance
from reception.case_records import CaseFile
from reception.incidents import IncidentLog
from reception.line_record import LineRecord
from reception.marks import MarkRecord
from reception.notices import Notices
from reception.permissions import Extent
from reception.records import EndpointRecord, EventRecord, RegisteredEndpoint, SessionRecord
from reception.session_plan import ScriptItem, is_rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFact:
    """Whose signature the minutes have or lack. state: chua_ky, da_ky, diem_chi or tu_choi_ky."""

    endpoint_id: str
    person: str
    capacity: str = ""
    state: str = "chua_ky"
    reason: str = ""
    at: datetime | None = None
    left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesFact:
    """The minutes as they stand."""

    number: str = ""
    final: bool = False
    finalised_at: datetime | None = None
    recording_hash: str = ""
    signatures: tuple[SignatureFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFact:
    """Something is missing in the recording. endpoint_id "": of everybody. cause: in words. packets: 0 if unknown."""

    endpoint_id: str
    cause: str
    begins: datetime
    ends: datetime
    packets: int = 0

    @property
    def seconds(self) -> float:
        """How long."""
        return max(0.0, (self.ends - self.begins).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFact:
    """The session's recording. seal: the hash over its manifest, "" while it is not sealed."""

    seal: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    bytes: int = 0
    gaps: tuple[GapFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFact:
    """An endpoint's technical check as it stood when the session began. values: by key, what was measured last.

    items: verdict by item. by: who signed or waived; reason: of a waiver. state: pass, warn, fail, missing or waived.
    """

    state: str
    items: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, float | str | bool] = field(default_factory=dict)
    by: str = ""
    centre_by: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFact:
    """An endpoint's line as the profile has it, bits a second; up 0: it only watches."""

    down_bps: int
    up_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFact:
    """What the bandwidth profile means for this session. budgets in bits a second; needed_bytes: on the disk."""

    profile: str = ""
    site_bps: int = 0
    media_share: float = 0.0
    central: LineFact | None = None
    delegate: LineFact | None = None
    observer: LineFact | None = None
    verdict: str = ""
    needed_bytes: int = 0
    free_bytes: int = 0
    udp_port: int = 0
    web_port: int = 0
    public_url: str = ""

    def line(self, role: str) -> LineFact | None:
        """Of a role."""
        return {"central": self.central, "delegate": self.delegate}.get(role, self.observer)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """One session with all that papers tell of it. rooms: of the registry, by id. now: when the paper is made.

    extent: how far the reader may see citizens; own: with it, the endpoints that are the reader's own.
    """

    record: SessionRecord
    now: datetime
    texts: OfficeTexts
    script: Sequence[ScriptItem] = ()
    marks: Sequence[MarkRecord] = ()
    events: Sequence[EventRecord] = ()
    attendance: Attendance = field(default_factory=Attendance)
    notices: Notices = field(default_factory=Notices)
    incidents: IncidentLog = field(default_factory=IncidentLog)
    case: CaseFile = field(default_factory=CaseFile)
    minutes: MinutesFact = MinutesFact()
    recording: RecordingFact | None = None
    recorded: bool = True
    checks: Mapping[str, CheckFact] = field(default_factory=dict)
    lines: LineRecord = field(default_factory=LineRecord)
    rooms: Mapping[str, RegisteredEndpoint] = field(default_factory=dict)
    plan: PlanFact = PlanFact()
    retention_words: str = ""
    extent: Extent = Extent.FULL
    own: frozenset[str] = frozenset()

    @property
    def endpoints(self) -> list[EndpointRecord]:
        """Those that were not removed, the central one first."""
        seats = [each for each in self.record.endpoints if not each.removed]
        order = ("central", "delegate", "observer")
        return sorted(seats, key=lambda each: order.index(each.role))

    @property
    def rehearsal(self) -> bool:
        """Whether it counts nowhere."""
        return is_rehearsal(self.record.kind)

    def name_of(self, endpoint_id: str | None) -> str:
        """An endpoint's name; "" for none."""
        found = self.record.endpoint(endpoint_id) if endpoint_id else None
        return found.name if found is not None else (endpoint_id or "")

    def room_of(self, endpoint: EndpointRecord) -> RegisteredEndpoint | None:
        """Its room in the registry."""
        return self.rooms.get(endpoint.registered_id or "")

    def item_title(self, item_id: str) -> str:
        """The title of a script item; "" for none."""
        return next((each.title for each in self.script if each.id == item_id), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """The session stood still. kind: pause or interrupt. ends None: it has not gone on yet."""

    kind: str
    begins: datetime
    ends: datetime | None
    actor: str = ""
    reason: str = ""


def standstills(events: Iterable[EventRecord]) -> list[Standstill]:
    """Every time a session stood still, in order. A pause that becomes an interruption is both, one after the other."""
    found: list[Standstill] = []
    running: EventRecord | None = None

    def close(until: datetime | None) -> None:
        if running is not None:
            reason = str(running.facts.get("reason") or running.facts.get("cause") or "")
            found.append(
                Standstill(kind=running.kind, begins=running.at, ends=until, actor=running.actor, reason=reason)
            )

    for event in events:
        if event.kind in ("pause", "interrupt"):
            close(event.at)
            running = event
        elif event.kind in ("resume", "start", "end") and running is not None:
            close(event.at)
            running = None
    close(None)
    return found


def open_seconds(record: SessionRecord, now: datetime) -> float:
    """From the start to the end, or to now while it goes on; 0 for what never began."""
    if record.started_at is None:
        return 0.0
    return max(0.0, ((record.ended_at or now) - record.started_at).total_seconds())


def standstill_seconds(facts: SessionFacts, kind: str) -> float:
    """How long the session stood still in this way."""
    until = facts.record.ended_at or facts.now
    return sum(
        max(0.0, ((each.ends or until) - each.begins).total_seconds())
        for each in standstills(facts.events)
        if each.kind == kind
    )
