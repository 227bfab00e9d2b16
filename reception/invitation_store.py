"""What invited endpoints answered, as stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from reception.database import Database, note, now_utc, utc
from reception.minutes_tables import InvitationReplyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationReply:
    """An endpoint's answer. by: who gave it."""

    endpoint_id: str
    accepted: bool
    by: str
    note: str
    at: datetime


class InvitationStore:
    """Answers by endpoint; a new one takes the place of the one before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replies(self, session_id: str) -> dict[str, InvitationReply]:
        """By endpoint."""
        query = select(InvitationReplyRow).where(InvitationReplyRow.session_id == session_id)
        async with self._database.session() as session:
            return {row.endpoint_id: _reply(row) for row in await session.scalars(query)}

    async def reply(
        self, session_id: str, endpoint_id: str, *, accepted: bool, by: str, text: str = ""
    ) -> InvitationReply:
        """Note an answer."""
        row = InvitationReplyRow(
            session_id=session_id, endpoint_id=endpoint_id, accepted=accepted, by=by, note=text, at=now_utc()
        )
        async with self._database.changing(session_id) as session:
            kept = await session.merge(row)
            kind = "invitation_accepted" if accepted else "invitation_declined"
            note(session, session_id, kind, actor=by, endpoint_id=endpoint_id, reason=text)
        return _reply(kept)


def _reply(row: InvitationReplyRow) -> InvitationReply:
    at = utc(row.at)
    assert at is not None
    return InvitationReply(endpoint_id=row.endpoint_id, accepted=row.accepted, by=row.by, note=row.note, at=at)
