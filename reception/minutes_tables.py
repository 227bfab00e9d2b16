"""Tables of minutes, signatures, and what invited endpoints answered. Times are UTC."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reception.tables import Base


class MinutesRow(Base):
    """The minutes of a session (reception/minutes.py)."""

    __tablename__ = "minutes"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(16), default="draft")
    finalised_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finalised_by: Mapped[str] = mapped_column(String(120), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    recording_hash: Mapped[str] = mapped_column(String(64), default="")
    scans: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class SignatureRow(Base):
    """What is known of a signature."""

    __tablename__ = "minutes_signature"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(120), primary_key=True, default="")
    capacity: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(16), default="chua_ky")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entered_by: Mapped[str] = mapped_column(String(120), default="")
    left_out: Mapped[bool] = mapped_column(default=False)


class InvitationReplyRow(Base):
    """What an invited endpoint answered."""

    __tablename__ = "invitation_reply"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    accepted: Mapped[bool]
    by: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
