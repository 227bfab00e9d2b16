"""Which document is shown in the rooms now (pure)."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Presentation(BaseModel):
    """document_id "": none. page: from 1. rooms_may: endpoints may show their own documents to the others."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    document_id: str = ""
    page: int = 1
    by: str = ""
    since: datetime | None = None
    rooms_may: bool = False

    def show(self, document_id: str, *, page: int, by: str, now: datetime) -> Presentation:
        """Show a document, or turn to another page of the one that is shown."""
        since = self.since if document_id == self.document_id else now
        return self.model_copy(update={"document_id": document_id, "page": page, "by": by, "since": since})

    def take_back(self) -> Presentation:
        """Nothing is shown any more."""
        return self.model_copy(update={"document_id": "", "page": 1, "by": "", "since": None})
