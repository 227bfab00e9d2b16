"""The audit log in the store: appended to, read, verified. The store refuses to change or delete an entry."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, String, Text, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from reception.audit_chain import GENESIS, AuditEntry, ChainVerdict, ChainWalk, Result, sealed
from reception.engine import MAX_NUMBER
from reception.tables import Base

TRIES = 50  # other processes append too; each try that loses means that another won
CHUNK = 500
HEAD_FILE, KEY_FILE = "audit.head", "audit.key"


class AuditRow(Base):
    """An entry. `facts` is text, so that its hash does not depend on how a database keeps JSON."""

    __tablename__ = "audit"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    actor_id: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64), index=True)
    object: Mapped[str] = mapped_column(String(300))
    result: Mapped[str] = mapped_column(String(16))
    facts: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries; empty: all. since, until: RFC 3339 in UTC. before: sequence number, for paging back."""

    since: str = ""
    until: str = ""
    actor: str = ""
    role: str = ""
    action: str = ""
    object: str = ""
    result: str = ""
    before: int = 0


class AuditLog:
    """One for the process; several processes may append to the same store."""

    def __init__(
        self, engine: AsyncEngine, *, keys: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """keys: the directory of the server's keys, where the newest hash is noted apart from the store."""
        self._session = async_sessionmaker(engine)
        self._keys = keys
        self._clock = clock
        self._turn = asyncio.Lock()

    async def append(
        self,
        *,
        action: str,
        actor: str = "",
        actor_id: str = "",
        role: str = "",
        address: str = "",
        object: str = "",
        result: Result = Result.OK,
        facts: Mapping[str, Any] | None = None,
    ) -> AuditEntry:
        """Write an entry and give it back."""
        draft = AuditEntry(
            sequence=0,
            at=timestamp(self._clock()),
            actor=actor[:120],
            actor_id=actor_id[:64],
            role=role[:16],
            address=address[:64],
            action=action[:64],
            object=object[:300],
            result=result.value,
            facts=json.loads(json.dumps(facts or {}, default=str)),
            previous=GENESIS,
        )
        async with self._turn:
            for _ in range(TRIES):
                try:
                    entry = await self._append(draft)
                except IntegrityError:
                    continue  # another process was first
                self._note_head(entry)
                return entry
        raise RuntimeError("the audit log takes no entry: too many processes write at once")

    async def _append(self, draft: AuditEntry) -> AuditEntry:
        async with self._session.begin() as session:
            last = (await session.scalars(select(AuditRow).order_by(AuditRow.sequence.desc()).limit(1))).first()
            placed = replace(
                draft, sequence=1 + (last.sequence if last else 0), previous=last.hash if last else GENESIS
            )
            entry = replace(placed, hash=sealed(placed))
            session.add(_row(entry))
        return entry

    async def entries(self, wanted: AuditFilter, *, limit: int) -> list[AuditEntry]:
        """The newest that match, newest first."""
        query = _matching(wanted).order_by(AuditRow.sequence.desc()).limit(limit)
        async with self._session() as session:
            return [audit_entry(row) for row in await session.scalars(query)]

    async def stream(self, wanted: AuditFilter) -> AsyncIterator[AuditEntry]:
        """All that match, oldest first, however many."""
        after = 0
        while True:
            query = _matching(wanted).where(AuditRow.sequence > after).order_by(AuditRow.sequence).limit(CHUNK)
            async with self._session() as session:
                entries = [audit_entry(row) for row in await session.scalars(query)]
            for entry in entries:
                yield entry
            if len(entries) < CHUNK:
                return
            after = entries[-1].sequence

    async def summary(self, wanted: AuditFilter) -> list[tuple[str, str, int]]:
        """(action, result, how many) of those that match, the most frequent first."""
        inner = _matching(wanted).subquery()
        count = func.count()
        query = select(inner.c.action, inner.c.result, count).group_by(inner.c.action, inner.c.result)
        async with self._session() as session:
            rows = (await session.execute(query.order_by(count.desc(), inner.c.action))).all()
            return [(row[0], row[1], row[2]) for row in rows]

    async def verify(self, *, head: str = "") -> ChainVerdict:
        """Walk over the whole log. head: a hash that somebody noted earlier, which must still be in it."""
        walk = ChainWalk(known=self._noted_head(), head=head)
        async for entry in self.stream(AuditFilter()):
            walk.take(entry)
        return walk.end()

    # --- the newest hash, noted apart: who cuts the end off the store's table is found out ---

    def _note_head(self, entry: AuditEntry) -> None:
        path = self._keys / HEAD_FILE
        mac = self._mac(entry.sequence, entry.hash)
        partial = path.with_suffix(f".{secrets.token_hex(3)}")
        partial.write_text(json.dumps({"sequence": entry.sequence, "hash": entry.hash, "mac": mac}))
        partial.replace(path)

    def _noted_head(self) -> dict[int, str]:
        """The noted hash by its number; number 0, which no entry has, where the note is not ours."""
        try:
            noted = json.loads((self._keys / HEAD_FILE).read_text())
            sequence, head, mac = int(noted["sequence"]), str(noted["hash"]), str(noted["mac"])
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError):
            return {0: "unreadable"}
        return {sequence: head} if hmac.compare_digest(mac, self._mac(sequence, head)) else {0: "forged"}

    def _mac(self, sequence: int, head: str) -> str:
        return hmac.new(audit_key(self._keys), f"{sequence}:{head}".encode(), hashlib.sha256).hexdigest()


def audit_key(keys: Path) -> bytes:
    """What the noted hash is authenticated with, made at the first start."""
    path = keys / KEY_FILE
    if not path.exists():
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(f".{secrets.token_hex(3)}")
        partial.touch(mode=0o600)
        partial.write_bytes(secrets.token_bytes(32))
        partial.replace(path)
    return path.read_bytes()


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: sorts as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _matching(wanted: AuditFilter) -> Select[AuditRow]:
    query = select(AuditRow)
    if wanted.since:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditRow.at < wanted.until)
    if wanted.before:
        query = query.where(AuditRow.sequence < min(wanted.before, MAX_NUMBER))
    for column, value in (
        (AuditRow.actor, wanted.actor),
        (AuditRow.action, wanted.action),
        (AuditRow.object, wanted.object),
    ):
        if value:
            query = query.where(column.icontains(value, autoescape=True))
    for column, value in ((AuditRow.result, wanted.result), (AuditRow.role, wanted.role)):
        if value:
            query = query.where(column == value)
    return query


def _row(entry: AuditEntry) -> AuditRow:
    facts = json.dumps(entry.facts, ensure_ascii=False, sort_keys=True)
    names = ("sequence", "at", "actor", "actor_id", "role", "address", "action", "object", "result", "previous", "hash")
    return AuditRow(facts=facts, **{name: getattr(entry, name) for name in names})


def audit_entry(row: Any) -> AuditEntry:
    """The entry that a row of the table is."""
    names = ("sequence", "at", "actor", "actor_id", "role", "address", "action", "object", "result", "previous", "hash")
    try:
        facts = json.loads(row.facts)
    except ValueError:
        facts = {"unreadable": row.facts}  # somebody was at it; the hash will tell
    return AuditEntry(facts=facts, **{name: getattr(row, name) for name in names})
