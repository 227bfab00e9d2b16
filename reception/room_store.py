"""What operators decided for a session's room, kept part by part: it outlives the process and the session."""

from __future__ import annotations

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

    async def save(self, session_id: str, part: str, data: dict[str, Any]) -> None:
        """Replace one part."""
        row = RoomPartRow(session_id=session_id, part=part, data=data, changed_at=datetime.now(UTC))
        async with self._begin() as session:
            await session.merge(row)
