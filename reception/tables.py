"""The store's tables of sessions, their endpoints and events. Times are UTC."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class SessionRow(Base):
    """A session with its plan (reception/session_plan.py). search: what it is found by (reception/search_text.py)."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    profile: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    spotlight: Mapped[str | None] = mapped_column(String(32))
    worker: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(32), default="", index=True)
    version: Mapped[int] = mapped_column(default=0)
    search: Mapped[str] = mapped_column(Text, default="")
    host_organisation: Mapped[str] = mapped_column(String(200), default="")
    competent_level: Mapped[str] = mapped_column(String(16), default="")
    coordinating_bodies: Mapped[list[str]] = mapped_column(JSON, default=list)
    chair_name: Mapped[str] = mapped_column(String(120), default="")
    chair_office: Mapped[str] = mapped_column(String(200), default="")
    secretary: Mapped[str] = mapped_column(String(120), default="")
    operators: Mapped[list[str]] = mapped_column(JSON, default=list)
    matter_class: Mapped[int | None]
    reason_online: Mapped[str] = mapped_column(String(32), default="")
    reason_online_note: Mapped[str] = mapped_column(String(1000), default="")
    group_size: Mapped[int] = mapped_column(default=0)
    representatives: Mapped[int] = mapped_column(default=0)
    appointment_paper: Mapped[bool] = mapped_column(default=False)
    planned_start: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), index=True)
    planned_minutes: Mapped[int | None]
    no_state_secrets: Mapped[bool] = mapped_column(default=False)
    retention: Mapped[str] = mapped_column(String(32), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    approval: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


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
    registered_id: Mapped[str | None] = mapped_column(String(32), index=True)
    organisation: Mapped[str] = mapped_column(String(200), default="")
    people: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    guest: Mapped[bool] = mapped_column(default=False)
    link_serial: Mapped[int] = mapped_column(default=1)
    link_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))
    link_revoked: Mapped[bool] = mapped_column(default=False)


class EventRow(Base):
    """What happened in a session, in order. version: the session's after it, 0 where it was not counted."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    kind: Mapped[str] = mapped_column(String(32))
    endpoint_id: Mapped[str | None] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(default=0)
