"""Versions of house rules and regulation, as stored. Nothing is changed or deleted, a new version is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from reception.database import NotFound, now_utc, utc
from reception.rules import RulesInForce, RulesKind, RulesText
from reception.rules_tables import RulesTextRow

if TYPE_CHECKING:
    from reception.store import Store


class OtherVersion(Exception):
    """Somebody else wrote a version meanwhile. `number`: the newest."""

    def __init__(self, number: int) -> None:
        super().__init__(f"version {number} is there already")
        self.number = number


class RulesStore:
    """Reads and adds versions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def in_force(self) -> RulesInForce:
        """The newest of each."""
        house, regulation = [next(iter(await self.versions(each, limit=1)), None) for each in RulesKind]
        return RulesInForce(house=house, regulation=regulation)

    async def versions(self, kind: RulesKind, *, limit: int = 200) -> list[RulesText]:
        """The newest first."""
        query = select(RulesTextRow).where(RulesTextRow.kind == kind).order_by(RulesTextRow.number.desc())
        async with self._store.database() as session:
            return [_text(row) for row in (await session.scalars(query.limit(limit))).all()]

    async def get(self, kind: RulesKind, number: int) -> RulesText:
        """Raises NotFound."""
        async with self._store.database() as session:
            row = await session.get(RulesTextRow, (kind.value, number))
        if row is None:
            raise NotFound(f"{kind} {number}")
        return _text(row)

    async def add(self, kind: RulesKind, *, vi: str, en: str, author: str, after: int) -> RulesText:
        """A new version. after: the newest that its author saw, 0: none. Raises OtherVersion."""
        newest = select(func.coalesce(func.max(RulesTextRow.number), 0)).where(RulesTextRow.kind == kind)
        row = RulesTextRow(kind=kind.value, number=after + 1, vi=vi, en=en, author=author, at=now_utc())
        try:
            async with self._store.begin() as session:
                found = await session.scalar(newest) or 0
                if found != after:
                    raise OtherVersion(found)
                session.add(row)
        except IntegrityError:
            raise OtherVersion(after + 1) from None
        return _text(row)


def _text(row: RulesTextRow) -> RulesText:
    at = utc(row.at)
    assert at is not None
    return RulesText(kind=RulesKind(row.kind), number=row.number, vi=row.vi, en=row.en, author=row.author, at=at)
