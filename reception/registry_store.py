"""The registry of rooms, as stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError

from reception.course_tables import RegisteredEndpointRow
from reception.database import Database, NotFound, new_id
from reception.records import RegisteredEndpoint
from reception.search_text import search_text
from reception.tables import EndpointRow

_COLUMNS = tuple(each.name for each in fields(RegisteredEndpoint))


class NameTaken(Exception):
    """Another room has this name."""


class RegistryStore:
    """Rooms that sessions may invite."""

    def __init__(self, database: Database) -> None:
        self._session = database.session

    async def rooms(
        self, *, words: str = "", level: str = "", active: bool | None = None, limit: int = 200, offset: int = 0
    ) -> tuple[list[RegisteredEndpoint], int]:
        """One page of rooms by name, and how many there are over all pages."""
        conditions: list[ColumnElement[bool]] = [
            RegisteredEndpointRow.search.contains(word, autoescape=True) for word in search_text([words]).split()
        ]
        if level:
            conditions.append(RegisteredEndpointRow.level == level)
        if active is not None:
            conditions.append(RegisteredEndpointRow.active.is_(active))
        query = (
            select(RegisteredEndpointRow)
            .where(*conditions)
            .order_by(RegisteredEndpointRow.search, RegisteredEndpointRow.id)
        )
        total = select(func.count()).select_from(RegisteredEndpointRow).where(*conditions)
        async with self._session() as session:
            rows = (await session.scalars(query.limit(limit).offset(offset))).all()
            return [_room(row) for row in rows], int(await session.scalar(total) or 0)

    async def room(self, room_id: str) -> RegisteredEndpoint:
        """One room. Raises NotFound."""
        async with self._session() as session:
            row = await session.get(RegisteredEndpointRow, room_id)
        if row is None:
            raise NotFound(room_id)
        return _room(row)

    async def put(self, room: RegisteredEndpoint) -> RegisteredEndpoint:
        """Add a room (its id is empty) or renew it. Raises NotFound, NameTaken."""
        try:
            async with self._session.begin() as session:
                row = (
                    await session.get(RegisteredEndpointRow, room.id) if room.id else RegisteredEndpointRow(id=new_id())
                )
                if row is None:
                    raise NotFound(room.id)
                _fill(row, room)
                session.add(row)
        except IntegrityError:
            raise NameTaken(room.name) from None
        return _room(row)

    async def remove(self, room_id: str) -> None:
        """Take a room out; sessions that invited it keep their endpoint. Raises NotFound."""
        async with self._session.begin() as session:
            row = await session.get(RegisteredEndpointRow, room_id)
            if row is None:
                raise NotFound(room_id)
            mine = EndpointRow.registered_id == room_id
            await session.execute(update(EndpointRow).where(mine).values(registered_id=None))
            await session.delete(row)

    async def import_rooms(self, rooms: Sequence[RegisteredEndpoint]) -> tuple[int, int, int]:
        """Add or renew rooms by name, all or none; how many were new, how many renewed, how many there are then."""
        async with self._session.begin() as session:
            known = {row.name: row for row in await session.scalars(select(RegisteredEndpointRow))}
            added = 0
            for room in rooms:
                row = known.get(room.name)
                if row is None:
                    row, added = RegisteredEndpointRow(id=new_id()), added + 1
                    known[room.name] = row
                _fill(row, room)
                session.add(row)
        return added, len(rooms) - added, len(known)


def _fill(row: RegisteredEndpointRow, room: RegisteredEndpoint) -> None:
    values: dict[str, Any] = asdict(room)
    values.pop("id")
    for name, value in values.items():
        setattr(row, name, value)
    row.search = search_text([room.name, room.organisation, room.place, room.room, room.technician])


def _room(row: RegisteredEndpointRow) -> RegisteredEndpoint:
    return RegisteredEndpoint(**{name: getattr(row, name) for name in _COLUMNS})
