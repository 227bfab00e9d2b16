"""The table of house rules and regulation. Times are UTC."""

from datetime import datetime

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reception.tables import Base


class RulesTextRow(Base):
    """A version (reception/rules.py)."""

    __tablename__ = "rules_text"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vi: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
