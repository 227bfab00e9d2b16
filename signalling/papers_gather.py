"""Gathers what papers are made of: from the store, the recordings' manifests and the profile in force."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.library import ProfileLibrary
from config.models import Settings
from config.office_texts import OfficeTexts
from config.problems import ConfigError
from config.profile import Profile, RolePlan
from reception.attendance import Attendance
from reception.case_records import CaseFile
from reception.case_store import CaseStore
from reception.incidents import IncidentLog
from reception.line_record import LineRecord
from reception.minutes import CITIZEN_CAPACITY, Signatory, with_expected
from reception.notices import Notices
from reception.papers.facts import (
    CheckFact,
    GapFact,
    LineFact,
    MinutesFact,
    PlanFact,
    RecordingFact,
    SessionFacts,
    SignatureFact,
)
from reception.permissions import Extent
from reception.preflight import Results, assess
from reception.preflight_checks import Standard, standard_for
from reception.preflight_store import Kept, PreflightStore
from reception.records import RegisteredEndpoint, SessionRecord
from reception.room_store import RoomStore
from reception.session_plan import is_rehearsal
from reception.store import NotFound, Store
from recorder.catalogue import read_entry
from recorder.chapters import GAPS_VI
from recorder.happenings import timeline_of
from recorder.storage.deletion import destruction_record
from signalling.planner import planner_verdict
from signalling.space import space_of

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNATURE = tuple(each.name for each in fields(SignatureFact))

MAX_ROOMS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where facts come from; the server and the command line each have theirs. live: newer sums of running sessions."""

    settings: Settings
    store: Store
    case: CaseStore
    profile: Callable[[str], Profile]
    live: Callable[[str], LineRecord | None] = lambda session_id: None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.server.data


def sources_of(settings: Settings, store: Store) -> Sources:
    """Without a server: for the command line."""
    library = ProfileLibrary(settings.profiles_path)

    def profile(name: str) -> Profile:
        try:
            return library.load(name)
        except ConfigError:
            return library.load(settings.default_profile)

    keys = settings.server.data / "keys"
    return Sources(settings=settings, store=store, case=CaseStore(store, keys=keys), profile=profile)


def base_facts(
    sources: Sources,
    record: SessionRecord,
    texts: OfficeTexts,
    *,
    extent: Extent = Extent.FULL,
    own: frozenset[str] = frozenset(),
) -> SessionFacts:
    """What the session's record and the settings tell."""
    return SessionFacts(
        record=record,
        now=datetime.now(UTC),
        texts=texts,
        extent=extent,
        own=own,
        recorded=not is_rehearsal(record.kind) or sources.settings.recording.rehearsals,
        retention_words=_retention(sources.settings, texts, record.plan.retention),
    )


async def gather(
    sources: Sources,
    record: SessionRecord,
    texts: OfficeTexts,
    *,
    extent: Extent = Extent.FULL,
    own: frozenset[str] = frozenset(),
    technical: bool = True,
) -> SessionFacts:
    """Everything of one session. technical: with recording, checks and rooms too. Of many: signalling.papers_period."""
    store, case = sources.store, await sources.case.case_file(record.id)
    facts = base_facts(sources, record, texts, extent=extent, own=own)
    facts = replace(facts, script=await store.course.script(record.id), case=case)
    if not technical:
        return facts
    room = await RoomStore(store).load(record.id)
    return replace(
        facts,
        marks=await store.course.marks(record.id),
        events=await store.events(record.id),
        attendance=Attendance.model_validate(room.get("attendance", {})),
        notices=Notices.model_validate(room.get("notices", {})),
        incidents=IncidentLog.model_validate(room.get("incidents", {})),
        lines=sources.live(record.id) or LineRecord.model_validate(room.get("lines", {})),
        recording=await asyncio.to_thread(recording_fact, sources.data, record.id),
        checks=await _checks(sources, record, facts.now),
        rooms=await _rooms(store, record),
        plan=_plan(sources, record),
        minutes=await _minutes(sources, record, case),
    )


def _retention(settings: Settings, texts: OfficeTexts, chosen: str) -> str:
    kept = settings.storage.retention
    values = {"15_nam": kept.years_15_nam, "5_nam": kept.years_5_nam}
    text = texts.retention.get(chosen, "")  # type: ignore[call-overload]
    return str(text).replace("{years}", str(values.get(chosen, ""))).replace("{days}", str(kept.rehearsal_days))


async def _minutes(sources: Sources, record: SessionRecord, case: CaseFile) -> MinutesFact:
    """As they stand, with every signature that is there or expected."""
    minutes = sources.store.minutes
    found, stored = await minutes.of(record.id), await minutes.signatures(record.id)
    citizens = [
        Signatory(endpoint_id=each.endpoint_id, person=each.name, capacity=CITIZEN_CAPACITY) for each in case.citizens
    ]
    return MinutesFact(
        number=found.number,
        final=found.final,
        finalised_at=found.finalised_at,
        recording_hash=found.recording_hash,
        signatures=tuple(
            SignatureFact(**{name: getattr(each, name) for name in _SIGNATURE})
            for each in with_expected(record, stored, citizens)
        ),
    )


def recording_fact(data: Path, session_id: str) -> RecordingFact | None:
    """The session's recording, or what the record of its destruction tells; None if there was none."""
    directory = data / "recordings" / session_id
    if (directory / "manifest.jsonl").exists():
        entry = read_entry(directory)
        return _recording(entry.seal, entry.start_ms, entry.end_ms, entry.bytes, entry.gaps)
    gone = destruction_record(data, session_id)
    if "gaps" not in gone:
        return None
    start_ms, end_ms = (round(1000 * gone[name]) for name in ("started_at", "ended_at"))
    return _recording(gone["seal"], start_ms, end_ms, gone["bytes"], gone["gaps"])


def _recording(seal: str, start_ms: int, end_ms: int, size: int, gaps: list[dict[str, Any]]) -> RecordingFact:
    return RecordingFact(
        seal=seal,
        begins=_at(start_ms) if start_ms else None,
        ends=_at(end_ms) if end_ms else None,
        bytes=size,
        gaps=tuple(_gaps(gaps, start_ms, end_ms)),
    )


def _gaps(gaps: list[dict[str, Any]], start_ms: int, end_ms: int) -> list[GapFact]:
    """Those of one cause and endpoint that follow each other closely are one, as the playback page shows them."""
    last_ms = max([end_ms, start_ms, *(int(each.get("to_ms", 0)) for each in gaps)])
    found = timeline_of([], gaps, start_ms=start_ms, end_ms=last_ms).gaps
    return [
        GapFact(
            endpoint_id=each.endpoint_id,
            cause=GAPS_VI.get(each.cause, each.cause),
            begins=_at(start_ms + round(1000 * each.start_s)),
            ends=_at(start_ms + round(1000 * each.end_s)),
            packets=each.count,
        )
        for each in found
    ]


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


async def _checks(sources: Sources, record: SessionRecord, now: datetime) -> dict[str, CheckFact]:
    """The technical checks as they stood when the session began; of one that has not begun, as they stand now."""
    kept = await PreflightStore(sources.store.database).of_session(record.id)
    settings = sources.settings.preflight
    found = {}
    for endpoint in record.endpoints:
        if endpoint.removed or endpoint.role == "observer":
            continue
        mine = kept.get(endpoint.id, Kept())
        standard = standard_for(settings, sources.profile(endpoint.profile or record.profile), endpoint.role)
        results = Results(standard=standard, measurements=mine.measurements, signatures=mine.signatures)
        judged = assess(results, mine.waivers, now=record.started_at or now)
        values: dict[str, Any] = {each.key: each.value for each in mine.measurements}
        values |= {each.check: each.answer for each in mine.signatures}
        waiver = next((item.waiver for item in judged.items if item.waiver is not None), None)
        signed = judged.site
        times = [*(each.at for each in mine.measurements), *(each.at for each in mine.signatures)]
        found[endpoint.id] = CheckFact(
            state=judged.state,
            items={item.item: "waived" if item.waiver else item.verdict for item in judged.items},
            values=values,
            by=waiver.name if waiver else (signed.name if signed else ""),
            centre_by=judged.centre.name if judged.centre else "",
            reason=waiver.reason if waiver else "",
            at=max(times, default=waiver.at if waiver else None),
        )
    return found


async def _rooms(store: Store, record: SessionRecord) -> Mapping[str, RegisteredEndpoint]:
    found = {}
    for room_id in {each.registered_id for each in record.endpoints if each.registered_id}:
        try:
            found[room_id] = await store.registry.room(room_id)
        except NotFound:
            continue
    return found


async def surveyed_rooms(sources: Sources) -> list[tuple[RegisteredEndpoint, CheckFact | None]]:
    """Every room that may be invited, with what its newest survey found."""
    rooms, _ = await sources.store.registry.rooms(active=True, limit=MAX_ROOMS)
    kept = await PreflightStore(sources.store.database).newest_surveys()
    profile = sources.profile(sources.settings.default_profile)
    standard = standard_for(sources.settings.preflight, profile, "delegate", survey=True)
    return [(room, _surveyed(kept[room.name], standard) if room.name in kept else None) for room in rooms]


def _surveyed(kept: Kept, standard: Standard) -> CheckFact:
    """As it was judged then: a survey tells of equipment for longer than a check counts for a session."""
    results = Results(standard=standard, measurements=kept.measurements, signatures=kept.signatures)
    judged = assess(results, (), now=kept.last_at or datetime.now(UTC))
    values: dict[str, Any] = {each.key: each.value for each in kept.measurements}
    values |= {each.check: each.answer for each in kept.signatures}
    return CheckFact(state=judged.state, values=values, at=kept.last_at)


def _plan(sources: Sources, record: SessionRecord) -> PlanFact:
    settings = sources.settings
    profile = sources.profile(record.profile)
    verdict = planner_verdict(record, profile)
    folder = sources.data / "recordings"
    return PlanFact(
        profile=profile.name,
        site_bps=profile.site.up_bps,
        media_share=profile.site.media_share,
        central=_line(profile.roles.central),
        delegate=_line(profile.roles.delegate),
        observer=_line(profile.roles.observer),
        verdict=verdict.vi if verdict else "",
        needed_bytes=space_of(settings.storage, record, profile).bytes,
        free_bytes=shutil.disk_usage(folder if folder.exists() else sources.data).free,
        udp_port=settings.server.port,
        web_port=settings.server.port,
        public_url=settings.server.base_url,
    )


def _line(plan: Any) -> LineFact:
    return LineFact(down_bps=plan.line_down_bps, up_bps=plan.line_up_bps if isinstance(plan, RolePlan) else 0)
