"""What operators decided for a session's room, kept part by part: it outlives the process and the session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from reception.room_tables import RoomPartRow
from reception.store import Store


class RoomStore:
    """Parts by name; each is one JSON object, written whole."""

    def __init__(self, store: Store) -> None:
        self._begin = store.begin

    async def load(self, session_id: str) -> dict[str, Any]:
        """Every part that was ever saved of a session."""
        async with self._begin() as session:
            rows = await session.scalars(select(RoomPartRow).where(RoomPartRow.session_id == session_id))
            return {row.part: row.data for row in rows}

    async def parts(self, session_ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """These parts of several sessions, by session."""
        mine = RoomPartRow.session_id.in_(session_ids) & RoomPartRow.part.in_(names)
        columns = RoomPartRow.session_id, RoomPartRow.part, RoomPartRow.data
        found: dict[str, dict[str, Any]] = {}
        async with self._begin() as session:
            for session_id, part, data in (await session.execute(select(*columns).where(mine))).all():
                found.setdefault(session_id, {})[part] = data
        return found

    async def save(self, session_id: str, part: str, data: dict[str, Any]) -> None:
        """Replace one part."""
        row = RoomPartRow(session_id=session_id, part=part, data=data, changed_at=datetime.now(UTC))
        async with self._begin() as session:
            await session.merge(row)
