"""Gathers what reports of a period are made of: of a hundred sessions at a time, and no more than reports tell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from config.office_texts import OfficeTexts
from config.profile import Profile
from reception.incidents import IncidentLog
from reception.line_record import LineRecord
from reception.papers.facts import CheckFact, RecordingFact, SessionFacts
from reception.permissions import Extent
from reception.preflight import StateJudge
from reception.preflight_checks import Standard, standard_for
from reception.preflight_store import Kept, PreflightStore
from reception.records import SessionRecord
from reception.room_store import RoomStore
from signalling.papers_gather import Sources, base_facts, recording_fact

AT_ONCE = 100
_STANDSTILLS = ("start", "pause", "interrupt", "resume", "end")
_PARTS = ("lines", "incidents")
# Of sessions that were held nearly nothing changes any more: what was worked out is kept with what it was made of.
_recordings: dict[Path, tuple[tuple[int, int], RecordingFact | None]] = {}
_judged: dict[str, tuple[object, dict[str, CheckFact]]] = {}


async def gather_period(
    sources: Sources,
    records: Sequence[SessionRecord],
    texts: OfficeTexts,
    *,
    extent: Extent,
    technical: bool,
    case: bool = True,
) -> list[SessionFacts]:
    """Of each session, in their order. technical: what the technical annex tells; case: what registers count."""
    found: list[SessionFacts] = []
    for begin in range(0, len(records), AT_ONCE):
        facts = [base_facts(sources, each, texts, extent=extent) for each in records[begin : begin + AT_ONCE]]
        if case:
            facts = await _case(sources, facts)
        found += await _technical(sources, facts) if technical else facts
    return found


async def _case(sources: Sources, facts: Sequence[SessionFacts]) -> list[SessionFacts]:
    identifiers = [each.record.id for each in facts]
    scripts = await sources.store.course.scripts(identifiers)
    cases = await sources.case.counted(identifiers)
    return [replace(each, script=scripts.get(each.record.id, ()), case=cases[each.record.id]) for each in facts]


async def _technical(sources: Sources, facts: Sequence[SessionFacts]) -> list[SessionFacts]:
    identifiers = [each.record.id for each in facts]
    rooms = await RoomStore(sources.store).parts(identifiers, _PARTS)
    events = await sources.store.reports.events(identifiers, _STANDSTILLS)
    checks = await _checks_of(sources, [each.record for each in facts])

    def complete() -> list[SessionFacts]:
        found = []
        for each in facts:
            room, identifier = rooms.get(each.record.id, {}), each.record.id
            found.append(
                replace(
                    each,
                    events=events.get(identifier, ()),
                    incidents=IncidentLog.model_validate(room.get("incidents", {})),
                    lines=sources.live(identifier) or LineRecord.model_validate(room.get("lines", {})),
                    recording=_recording(sources.data, identifier),
                    checks=checks[identifier],
                )
            )
        return found

    return await asyncio.to_thread(complete)


def _recording(data: Path, session_id: str) -> RecordingFact | None:
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


# --- technical checks ---


class _Judges:
    """By profile and role, made once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._profiles: dict[str, Profile] = {}
        self._found: dict[tuple[str, str], tuple[Standard, StateJudge]] = {}

    def of(self, profile: str, role: str) -> tuple[Standard, StateJudge]:
        """What an endpoint is held to, and who judges it by that."""
        if (profile, role) not in self._found:
            if profile not in self._profiles:
                self._profiles[profile] = self._sources.profile(profile)
            standard = standard_for(self._sources.settings.preflight, self._profiles[profile], role)
            self._found[profile, role] = standard, StateJudge(standard)
        return self._found[profile, role]


async def _checks_of(sources: Sources, records: Sequence[SessionRecord]) -> dict[str, dict[str, CheckFact]]:
    """How each endpoint's check stood when its session began, by session and endpoint."""
    store, judges = PreflightStore(sources.store.database), _Judges(sources)
    stands = await store.stands([each.id for each in records])
    made_of = {each.id: (each.started_at, stands.get(each.id), _held_to(each, judges)) for each in records}
    stale = [each for each in records if each.id not in _judged or _judged[each.id][0] != made_of[each.id]]
    kept = await store.of_sessions([each.id for each in stale]) if stale else {}

    def judge() -> None:
        for each in stale:
            _judged[each.id] = (made_of[each.id], dict(_checks(each, kept, judges)))

    await asyncio.to_thread(judge)
    return {each.id: _judged[each.id][1] for each in records}


def _held_to(record: SessionRecord, judges: _Judges) -> list[tuple[str, Standard]]:
    return [
        (each.id, judges.of(each.profile or record.profile, each.role)[0])
        for each in record.endpoints
        if not each.removed and each.role != "observer"
    ]


def _checks(
    record: SessionRecord, kept: Mapping[tuple[str, str], Kept], judges: _Judges
) -> Iterator[tuple[str, CheckFact]]:
    for endpoint in record.endpoints:
        if endpoint.removed or endpoint.role == "observer":
            continue
        mine = kept.get((record.id, endpoint.id), Kept())
        _, judge = judges.of(endpoint.profile or record.profile, endpoint.role)
        now = record.started_at or datetime.now(UTC)
        yield endpoint.id, CheckFact(state=judge.state(mine.measurements, mine.signatures, mine.waivers, now=now))
