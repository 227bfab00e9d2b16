"""The table behind RoomStore."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reception.tables import Base


class RoomPartRow(Base):
    """One part of what the operators decided for a session's room: lobby, queue, script …"""

    __tablename__ = "room_part"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
