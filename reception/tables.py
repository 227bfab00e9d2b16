"""The store's tables. Times are UTC."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class SessionRow(Base):
    """A session."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    profile: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    spotlight: Mapped[str | None] = mapped_column(String(32))
    worker: Mapped[int | None]


class EndpointRow(Base):
    """An endpoint's seat in a session. Switches, profile and caps survive reconnections and restarts."""

    __tablename__ = "endpoint"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    removed: Mapped[bool] = mapped_column(default=False)
    microphone: Mapped[bool] = mapped_column(default=True)
    camera: Mapped[bool] = mapped_column(default=True)
    muted: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    camera_off: Mapped[bool] = mapped_column(default=False)
    profile: Mapped[str | None] = mapped_column(String(64))
    cap_up_bps: Mapped[int | None] = mapped_column(BigInteger)
    cap_down_bps: Mapped[int | None] = mapped_column(BigInteger)
    guest: Mapped[bool] = mapped_column(default=False)
    link_serial: Mapped[int] = mapped_column(default=1)
    link_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))
    link_revoked: Mapped[bool] = mapped_column(default=False)


class EventRow(Base):
    """What happened in a session, in order."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    kind: Mapped[str] = mapped_column(String(32))
    endpoint_id: Mapped[str | None] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class RegisteredEndpointRow(Base):
    """An endpoint of the registry: a room that sessions may invite."""

    __tablename__ = "registered_endpoint"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    level: Mapped[str] = mapped_column(String(16))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
