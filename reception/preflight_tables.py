"""The tables of the technical check. Times are UTC.

What is of a session has its id and, as `subject`, the endpoint's; what is of a survey has no session ("") and, as
`subject`, the registered endpoint. `visit`: what one survey measured belongs together.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reception.tables import Base


class PreflightRunRow(Base):
    """Values that were measured together. `kind`: self (the endpoint's page), server or joint."""

    __tablename__ = "preflight_run"
    __table_args__ = (Index("ix_preflight_run_whose", "session_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(120))
    visit: Mapped[str] = mapped_column(String(32), default="")
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(String(120), default="")
    values: Mapped[dict[str, Any]] = mapped_column(JSON)


class PreflightSignatureRow(Base):
    """An answer signed by name, or the name under a result."""

    __tablename__ = "preflight_signature"
    __table_args__ = (Index("ix_preflight_signature_whose", "session_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(120))
    visit: Mapped[str] = mapped_column(String(32), default="")
    check: Mapped[str] = mapped_column(String(40))
    answer: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PreflightWaiverRow(Base):
    """Who answers for going on without an item. Withdrawn ones stay."""

    __tablename__ = "preflight_waiver"
    __table_args__ = (Index("ix_preflight_waiver_session", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(120))
    item: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[str] = mapped_column(String(120), default="")
