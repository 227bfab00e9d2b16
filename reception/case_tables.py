"""Tables of what a reception leaves behind (reception/case_records.py). Times are UTC.

search: what a row is found by (reception/search_text.py). id_number_sealed: reception/sealed_number.py.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Date, DateTime, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reception.tables import Base


class CitizenRow(Base):
    """A citizen."""

    __tablename__ = "citizen"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    position: Mapped[int]
    endpoint_id: Mapped[str] = mapped_column(String(32))
    item_id: Mapped[str] = mapped_column(String(32), default="")
    name: Mapped[str] = mapped_column(String(120))
    birth_year: Mapped[int | None]
    id_number_sealed: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    capacity: Mapped[str] = mapped_column(String(32))
    times: Mapped[str] = mapped_column(String(16))
    paper: Mapped[str] = mapped_column(String(300), default="")
    checked_by: Mapped[str] = mapped_column(String(120), default="")
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    acknowledged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    notice_version: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    search: Mapped[str] = mapped_column(Text, default="")


class MatterRow(Base):
    """A matter: the outcome of an item of the script."""

    __tablename__ = "matter"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(32), primary_key=True, default="")
    kind: Mapped[str] = mapped_column(String(32))
    summary: Mapped[str] = mapped_column(Text, default="")
    resolved_by: Mapped[str] = mapped_column(String(300), default="")
    handling: Mapped[str] = mapped_column(String(32), default="")
    result: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(32), default="")
    refusal_ground: Mapped[str] = mapped_column(String(32), default="")
    follow_up: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(120), default="")
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    search: Mapped[str] = mapped_column(Text, default="")


class NoteRow(Base):
    """A note. removed_at: it is not shown any more."""

    __tablename__ = "session_note"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    item_id: Mapped[str] = mapped_column(String(32), default="")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    endpoint_id: Mapped[str] = mapped_column(String(32), default="")
    speaker: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(120), default="")
    edited_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    search: Mapped[str] = mapped_column(Text, default="")


class ConclusionRow(Base):
    """A task that the chair gave."""

    __tablename__ = "conclusion"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    position: Mapped[int]
    item_id: Mapped[str] = mapped_column(String(32), default="")
    task: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(300))
    deadline: Mapped[date | None] = mapped_column(Date, index=True)
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    done_note: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(120), default="")
    search: Mapped[str] = mapped_column(Text, default="")


class DocumentRow(Base):
    """A document; its file lies beside the store."""

    __tablename__ = "document"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    position: Mapped[int]
    item_id: Mapped[str] = mapped_column(String(32), default="")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int | None]
    form: Mapped[str] = mapped_column(String(16))
    from_whom: Mapped[str] = mapped_column(String(200), default="")
    endpoint_id: Mapped[str] = mapped_column(String(32), default="")
    received_by: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    visibility: Mapped[str] = mapped_column(String(16))
    endpoints: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_by: Mapped[str] = mapped_column(String(120), default="")
    removed_reason: Mapped[str] = mapped_column(String(1000), default="")
    search: Mapped[str] = mapped_column(Text, default="")
