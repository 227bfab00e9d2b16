"""Gathers what reports of a period are made of: of a hundred sessions at a time, and no more than reports tell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from config.office_texts import OfficeTexts
from config.profile import Profile
from reception.incidents import IncidentLog
from reception.line_record import LineRecord
from reception.papers.facts import CheckFact, RecordingFact, SessionFacts
from reception.permissions import Extent
from reception.preflight import Results, state_of
from reception.preflight_checks import Standard, standard_for
from reception.preflight_store import Kept, PreflightStore
from reception.records import SessionRecord
from reception.room_store import RoomStore
from signalling.papers_gather import Sources, base_facts, recording_fact

AT_ONCE = 100
_STANDSTILLS = ("start", "pause", "interrupt", "resume", "end")
_PARTS = ("lines", "incidents")
_recordings: dict[Path, tuple[tuple[int, int], RecordingFact | None]] = {}  # what a sealed manifest told


async def gather_period(
    sources: Sources, records: Sequence[SessionRecord], texts: OfficeTexts, *, extent: Extent, technical: bool
) -> list[SessionFacts]:
    """Of each session, in their order. technical: what the technical annex tells too."""
    found: list[SessionFacts] = []
    for begin in range(0, len(records), AT_ONCE):
        chunk = records[begin : begin + AT_ONCE]
        facts = await _case(sources, chunk, texts, extent)
        found += await _technical(sources, facts) if technical else facts
    return found


async def _case(
    sources: Sources, records: Sequence[SessionRecord], texts: OfficeTexts, extent: Extent
) -> list[SessionFacts]:
    identifiers = [each.id for each in records]
    scripts = await sources.store.course.scripts(identifiers)
    cases = await sources.case.counted(identifiers)
    return [
        replace(
            base_facts(sources, record, texts, extent=extent),
            script=scripts.get(record.id, ()),
            case=cases[record.id],
        )
        for record in records
    ]


async def _technical(sources: Sources, facts: Sequence[SessionFacts]) -> list[SessionFacts]:
    identifiers = [each.record.id for each in facts]
    rooms = await RoomStore(sources.store).parts(identifiers, _PARTS)
    events = await sources.store.reports.events(identifiers, _STANDSTILLS)
    kept = await PreflightStore(sources.store.database).of_sessions(identifiers)

    def complete() -> list[SessionFacts]:
        standards = _Standards(sources)
        found = []
        for each in facts:
            room, record = rooms.get(each.record.id, {}), each.record
            found.append(
                replace(
                    each,
                    events=events.get(record.id, ()),
                    incidents=IncidentLog.model_validate(room.get("incidents", {})),
                    lines=sources.live(record.id) or LineRecord.model_validate(room.get("lines", {})),
                    recording=_recording(sources.data, record.id),
                    checks=dict(_checks(record, kept, standards, now=each.now)),
                )
            )
        return found

    return await asyncio.to_thread(complete)


def _recording(data: Path, session_id: str) -> RecordingFact | None:
    """What a manifest tells is remembered for as long as it is the same."""
    manifest = data / "recordings" / session_id / "manifest.jsonl"
    try:
        stat = manifest.stat()
    except OSError:
        return recording_fact(data, session_id)
    state = (stat.st_mtime_ns, stat.st_size)
    known = _recordings.get(manifest)
    if known is None or known[0] != state:
        known = _recordings[manifest] = (state, recording_fact(data, session_id))
    return known[1]


class _Standards:
    """What endpoints are held to, by profile and role."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._profiles: dict[str, Profile] = {}
        self._found: dict[tuple[str, str], Standard] = {}

    def of(self, profile: str, role: str) -> Standard:
        """Read once."""
        if (profile, role) not in self._found:
            if profile not in self._profiles:
                self._profiles[profile] = self._sources.profile(profile)
            settings = self._sources.settings.preflight
            self._found[profile, role] = standard_for(settings, self._profiles[profile], role)
        return self._found[profile, role]


def _checks(
    record: SessionRecord, kept: Mapping[tuple[str, str], Kept], standards: _Standards, *, now: datetime
) -> Iterator[tuple[str, CheckFact]]:
    """How each endpoint's check stood when the session began."""
    for endpoint in record.endpoints:
        if endpoint.removed or endpoint.role == "observer":
            continue
        mine = kept.get((record.id, endpoint.id), Kept())
        standard = standards.of(endpoint.profile or record.profile, endpoint.role)
        results = Results(standard=standard, measurements=mine.measurements, signatures=mine.signatures)
        yield endpoint.id, CheckFact(state=state_of(results, mine.waivers, record.started_at or now))
