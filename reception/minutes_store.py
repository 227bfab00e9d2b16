"""Minutes and signatures, as stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reception.database import Database, new_id, note, now_utc, utc
from reception.event_words import VIETNAM
from reception.minutes import DRAFT, FINAL, NUMBER_SUFFIX, Minutes, Scan, Signature, number_of
from reception.minutes_tables import MinutesRow, SignatureRow

_SIGNATURE = tuple(each.name for each in fields(Signature))
_MINUTES = tuple(each.name for each in fields(Minutes) if each.name != "scans")


class NumberTaken(Exception):
    """Other minutes of the same year have this number. `code`: of their session."""


class MinutesStore:
    """What goes with a session's minutes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session = database.session

    async def of(self, session_id: str) -> Minutes:
        """The minutes; empty drafts where nothing was written."""
        async with self._session() as session:
            row = await session.get(MinutesRow, session_id)
        return _minutes(row) if row is not None else Minutes(session_id=session_id)

    async def signatures(self, session_id: str) -> list[Signature]:
        """What is known of signatures; see reception.minutes.with_expected for those that are missing."""
        query = select(SignatureRow).where(SignatureRow.session_id == session_id)
        async with self._session() as session:
            rows = (await session.scalars(query.order_by(SignatureRow.endpoint_id, SignatureRow.person))).all()
        return [_signature(row) for row in rows]

    async def put_signature(self, given: Signature, *, actor: str) -> Signature:
        """Note a signature; what was known of the same person at the same endpoint is replaced."""
        kept = replace(given, at=now_utc(), entered_by=actor)
        async with self._database.changing(given.session_id) as session:
            await session.merge(SignatureRow(**{name: getattr(kept, name) for name in _SIGNATURE}))
            kind = "signature_left_out" if kept.left_out else "signature"
            # No name: events are shown to those who may not see citizens' identity.
            note(session, kept.session_id, kind, actor=actor, endpoint_id=kept.endpoint_id, state=kept.state)
        return kept

    async def suggested_number(self, *, now: datetime) -> str:
        """The next number of this year, in Vietnam."""
        async with self._session() as session:
            numbers = await _numbers_of_year(session, now)
        taken = [int(each.removesuffix(NUMBER_SUFFIX)) for each in numbers if _is_ours(each)]
        return number_of(max(taken, default=0) + 1)

    async def finalise(self, session_id: str, *, number: str, sha256: str, recording_hash: str, actor: str) -> Minutes:
        """Make them final. sha256: of the DOCX. Raises NumberTaken."""
        now = now_utc()
        async with self._database.changing(session_id) as session:
            row = await _row(session, session_id)
            if number in await _numbers_of_year(session, now, but=session_id):
                raise NumberTaken(number)
            row.number, row.state, row.finalised_at, row.finalised_by = number, FINAL, now, actor
            row.sha256, row.recording_hash = sha256, recording_hash
        return _minutes(row)

    async def reopen(self, session_id: str, *, actor: str, reason: str) -> Minutes:
        """Final minutes are a draft again; the number stays."""
        async with self._database.changing(session_id) as session:
            row = await _row(session, session_id)
            row.state, row.finalised_at, row.finalised_by, row.sha256 = DRAFT, None, "", ""
            note(session, session_id, "minutes_reopened", actor=actor, reason=reason)
        return _minutes(row)

    async def add_scan(self, session_id: str, *, name: str, size: int, sha256: str, actor: str) -> Scan:
        """Note a scan of the signed paper; its file is the caller's."""
        scan = Scan(id=new_id(), name=name, bytes=size, sha256=sha256, at=now_utc(), by=actor)
        async with self._database.changing(session_id) as session:
            row = await _row(session, session_id)
            row.scans = [*(row.scans or ()), {**asdict(scan), "at": scan.at.isoformat()}]
            note(session, session_id, "minutes_scan", actor=actor, name=name, sha256=sha256)
        return scan


async def _row(session: AsyncSession, session_id: str) -> MinutesRow:
    row = await session.get(MinutesRow, session_id)
    if row is None:
        row = MinutesRow(
            session_id=session_id, number="", state=DRAFT, finalised_by="", sha256="", recording_hash="", scans=[]
        )
        session.add(row)
    return row


async def _numbers_of_year(session: AsyncSession, now: datetime, *, but: str = "") -> Sequence[str]:
    begins = datetime(now.astimezone(VIETNAM).year, 1, 1, tzinfo=VIETNAM).astimezone(UTC)
    query = select(MinutesRow.number).where(MinutesRow.finalised_at >= begins, MinutesRow.session_id != but)
    return (await session.scalars(query)).all()


def _is_ours(number: str) -> bool:
    return number.endswith(NUMBER_SUFFIX) and number.removesuffix(NUMBER_SUFFIX).isdecimal()


def _minutes(row: MinutesRow) -> Minutes:
    values: dict[str, Any] = {name: getattr(row, name) for name in _MINUTES}
    scans = tuple(Scan(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in row.scans or ())
    return Minutes(**{**values, "finalised_at": utc(row.finalised_at), "scans": scans})


def _signature(row: SignatureRow) -> Signature:
    values = {name: getattr(row, name) for name in _SIGNATURE}
    return Signature(**{**values, "at": utc(row.at)})
