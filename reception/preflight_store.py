"""Results of technical checks and surveys in the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from reception.preflight import Measurement, Signature, Waiver
from reception.preflight_checks import Value
from reception.preflight_tables import PreflightRunRow, PreflightSignatureRow, PreflightWaiverRow

SURVEY = ""  # in place of a session's id
_Whose = type[PreflightRunRow] | type[PreflightSignatureRow]


@dataclass(slots=True, kw_only=True)
class Kept:
    """What the store has of one endpoint, oldest first. `visit`, `last_at`: of a survey."""

    measurements: list[Measurement] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    visit: str = ""
    last_at: datetime | None = None


class PreflightStore:
    """On the store's database."""

    def __init__(self, database: async_sessionmaker[AsyncSession]) -> None:
        self._database = database

    async def add_run(
        self, session_id: str, subject: str, values: dict[str, Value], *, kind: str, by: str, visit: str = ""
    ) -> None:
        """Values measured now."""
        row = PreflightRunRow(
            session_id=session_id, subject=subject, visit=visit, kind=kind, at=_now(), by=by, values=values
        )
        await self._add(row)

    async def sign(
        self, session_id: str, subject: str, check: str, *, name: str, answer: str, note: str, visit: str = ""
    ) -> None:
        """An answer, or the name under a result."""
        row = PreflightSignatureRow(
            session_id=session_id,
            subject=subject,
            visit=visit,
            check=check,
            name=name,
            answer=answer,
            note=note,
            at=_now(),
        )
        await self._add(row)

    async def waive(self, session_id: str, subject: str, item: str, *, name: str, reason: str) -> None:
        """Go on without an item."""
        row = PreflightWaiverRow(session_id=session_id, subject=subject, item=item, name=name, reason=reason, at=_now())
        await self._add(row)

    async def withdraw(self, session_id: str, subject: str, item: str, *, by: str) -> int:
        """Take waivers back; how many there were."""
        whose = (PreflightWaiverRow.session_id == session_id) & (PreflightWaiverRow.subject == subject)
        statement = (
            update(PreflightWaiverRow)
            .where(whose & (PreflightWaiverRow.item == item) & PreflightWaiverRow.withdrawn_at.is_(None))
            .values(withdrawn_at=_now(), withdrawn_by=by)
            .returning(PreflightWaiverRow.id)
        )
        async with self._database.begin() as session:
            return len((await session.scalars(statement)).all())

    async def of_session(self, session_id: str) -> dict[str, Kept]:
        """By endpoint."""
        kept: dict[str, Kept] = {}
        async with self._database() as session:
            await _read(session, kept, lambda rows: rows.session_id == session_id)
            query = select(PreflightWaiverRow).where(
                PreflightWaiverRow.session_id == session_id, PreflightWaiverRow.withdrawn_at.is_(None)
            )
            for row in await session.scalars(query.order_by(PreflightWaiverRow.id)):
                waiver = Waiver(item=row.item, name=row.name, reason=row.reason, at=_utc(row.at))
                kept.setdefault(row.subject, Kept()).waivers.append(waiver)
        return kept

    async def stands(self, session_ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        """Of each session that has any: what is another once something was measured, signed, waived or taken back."""
        found: dict[str, tuple[Any, ...]] = {}
        async with self._database() as session:
            for rows in (PreflightRunRow, PreflightSignatureRow, PreflightWaiverRow):
                numbers = [func.count(), func.max(rows.id)]
                if rows is PreflightWaiverRow:
                    numbers.append(func.count(PreflightWaiverRow.withdrawn_at))
                query = select(rows.session_id, *numbers).where(rows.session_id.in_(session_ids))
                for session_id, *values in await session.execute(query.group_by(rows.session_id)):
                    found[session_id] = (*found.get(session_id, ()), rows.__tablename__, *values)
        return found

    async def of_sessions(self, session_ids: Sequence[str]) -> dict[tuple[str, str], Kept]:
        """Of several sessions, by session and endpoint. Rows come as they are: of a long period they are many."""
        kept: dict[tuple[str, str], Kept] = {}
        run, sign, waived = PreflightRunRow, PreflightSignatureRow, PreflightWaiverRow
        runs = select(run.session_id, run.subject, run.at, run.by, run.values).where(run.session_id.in_(session_ids))
        columns = (sign.session_id, sign.subject, sign.check, sign.name, sign.at, sign.answer, sign.note)
        signed = select(*columns).where(sign.session_id.in_(session_ids))
        standing = select(waived).where(waived.session_id.in_(session_ids), waived.withdrawn_at.is_(None))
        async with self._database() as session:
            for session_id, subject, at, by, values in await session.execute(runs.order_by(run.id)):
                mine, when = kept.setdefault((session_id, subject), Kept()), _utc(at)
                mine.measurements += [Measurement(key=key, value=each, at=when, by=by) for key, each in values.items()]
            for session_id, subject, check, name, at, answer, text in await session.execute(signed.order_by(sign.id)):
                signature = Signature(check=check, name=name, at=_utc(at), answer=answer, note=text)
                kept.setdefault((session_id, subject), Kept()).signatures.append(signature)
            for row in await session.scalars(standing.order_by(waived.id)):
                waiver = Waiver(item=row.item, name=row.name, reason=row.reason, at=_utc(row.at))
                kept.setdefault((row.session_id, row.subject), Kept()).waivers.append(waiver)
        return kept

    async def newest_surveys(self) -> dict[str, Kept]:
        """The last survey of each registered endpoint that was surveyed."""
        newest = (
            select(func.max(PreflightRunRow.id))
            .where(PreflightRunRow.session_id == SURVEY)
            .group_by(PreflightRunRow.subject)
        )
        async with self._database() as session:
            found = await session.scalars(select(PreflightRunRow.visit).where(PreflightRunRow.id.in_(newest)))
            visits = list(found)
            kept: dict[str, Kept] = {}
            await _read(session, kept, lambda rows: (rows.session_id == SURVEY) & rows.visit.in_(visits))
        return kept

    async def survey(self, subject: str, visit: str) -> Kept:
        """One survey of a registered endpoint; empty if nothing was measured or signed yet."""
        kept: dict[str, Kept] = {}
        async with self._database() as session:
            await _read(session, kept, _survey_of(subject, visit))
        return kept.get(subject, Kept(visit=visit))

    async def surveys_of(self, subject: str, *, limit: int = 50) -> list[Kept]:
        """The surveys of one registered endpoint, newest first."""
        last = func.max(PreflightRunRow.id)
        whose = (PreflightRunRow.session_id == SURVEY) & (PreflightRunRow.subject == subject)
        async with self._database() as session:
            query = select(PreflightRunRow.visit).where(whose).group_by(PreflightRunRow.visit)
            visits = list(await session.scalars(query.order_by(last.desc()).limit(limit)))
            found = []
            for visit in visits:
                kept: dict[str, Kept] = {}
                await _read(session, kept, _survey_of(subject, visit))
                found.append(kept[subject])
        return found

    async def _add(self, row: Any) -> None:
        async with self._database.begin() as session:
            session.add(row)


def _survey_of(subject: str, visit: str) -> Callable[[_Whose], ColumnElement[bool]]:
    return lambda rows: (rows.session_id == SURVEY) & (rows.subject == subject) & (rows.visit == visit)


async def _read(session: AsyncSession, kept: dict[str, Kept], where: Any) -> None:
    """Runs and signatures into `kept`, by subject."""
    for row in await session.scalars(
        select(PreflightRunRow).where(where(PreflightRunRow)).order_by(PreflightRunRow.id)
    ):
        mine, at = kept.setdefault(row.subject, Kept()), _utc(row.at)
        mine.visit, mine.last_at = row.visit, at
        mine.measurements += [Measurement(key=key, value=value, at=at, by=row.by) for key, value in row.values.items()]
    query = select(PreflightSignatureRow).where(where(PreflightSignatureRow)).order_by(PreflightSignatureRow.id)
    for signed in await session.scalars(query):
        mine = kept.setdefault(signed.subject, Kept())
        mine.signatures.append(
            Signature(check=signed.check, name=signed.name, at=_utc(signed.at), answer=signed.answer, note=signed.note)
        )


def _utc(at: datetime) -> datetime:
    """SQLite forgets the zone."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _now() -> datetime:
    return datetime.now(UTC)
