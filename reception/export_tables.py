"""The table of requests for recordings. Times are UTC."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reception.tables import Base


class ExportRequestRow(Base):
    """A request (reception/export_requests.py)."""

    __tablename__ = "export_request"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    what: Mapped[str] = mapped_column(String(16))
    from_ms: Mapped[int] = mapped_column(default=0)
    to_ms: Mapped[int] = mapped_column(default=0)
    purpose: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[str] = mapped_column(String(120))
    identity: Mapped[str] = mapped_column(String(200), index=True)
    role: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    done_by: Mapped[str] = mapped_column(String(120), default="")
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    job: Mapped[str] = mapped_column(String(64), default="")
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    fetched: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
