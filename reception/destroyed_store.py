"""What the store keeps of a session whose recording was destroyed: what registers and statistics count, no citizen.

Citizens become "Công dân 1", what was written about them is empty, and what officials did in office stays. Nothing that
is counted changes: how many citizens, matters and tasks there were, of what kind, with what outcome, done or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from reception.case_tables import CitizenRow, ConclusionRow, DocumentRow, MatterRow, NoteRow
from reception.course_tables import MarkRow, ScriptItemRow
from reception.database import Database, note, now_utc
from reception.export_tables import ExportRequestRow
from reception.incidents import Incident, IncidentLog
from reception.marks import Mark
from reception.minutes_tables import InvitationReplyRow, MinutesRow, SignatureRow
from reception.room_tables import RoomPartRow
from reception.rows import searchable
from reception.tables import EndpointRow, EventRow, SessionRow

# Of an event's facts: ids, codes and counts. All other texts were typed by somebody and may name a person.
_CODES = frozenset(
    {
        *("before", "category", "citizen", "conclusion", "deadline", "document", "fields"),
        *("ground", "hash", "item", "mark", "outcome", "profile"),
        *("recorded", "sha256", "source", "state", "subject", "version", "visibility"),
    }
)
_KEPT_PARTS = ("lines", "incidents")  # of a room: what the technical annex counts


class DestroyedStore:
    """Takes persons out of sessions whose recording is no more. Doing it once more changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def finished(self) -> set[str]:
        """The sessions that are done with."""
        query = select(MarkRow.session_id).where(MarkRow.mark == str(Mark.FILE_DESTROYED))
        async with self._database.session() as session:
            return set(await session.scalars(query))

    async def known(self, session_id: str) -> bool:
        """Whether there is such a session: a recording may have come from elsewhere."""
        async with self._database.session() as session:
            return await session.get(SessionRow, session_id) is not None

    async def anonymise(self, session_id: str, *, actor: str, reason: str) -> dict[str, int]:
        """Take out who came and what was said, in one transaction; how many rows of each kind were emptied."""
        async with self._database.changing(session_id) as session:
            done = str(Mark.FILE_DESTROYED)
            await session.merge(
                MarkRow(session_id=session_id, mark=done, subject="", by=actor, at=now_utc(), detail="")
            )
            await session.flush()  # the writer's lock: what is read from here on stays true
            renamed = await _citizens(session, session_id)
            counts: dict[str, Any] = {
                "citizens": len(renamed),
                "matters": await _matters(session, session_id),
                "notes": await _notes(session, session_id),
                "conclusions": await _conclusions(session, session_id),
                "documents": await _documents(session, session_id, actor=actor, reason=reason),
                "signatures": await _signatures(session, session_id, renamed),
            }
            await _course(session, session_id)
            await _waivers(session, session_id)
            await _exports(session, session_id)
            await _room(session, session_id)
            await _events(session, session_id)
            note(session, session_id, done, actor=actor, reason=reason, **counts)
        return counts


async def _citizens(session: AsyncSession, session_id: str) -> dict[tuple[str, str], str]:
    """By endpoint and name as it was, the name now."""
    query = select(CitizenRow).where(CitizenRow.session_id == session_id).order_by(CitizenRow.position)
    renamed = {}
    for number, row in enumerate(await session.scalars(query), 1):
        kept = f"Công dân {number}"
        renamed[row.endpoint_id, row.name] = kept
        row.name, row.birth_year, row.id_number_sealed = kept, None, ""
        row.address = row.paper = row.note = row.search = ""
    return renamed


async def _matters(session: AsyncSession, session_id: str) -> int:
    rows = (await session.scalars(select(MatterRow).where(MatterRow.session_id == session_id))).all()
    for row in rows:
        row.summary = row.resolved_by = row.result = row.follow_up = row.note = row.search = ""
    return len(rows)


async def _notes(session: AsyncSession, session_id: str) -> int:
    gone = await session.execute(delete(NoteRow).where(NoteRow.session_id == session_id))
    return int(getattr(gone, "rowcount", 0))


async def _conclusions(session: AsyncSession, session_id: str) -> int:
    query = select(ConclusionRow).where(ConclusionRow.session_id == session_id).order_by(ConclusionRow.position)
    rows = (await session.scalars(query)).all()
    for number, row in enumerate(rows, 1):
        row.task, row.owner, row.done_note, row.search = f"Việc {number}", "", "", ""
    return len(rows)


async def _documents(session: AsyncSession, session_id: str, *, actor: str, reason: str) -> int:
    query = select(DocumentRow).where(DocumentRow.session_id == session_id).order_by(DocumentRow.position)
    rows = (await session.scalars(query)).all()
    for number, row in enumerate(rows, 1):
        row.name, row.from_whom, row.removed_reason, row.search = f"Tài liệu {number}", "", reason, ""
        if row.removed_at is None:
            row.removed_at, row.removed_by = now_utc(), actor
    return len(rows)


async def _signatures(session: AsyncSession, session_id: str, renamed: Mapping[tuple[str, str], str]) -> int:
    """Who signed in office keeps the name, as in the plan; the scans went with the files."""
    minutes = await session.get(MinutesRow, session_id)
    if minutes is not None:
        minutes.scans = []
    replies = await session.scalars(select(InvitationReplyRow).where(InvitationReplyRow.session_id == session_id))
    for reply in replies:
        reply.note = ""
    officials = await _officials(session, session_id)
    rows = (await session.scalars(select(SignatureRow).where(SignatureRow.session_id == session_id))).all()
    others = 0
    for row in rows:
        row.reason = ""
        citizen = renamed.get((row.endpoint_id, row.person), "")
        if citizen or (row.person and row.person not in officials):
            others += not citizen
            row.person = citizen or f"Người ký {others}"
    return len(rows)


async def _officials(session: AsyncSession, session_id: str) -> set[str]:
    row = await session.get_one(SessionRow, session_id)
    endpoints = await _endpoints(session, session_id)
    named = {person["name"] for endpoint in endpoints for person in endpoint.people or ()}
    return {row.chair_name, row.secretary, *(row.operators or ()), *named}


async def _endpoints(session: AsyncSession, session_id: str) -> list[EndpointRow]:
    return list(await session.scalars(select(EndpointRow).where(EndpointRow.session_id == session_id)))


async def _course(session: AsyncSession, session_id: str) -> None:
    """Plan and script: free texts go; who was invited and in what office stays."""
    row = await session.get_one(SessionRow, session_id)
    row.note = row.reason_online_note = ""
    asked = await session.scalars(select(ExportRequestRow).where(ExportRequestRow.session_id == session_id))
    for request in asked:  # who had a copy stays, and when; for what is in the log of uses
        request.purpose = request.reason = ""
    endpoints = await _endpoints(session, session_id)
    people = (person["name"] for endpoint in endpoints for person in endpoint.people or ())
    row.search = searchable(row, [*(each.name for each in endpoints), *people])
    query = select(ScriptItemRow).where(ScriptItemRow.session_id == session_id).order_by(ScriptItemRow.position)
    for number, item in enumerate(await session.scalars(query), 1):
        item.title, item.speaker, item.reason = f"Nội dung {number}", "", ""


async def _waivers(session: AsyncSession, session_id: str) -> None:
    """That a step was waived and by whom stays; the reason may name a person."""
    mine = (MarkRow.session_id == session_id) & (MarkRow.mark == str(Mark.STEP_WAIVED))
    for row in await session.scalars(select(MarkRow).where(mine)):
        row.detail = ""


async def _exports(session: AsyncSession, session_id: str) -> None:
    """Who asked for the recording and who agreed stays; what for may name a person."""
    for row in await session.scalars(select(ExportRequestRow).where(ExportRequestRow.session_id == session_id)):
        row.purpose = row.reason = ""


async def _room(session: AsyncSession, session_id: str) -> None:
    mine = RoomPartRow.session_id == session_id
    await session.execute(delete(RoomPartRow).where(mine, RoomPartRow.part.not_in(_KEPT_PARTS)))
    part = await session.get(RoomPartRow, (session_id, "incidents"))
    if part is not None:
        log = IncidentLog.model_validate(part.data)
        part.data = IncidentLog(incidents=tuple(map(_counted, log.incidents))).model_dump(mode="json")


def _counted(incident: Incident) -> Incident:
    """What happened of which kind, when, until when; not who did it."""
    entries = tuple(each.model_copy(update={"text": ""}) for each in incident.entries if each.step)
    return incident.model_copy(update={"entries": entries, "outcome": "", "violation": None})


async def _events(session: AsyncSession, session_id: str) -> None:
    for row in await session.scalars(select(EventRow).where(EventRow.session_id == session_id)):
        kept = dict(_plain(row.facts.items()))
        if kept != row.facts:
            row.facts = kept


def _plain(facts: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    for name, value in facts:
        if name in _CODES or isinstance(value, (bool, int, float)) or value is None:
            yield name, value
